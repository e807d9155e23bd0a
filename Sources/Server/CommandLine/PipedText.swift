internal import OperatingSystem
internal import Providers

/// The text that a shell pipes into a one-shot question.
package enum PipedText {
  /// All of stdin as UTF-8, `nil` when there is none to be had; expected (`-` was said), even a terminal is read to its end.
  ///
  /// It may be in another encoding, as some shells pipe text: then a person is told which it is taken for.
  ///
  /// - Throws: ``Options/UsageError`` when it holds no text.
  package static func read(isExpected: Bool) throws(Options.UsageError) -> [UInt8]? {
    guard let bytes = bytes(isExpected: isExpected) else { return nil }
    guard let (text, encoding) = TextEncoding.decode(bytes) else {
      throw Options.UsageError(
        message: "stdin holds no text, but \(bytes.count) bytes of something else; put it in a file and name that")
    }
    if !encoding.isUTF8 { StandardError.write("wyn360: stdin is taken for \(encoding.rawValue)\n") }
    return text
  }

  private static func bytes(isExpected: Bool) -> [UInt8]? {
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
