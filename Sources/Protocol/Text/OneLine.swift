/// Values that stand in a line of ours.
package enum OneLine {
  /// A value that cannot pass for a line of ours, whatever stands in it.
  package static func of(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return text }
    return String(decoding: text.utf8.map { $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: "?") : $0 }, as: UTF8.self)
  }
}
