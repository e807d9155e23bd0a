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
  /// Reads what stands behind `<<`.
  mutating func announce() throws(Problem) {
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
