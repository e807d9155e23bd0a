import Synchronization

/// Lines that come over a descriptor, such as a terminal's, for whoever may stop waiting for one.
///
/// Whoever stops takes nothing along: what comes later is the next one's.
package final class LineReader: Sendable {
  /// What waiting for a line brought.
  package enum Reading: Hashable, Sendable {
    /// A line, without its end.
    case line(String)
    /// Nothing more can come.
    case end
    /// The waiting was cancelled.
    case cancelled
  }

  private let descriptor: Descriptor
  /// What was read behind the last line.
  private let rest = Mutex<[UInt8]>([])

  /// A reader of what comes over that descriptor; nobody else may read it.
  package init(_ descriptor: Descriptor) { self.descriptor = descriptor }

  /// Waits for a line, on a thread that may be held up; one reader at a time.
  package func next(_ cancellation: Cancellation) -> Reading {
    guard let wake = try? WakePipe() else { return .end }
    cancellation.wake(wake.writeEnd)
    defer {
      cancellation.wake(nil)
      wake.close()
    }
    while true {
      if let line = takeLine() { return .line(line) }
      let watches = [Descriptor.Watch(descriptor, for: .readable), Descriptor.Watch(wake.readEnd, for: .readable)]
      let ready = Descriptor.poll(watches, milliseconds: nil)
      guard ready[1].isEmpty else { return .cancelled }
      var bytes = [UInt8](repeating: 0, count: SystemLimits.lineReadBytes)
      switch descriptor.read(into: &bytes) {
      case .bytes(let count): rest.withLock { $0 += bytes[..<count] }
      case .nothing: continue
      case .end, .failed: return takeRest().map(Reading.line) ?? .end
      }
    }
  }

  /// Whether a line has come that nobody has taken.
  package var hasMore: Bool {
    if rest.withLock({ $0.contains(UInt8(ascii: "\n")) }) { return true }
    return !Descriptor.poll([Descriptor.Watch(descriptor, for: .readable)], milliseconds: 0)[0].isEmpty
  }

  /// Throws away what has come and was not taken: what was typed before it was asked for answers nothing.
  package func discard() {
    descriptor.discardTyped()
    rest.withLock { $0 = [] }
  }

  private func takeLine() -> String? {
    rest.withLock { rest in
      guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
        // A line without an end is cut, not waited for.
        guard rest.count >= SystemLimits.lineBytesMax else { return nil }
        defer { rest = [] }
        return String(decoding: rest, as: UTF8.self)
      }
      defer { rest.removeSubrange(...end) }
      return String(decoding: rest[..<end], as: UTF8.self)
    }
  }

  /// What came before the end without a line's end of its own.
  private func takeRest() -> String? {
    rest.withLock { rest in
      defer { rest = [] }
      return rest.isEmpty ? nil : String(decoding: rest, as: UTF8.self)
    }
  }
}
