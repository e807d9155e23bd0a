internal import Protocol

/// A here-document that has been announced by `<<`.
struct HereDocument {
  /// The line that ends it.
  var delimiter: [UInt8]
  /// Whether nothing in it is expanded.
  var isQuoted: Bool
  /// Whether tabs before its lines do not count.
  var stripsTabs: Bool
}

extension ShellParser {
  /// Whether a descriptor's number comes next, as in `2>`; in bash also a variable for one, as in `{name}>`.
  mutating func isDescriptor() -> Bool {
    var end = place
    while end < bytes.count, (0x30...0x39).contains(bytes[end]) { end += 1 }
    if end == place, peek() == UInt8(ascii: "{") {
      end += 1
      while end < bytes.count, Byte.isWord(bytes[end]) { end += 1 }
      guard end < bytes.count, bytes[end] == UInt8(ascii: "}") else { return false }
      end += 1
      guard end < bytes.count, bytes[end] == UInt8(ascii: "<") || bytes[end] == UInt8(ascii: ">") else { return false }
      line.note("shells do not agree on '{name}>'", hides: true)
      return false
    }
    guard end > place, end < bytes.count, bytes[end] == UInt8(ascii: "<") || bytes[end] == UInt8(ascii: ">") else {
      return false
    }
    if end > place + 1 { line.note("shells do not agree on descriptors above 9", hides: true) }
    place = end
    return true
  }

  /// Reads a redirection from its operator on; returns whether it reads a file.
  mutating func redirection() throws(Problem) -> Bool {
    guard let sign = peek() else { return false }
    place += 1
    let isInput = sign == UInt8(ascii: "<")
    if isInput, isNext("<<") {
      place += 2
      skipBlanks()
      line.keep(text: try word().literal ?? [])
      return false
    }
    if isInput, peek() == UInt8(ascii: "<") {
      place += 1
      try announce()
      return false
    }
    var isCopy = false
    var writes = !isInput
    switch peek() {
    case UInt8(ascii: "&"):
      isCopy = true
      place += 1
    case UInt8(ascii: ">"):
      // `>>` and `<>`.
      writes = true
      place += 1
    case UInt8(ascii: "|") where !isInput: place += 1
    default: break
    }
    skipBlanks()
    let target = try word()
    if isCopy, let literal = target.literal, Self.isDescriptor(literal) { return false }
    if target.isLiteral("/dev/null") { return false }
    if writes || isCopy {
      line.note("it writes to the file \(target.text)", hides: false)
      return false
    }
    // bash opens connections by names in this folder.
    if target.literal.map({ $0.starts(with: "/dev/".utf8) }) ?? true {
      line.note("it reads from \(target.text), which may be a device or a connection", hides: false)
    }
    return true
  }

  /// `1`, `-` or `1-`.
  private static func isDescriptor(_ word: [UInt8]) -> Bool {
    let digits = word.last == UInt8(ascii: "-") ? word.dropLast() : word[...]
    return !word.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// Reads what stands behind `<<`.
  private mutating func announce() throws(Problem) {
    let stripsTabs = peek() == UInt8(ascii: "-")
    if stripsTabs { place += 1 }
    skipBlanks()
    let start = place
    let word = try word()
    let written = bytes[start..<place]
    guard let delimiter = word.literal, !written.contains(Byte.newline), !written.contains(UInt8(ascii: "$")),
      !written.contains(UInt8(ascii: "`"))
    else { throw Problem("a here-document's end is not written out") }
    let isQuoted = written.contains { $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
    announced.append(HereDocument(delimiter: delimiter, isQuoted: isQuoted, stripsTabs: stripsTabs))
  }

  /// Reads the here-documents that begin at this line.
  mutating func readHereDocuments() throws(Problem) {
    let documents = announced
    announced = []
    for document in documents {
      var body: [UInt8] = []
      while true {
        guard place < bytes.count else {
          line.note("a here-document has no end", hides: true)
          break
        }
        let end = bytes[place...].firstIndex(of: Byte.newline) ?? bytes.count
        var text = bytes[place..<end]
        place = min(bytes.count, end + 1)
        if document.stripsTabs { text = text.drop { $0 == UInt8(ascii: "\t") } }
        if text.elementsEqual(document.delimiter) { break }
        if !document.isQuoted, text.last == UInt8(ascii: "\\") {
          line.note("a here-document has lines that go on, on which shells do not agree", hides: true)
        }
        body += text
        body.append(Byte.newline)
      }
      if !document.isQuoted { try expansions(of: body) }
      line.keep(text: body)
    }
  }

  /// Reads the substitutions in the body of a here-document, where quotes mean themselves.
  private mutating func expansions(of body: [UInt8]) throws(Problem) {
    guard body.contains(UInt8(ascii: "$")) || body.contains(UInt8(ascii: "`")) else { return }
    let inner = depth + nesting + 1
    guard inner <= PermissionLimits.nestingMax else { throw Problem("it is nested too deeply") }
    var parser = ShellParser(body, depth: inner, line: line)
    defer { line = parser.line }
    var word = WordBuilder()
    while parser.place < body.count {
      if !(try parser.quoted(into: &word, isHere: true)) { break }
    }
  }
}
