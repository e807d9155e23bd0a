internal import CPlatform

/// Lines for people on stderr: nothing at all unless a level was asked for, as clients take any of it for an error.
package struct Log: Sendable {
  /// How much to say.
  package enum Level: String, Sendable, CaseIterable, Comparable {
    case off, error, warning, info, debug

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    package static func < (one: Level, other: Level) -> Bool { one.rank < other.rank }
  }

  private let level: Level

  /// A log that says things up to that level.
  package init(level: Level) { self.level = level }

  /// Something failed.
  package func error(_ message: @autoclosure () -> String) { write(.error, message) }

  /// Something was odd.
  package func warning(_ message: @autoclosure () -> String) { write(.warning, message) }

  /// Something happened.
  package func info(_ message: @autoclosure () -> String) { write(.info, message) }

  private func write(_ level: Level, _ message: () -> String) {
    guard level <= self.level else { return }
    StandardError.write("wyn360 \(level.rawValue): \(message())\n")
  }
}

/// The process's stderr.
package enum StandardError {
  /// Writes a text whole, or gives up when nobody reads.
  package static func write(_ text: String) { Descriptor.write(Array(text.utf8), to: STDERR_FILENO) }
}

/// Writing to descriptors that may block.
package enum Descriptor {
  /// Writes all bytes, however often the system takes only a part.
  ///
  /// - Returns: Whether all was taken.
  @discardableResult
  package static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe CPlatform.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
      }
      if count > 0 {
        written += count
      } else if count < 0, cplatform_errno() == EAGAIN {
        var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&poller, 1, -1)
      } else if count < 0, cplatform_errno() != EINTR {
        return false
      }
    }
    return true
  }
}
