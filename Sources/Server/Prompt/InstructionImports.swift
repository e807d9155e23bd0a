internal import Protocol

/// The files that a file of instructions names to be read with it, as Claude Code has it: `@path` after a blank or at a
/// line's beginning, but not in code, nor in a comment.
enum InstructionImports {
  /// The paths, in their order, as they are written: relative ones are meant from the file's folder.
  static func paths(in text: String) -> [String] {
    var paths: [String] = []
    var fence: (sign: UInt8, count: Int)?
    var isComment = false
    for line in text.utf8.split(separator: Byte.newline, omittingEmptySubsequences: false) {
      let bytes = Array(line)
      if let mark = fenceMark(bytes) {
        if let open = fence {
          if mark.sign == open.sign, mark.count >= open.count, mark.isBare { fence = nil }
          continue
        }
        if !isComment {
          fence = (mark.sign, mark.count)
          continue
        }
      }
      guard fence == nil else { continue }
      for path in self.paths(inLine: withoutCode(bytes, &isComment)) where !paths.contains(path) { paths.append(path) }
    }
    return paths
  }

  /// A line that opens or closes a block of code: three or more signs, of which as many close it.
  private static func fenceMark(_ line: [UInt8]) -> (sign: UInt8, count: Int, isBare: Bool)? {
    let text = line.drop { $0 == 0x20 }
    guard let sign = text.first, sign == UInt8(ascii: "`") || sign == UInt8(ascii: "~") else { return nil }
    let rest = text.drop { $0 == sign }
    let count = text.count - rest.count
    // What is opened and closed on one line is a piece of code in it.
    guard count >= 3, sign == UInt8(ascii: "~") || !rest.contains(sign) else { return nil }
    return (sign, count, rest.allSatisfy { $0 <= 0x20 })
  }

  /// A line less its pieces of code and its comments, each of which stands for no blank.
  private static func withoutCode(_ line: [UInt8], _ isComment: inout Bool) -> [UInt8] {
    var kept: [UInt8] = []
    var rest = line[...]
    while let byte = rest.first {
      if isComment {
        isComment = !rest.starts(with: "-->".utf8)
        rest = rest.dropFirst(isComment ? 1 : 3)
      } else if rest.starts(with: "<!--".utf8) {
        isComment = true
        rest = rest.dropFirst(4)
      } else if byte == UInt8(ascii: "`") {
        let signs = rest.prefix { $0 == byte }
        rest = rest.dropFirst(signs.count)
        kept.append(byte)
        if let end = closing(signs.count, in: rest) { rest = rest[end...] }
      } else {
        kept.append(byte)
        rest = rest.dropFirst()
      }
    }
    return kept
  }

  /// Where the text goes on behind as many signs of code as opened it; `nil` where nothing closes it.
  private static func closing(_ count: Int, in text: ArraySlice<UInt8>) -> Int? {
    var place = text.startIndex
    while let start = text[place...].firstIndex(of: UInt8(ascii: "`")) {
      let end = text[start...].firstIndex { $0 != UInt8(ascii: "`") } ?? text.endIndex
      if end - start == count { return end }
      place = end
    }
    return nil
  }

  private static func paths(inLine line: [UInt8]) -> [String] {
    var paths: [String] = []
    var place = line.startIndex
    while let sign = line[place...].firstIndex(of: UInt8(ascii: "@")) {
      place = sign + 1
      guard sign == line.startIndex || line[sign - 1] <= 0x20 else { continue }
      var path: [UInt8] = []
      while place < line.endIndex, line[place] > 0x20 {
        // A blank in a name has a backslash before it.
        if line[place] == UInt8(ascii: "\\"), line[place...].dropFirst().first == 0x20 { place += 1 }
        path.append(line[place])
        place += 1
      }
      if let heading = path.firstIndex(of: UInt8(ascii: "#")) { path.removeSubrange(heading...) }
      while let last = path.last, ".,;:!?)]}'\"*".utf8.contains(last) { path.removeLast() }
      guard let first = path.first, Byte.isWord(first) || "./~-".utf8.contains(first) || first >= 0x80 else { continue }
      paths.append(String(decoding: path, as: UTF8.self))
    }
    return paths
  }
}
