internal import OperatingSystem
internal import Protocol

/// Paths as a model is shown them in lists, one a line, and as it gives them back.
///
/// A path with a line break, another control character, or bytes that are no UTF-8 would be torn, or stand for another one.
/// It is shown in quotes, and what is special in it behind backslashes, as git does (core.quotePath in git-config(1)).
enum ShownPath {
  /// The path from some folder.
  static func relative(_ names: some Collection<FileName>) -> String {
    if names.allSatisfy({ isPlain($0.bytes) }), names.first?.bytes.first != quote { return FileName.relative(names) }
    return quoted(Array(names.map(\.bytes).joined(separator: [UInt8(ascii: "/")])))
  }

  /// The path from the root of the file system.
  static func absolute(_ names: [FileName]) -> String {
    let path = FileName.absolute(names)
    return isPlain(path) ? String(decoding: path, as: UTF8.self) : quoted(path)
  }

  /// The path of a place, as the model should use it.
  static func text(_ path: WorkspacePath) -> String {
    path.isInside ? relative(path.names.dropFirst(path.rootCount)) : absolute(path.names)
  }

  private static let quote = UInt8(ascii: "\"")
  private static let backslash = UInt8(ascii: "\\")
  private static let letters: [(UInt8, UInt8)] = [
    (0x07, UInt8(ascii: "a")), (0x08, UInt8(ascii: "b")), (0x09, UInt8(ascii: "t")), (0x0A, UInt8(ascii: "n")),
    (0x0B, UInt8(ascii: "v")), (0x0C, UInt8(ascii: "f")), (0x0D, UInt8(ascii: "r")), (quote, quote),
    (backslash, backslash),
  ]

  private static func isPlain(_ bytes: [UInt8]) -> Bool {
    var isASCII = true
    for byte in bytes {
      if byte < 0x20 || byte == 0x7F { return false }
      if byte >= 0x80 { isASCII = false }
    }
    return isASCII || String(validating: bytes, as: UTF8.self) != nil
  }

  private static func quoted(_ path: [UInt8]) -> String {
    let keepsUnicode = String(validating: path, as: UTF8.self) != nil
    var text: [UInt8] = [quote]
    for byte in path {
      if let (_, letter) = letters.first(where: { $0.0 == byte }) {
        text += [backslash, letter]
      } else if byte < 0x20 || byte == 0x7F || byte >= 0x80 && !keepsUnicode {
        text += [backslash] + [byte >> 6, byte >> 3 & 7, byte & 7].map { UInt8(ascii: "0") + $0 }
      } else {
        text.append(byte)
      }
    }
    return String(decoding: text + [quote], as: UTF8.self)
  }

  /// The bytes of a path as it was given: one in quotes with backslashes is taken as it is shown.
  static func bytes(_ text: String) -> [UInt8] {
    let plain = Array(text.utf8)
    guard plain.count > 2, plain.first == quote, plain.last == quote, plain.contains(backslash) else { return plain }
    var bytes: [UInt8] = []
    var rest = plain.dropFirst().dropLast()
    while let byte = rest.popFirst() {
      guard byte == backslash else {
        if byte == quote { return plain }
        bytes.append(byte)
        continue
      }
      let digits = rest.prefix(3)
      if let (meant, _) = letters.first(where: { $0.1 == rest.first }) {
        bytes.append(meant)
        rest.removeFirst()
      } else if digits.count == 3, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8) {
        bytes.append(value)
        rest.removeFirst(3)
      } else {
        return plain
      }
    }
    return bytes
  }
}
