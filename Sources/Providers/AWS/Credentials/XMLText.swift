internal import Protocol

/// The texts of a small XML document, by the path of the element that holds them.
///
/// As much of XML 1.0 as the query protocol's replies need: elements, text, entities, CDATA. Strict in what it reads:
/// whatever is not well formed is refused as a whole, and so is a DOCTYPE, by which documents grow without bound.
package struct XMLText: Sendable {
  private var texts: [String: String] = [:]

  /// Reads a whole document; prefixes of names and attributes are passed over.
  package init(_ bytes: [UInt8]) throws(XMLSyntaxError) {
    var reader = XMLReader(bytes)
    texts = try reader.document()
  }

  /// The text of the first element at that path, such as `ErrorResponse/Error/Code`, less the white space around it;
  /// `nil` for an element that is not there or holds others.
  package subscript(path: String) -> String? { texts[path] }
}

/// Why some bytes are no XML that is read here, and where.
package struct XMLSyntaxError: Error, Hashable {
  /// The offset at which it was noticed.
  package var offset: Int
  /// What is wrong, for a person.
  package var reason: String
}

private struct XMLReader {
  /// An element whose end has not come.
  private struct Open {
    var name: [UInt8]
    var path: String
    var text: [UInt8] = []
    var hasElements = false
  }

  private let bytes: [UInt8]
  private var place = 0
  private var open: [Open] = []
  private var hasRoot = false
  private var texts: [String: String] = [:]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(XMLSyntaxError) -> [String: String] {
    guard bytes.count <= RemoteCredentialLimits.replyMax else { throw wrong("it is too large") }
    guard String(validating: bytes, as: UTF8.self) != nil else { throw wrong("it is not UTF-8") }
    _ = skip("\u{FEFF}")
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: "<") { try markup() } else { try text() }
    }
    guard hasRoot, open.isEmpty else { throw wrong("it ends before its last element does") }
    return texts
  }

  private mutating func markup() throws(XMLSyntaxError) {
    if skip("</") { return try endTag() }
    if skip("<?") {
      _ = try upTo("?>")
    } else if skip("<!--") {
      _ = try upTo("-->")
    } else if skip("<![CDATA[") {
      guard !open.isEmpty else { throw wrong("there is text outside its element") }
      open[open.count - 1].text += try upTo("]]>")
    } else if skip("<!") {
      throw wrong("it has a DOCTYPE or another declaration")
    } else {
      place += 1
      try startTag()
    }
  }

  private mutating func startTag() throws(XMLSyntaxError) {
    let name = try name()
    guard !hasRoot || !open.isEmpty else { throw wrong("there is a second outermost element") }
    guard open.count < RemoteCredentialLimits.elementDepthMax else { throw wrong("its elements are nested too deep") }
    hasRoot = true
    if !open.isEmpty { open[open.count - 1].hasElements = true }
    let local = String(decoding: name.split(separator: UInt8(ascii: ":")).last ?? [], as: UTF8.self)
    open.append(Open(name: name, path: open.last.map { "\($0.path)/\(local)" } ?? local))
    while true {
      let hadSpace = skipSpace()
      if skip("/>") { return close() }
      if skip(">") { return }
      guard hadSpace else { throw wrong("a tag is not closed") }
      try attribute()
    }
  }

  private mutating func attribute() throws(XMLSyntaxError) {
    _ = try name()
    _ = skipSpace()
    guard skip("=") else { throw wrong("an attribute has no value") }
    _ = skipSpace()
    let quote: StaticString = place < bytes.count && bytes[place] == UInt8(ascii: "'") ? "'" : "\""
    guard skip(quote) else { throw wrong("an attribute's value is not quoted") }
    guard try !upTo(quote).contains(UInt8(ascii: "<")) else { throw wrong("an attribute's value has '<' in it") }
  }

  private mutating func endTag() throws(XMLSyntaxError) {
    let name = try name()
    _ = skipSpace()
    guard skip(">"), open.last?.name == name else { throw wrong("an end tag does not match") }
    close()
  }

  private mutating func close() {
    guard let closed = open.popLast(), !closed.hasElements, texts[closed.path] == nil else { return }
    let isSpace: (UInt8) -> Bool = { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
    let trimmed = closed.text.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
    texts[closed.path] = String(decoding: trimmed, as: UTF8.self)
  }

  private mutating func text() throws(XMLSyntaxError) {
    let start = place
    var read: [UInt8] = []
    while place < bytes.count, bytes[place] != UInt8(ascii: "<") {
      let byte = bytes[place]
      if byte == UInt8(ascii: "&") {
        read += try reference()
      } else {
        guard byte >= 0x20 || [0x09, 0x0A, 0x0D].contains(byte) else { throw wrong("it has a control character") }
        read.append(byte)
        place += 1
      }
    }
    if !open.isEmpty {
      open[open.count - 1].text += read
    } else if !bytes[start..<place].allSatisfy({ [0x20, 0x09, 0x0A, 0x0D].contains($0) }) {
      throw wrong("there is text outside its element")
    }
  }

  /// `&lt;` and the like; only the five names that XML itself has.
  private mutating func reference() throws(XMLSyntaxError) -> [UInt8] {
    place += 1
    let end = bytes[place...].prefix(12).firstIndex(of: UInt8(ascii: ";"))
    guard let end else { throw wrong("an '&' begins no entity") }
    let name = String(decoding: bytes[place..<end], as: UTF8.self)
    defer { place = end + 1 }
    switch name {
    case "lt": return [UInt8(ascii: "<")]
    case "gt": return [UInt8(ascii: ">")]
    case "amp": return [UInt8(ascii: "&")]
    case "quot": return [UInt8(ascii: "\"")]
    case "apos": return [UInt8(ascii: "'")]
    default: break
    }
    let number = name.hasPrefix("#x") ? UInt32(name.dropFirst(2), radix: 16) : UInt32(name.dropFirst())
    guard name.hasPrefix("#"), !name.contains("+"), let number, let scalar = Unicode.Scalar(number),
      number >= 0x20 || [0x09, 0x0A, 0x0D].contains(number)
    else { throw wrong("an entity is not known") }
    return Array(String(scalar).utf8)
  }

  private mutating func name() throws(XMLSyntaxError) -> [UInt8] {
    let start = place
    while place < bytes.count, XMLReader.isName(bytes[place], isFirst: place == start) { place += 1 }
    guard place > start else { throw wrong("a name is missing") }
    return Array(bytes[start..<place])
  }

  private static func isName(_ byte: UInt8, isFirst: Bool) -> Bool {
    if Byte.isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") { return !isFirst }
    return Byte.isWord(byte) || byte == UInt8(ascii: ":") || byte >= 0x80
  }

  /// The bytes before the next `end`, which is passed over.
  private mutating func upTo(_ end: StaticString) throws(XMLSyntaxError) -> [UInt8] {
    let start = place
    while place < bytes.count {
      let here = place
      if skip(end) { return Array(bytes[start..<here]) }
      place += 1
    }
    throw wrong("it ends inside of markup")
  }

  private mutating func skip(_ text: StaticString) -> Bool {
    guard bytes.span.holds(text, at: place) else { return false }
    place += text.utf8CodeUnitCount
    return true
  }

  private mutating func skipSpace() -> Bool {
    let start = place
    while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
    return place > start
  }

  private func wrong(_ reason: String) -> XMLSyntaxError { XMLSyntaxError(offset: place, reason: reason) }
}
