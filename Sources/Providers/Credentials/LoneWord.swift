import Protocol

/// A key or token that stands alone in a file, a stored secret or a program's output.
///
/// It is one word of ASCII: what goes into a header may be nothing else. Editors and `echo` leave white space around it.
enum LoneWord {
  /// Why there is none, for a sentence that begins with the place.
  enum Flaw: Error {
    case isEmpty, isNoWord
  }

  /// The word.
  static func secret(in bytes: some Collection<UInt8>) throws(Flaw) -> Secret {
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || 0x09...0x0D ~= $0 }
    let word = Array(bytes.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    guard !word.isEmpty else { throw .isEmpty }
    guard word.allSatisfy(Byte.isGraphic) else { throw .isNoWord }
    return Secret(String(decoding: word, as: UTF8.self))
  }
}
