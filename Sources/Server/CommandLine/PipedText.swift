internal import CPlatform

/// The text that a shell pipes into a one-shot question.
package enum PipedText {
  /// How long to wait for the first byte of a pipe that nobody announced with `-`.
  private static let firstByteMs: Int32 = 1_000

  /// All of stdin, `nil` when there is none to be had; expected (`-` was said), even a terminal is read to its end.
  package static func read(isExpected: Bool) -> [UInt8]? {
    guard isExpected || isPipedOrFile else { return nil }
    if !isExpected {
      var poller = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      guard unsafe poll(&poller, 1, firstByteMs) == 1 else {
        StandardError.write("wyn360: stdin is open but silent; going on without it (say - to wait for it)\n")
        return nil
      }
    }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: ServerLimits.readBytes)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe CPlatform.read(STDIN_FILENO, $0.baseAddress, $0.count) }
      if count < 0, cplatform_errno() == EINTR { continue }
      guard count > 0, text.count <= ServerLimits.messageBytesMax else { return text }
      text.append(contentsOf: buffer[..<count])
    }
  }

  private static var isPipedOrFile: Bool {
    cplatform_is_piped(STDIN_FILENO)
  }
}
