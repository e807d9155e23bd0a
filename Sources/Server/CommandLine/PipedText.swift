internal import OperatingSystem

/// The text that a shell pipes into a one-shot question.
package enum PipedText {
  /// All of stdin, `nil` when there is none to be had; expected (`-` was said), even a terminal is read to its end.
  package static func read(isExpected: Bool) -> [UInt8]? {
    let input = Descriptor.standardInput
    guard isExpected || input.isPiped else { return nil }
    if !isExpected {
      let ready = Descriptor.poll(
        [Descriptor.Watch(input, for: .readable)], milliseconds: ServerLimits.pipedFirstByteMs)
      guard !ready[0].isEmpty else {
        StandardError.write("wyn360: stdin is open but silent; going on without it (say - to wait for it)\n")
        return nil
      }
    }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: ServerLimits.readBytes)
    while case .bytes(let count) = input.read(into: &buffer), text.count <= ServerLimits.messageBytesMax {
      text.append(contentsOf: buffer[..<count])
    }
    return text
  }
}
