internal import Protocol

/// The names that a `.gitignore` keeps git from, as far as they are plain: git reads no such file unless it is forced to.
///
/// What is not understood ignores nothing, so that more is asked about than need be, and never less.
struct IgnoredNames {
  private var patterns: [[PathSign]] = []

  /// The names of that file's text.
  init(_ text: [UInt8]) {
    for line in text.split(separator: Byte.newline) {
      var name = line[...]
      while let last = name.last, last == UInt8(ascii: " ") || last == Byte.carriageReturn || last == UInt8(ascii: "/")
      {
        name = name.dropLast()
      }
      guard name.first != UInt8(ascii: "#") else { continue }
      // An exception may be one for any of them.
      if name.first == UInt8(ascii: "!") {
        patterns = []
        return
      }
      if name.starts(with: "**/".utf8) { name = name.dropFirst(3) }
      guard !name.contains(where: { "/[\\".utf8.contains($0) }) else { continue }
      patterns.append(
        name.map { byte in
          switch byte {
          case UInt8(ascii: "*"): .anyMany
          case UInt8(ascii: "?"): .anyOne
          default: .byte(byte)
          }
        })
    }
  }

  /// Whether one of the names of a path is ignored.
  func ignores(_ names: some Sequence<[UInt8]>) -> Bool {
    names.contains { name in patterns.contains { PathSign.matches($0, name, foldsCase: false) } }
  }
}
