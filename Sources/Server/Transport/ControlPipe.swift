internal import CPlatform

/// What wakes the read loop besides input.
package enum Wake: UInt8, Sendable {
  /// A signal asked for the end; the values are those of POSIX.
  case hangUp = 1
  case interrupt = 2
  case terminate = 15
  /// All that was asked is answered.
  case idle = 100
  /// The client can be written to again.
  case drained = 101
  /// Nobody reads what we write.
  case outputClosed = 102
}

/// A pipe to ourselves: any thread, and signal handlers, can wake the read loop through it.
package struct ControlPipe: Sendable {
  /// The end that the read loop polls.
  package let readEnd: Int32
  /// The end that signal handlers write a byte to.
  package let writeEnd: Int32

  /// A new pipe; `nil` when the process has no descriptors left.
  package init?() {
    var ends: [Int32] = [0, 0]
    guard unsafe cplatform_pipe(&ends) == 0 else { return nil }
    (readEnd, writeEnd) = (ends[0], ends[1])
  }

  /// Wakes the read loop; a full pipe has wakes enough.
  package func wake(_ wake: Wake) {
    var byte = wake.rawValue
    _ = unsafe CPlatform.write(writeEnd, &byte, 1)
  }

  /// Takes all wakes that are there.
  package func take() -> [Wake] {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(readEnd, $0.baseAddress, $0.count) }
    return bytes.prefix(max(0, count)).compactMap(Wake.init)
  }
}
