internal import Protocol

/// Reads a profile file line by line into sections as they stand there; which of them count is not its business.
///
/// What is indented is as the AWS command line has it: deeper than the property above it continues that property, else it
/// is one of its own. It looks at bytes: only space and tab are white space to the SDKs, whatever Unicode says.
struct ProfileFileParser {
  /// A section's header without its brackets.
  struct Header {
    /// The first word, when there are more.
    var prefix: String?
    /// The name behind the first word, or the only word.
    var name: String
    /// Whether the name stands in quotes, or with signs that take meaning from a blank; then it may be any text.
    var isQuoted = false
    /// All that stands between the brackets.
    var whole: String
  }

  /// A line `name = value` or `name: value`, and the lines that continue it.
  struct Property {
    /// In lower case: names are the same in any case.
    var name: String
    var value: [UInt8]
    /// Where it begins, from 1.
    var line = 0
  }

  /// A header and what stands under it, up to the next.
  struct Section {
    var header: Header
    /// Where the header is, from 1.
    var line: Int
    var properties: [Property] = []

    var isPrefixed: Bool { header.prefix != nil }
  }

  private(set) var sections: [Section] = []
  private let path: String
  private var line = 0
  /// How far the last property or header is indented.
  private var indentation = 0
  /// Whether the last property began with nothing, so that what is indented under it are properties of their own.
  private var isNested = false

  init(path: String) { self.path = path }

  /// Takes the next line, without its end.
  mutating func read(_ bytes: ArraySlice<UInt8>) throws(CredentialsError) {
    line += 1
    let trimmed = Self.trimmed(bytes)
    // A comment that is indented is no part of the value above it: it would be one of a secret.
    guard let first = trimmed.first, !Self.isComment(first) else { return }
    let indented = trimmed.startIndex - bytes.startIndex
    if sections.last?.properties.isEmpty == false, indented > indentation { return try readContinuation(trimmed) }
    if first == UInt8(ascii: "[") {
      try readHeader(trimmed.dropFirst())
    } else {
      try readProperty(trimmed, isIndented: indented > 0)
    }
    indentation = indented
  }

  private mutating func readHeader(_ bytes: ArraySlice<UInt8>) throws(CredentialsError) {
    guard let inside = Self.insideOfBrackets(bytes) else { throw refusal("Profile definition must end with ']'") }
    let words = Self.trimmed(inside)
    let first = words.prefix { !Self.isBlank($0) }
    let rest = Self.trimmed(words.dropFirst(first.count))
    let unquoted = Self.unquoted(rest.isEmpty ? words : rest)
    sections.append(
      Section(
        header: Header(
          prefix: rest.isEmpty ? nil : Self.text(first), name: Self.text(unquoted ?? (rest.isEmpty ? words : rest)),
          isQuoted: unquoted != nil, whole: Self.text((Self.unquoted(words) ?? words)[...])), line: line))
    isNested = false
  }

  /// What stands before the bracket that closes a header; one in quotes is part of a name.
  private static func insideOfBrackets(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let isEnd = { (byte: UInt8) in byte == UInt8(ascii: "]") }
    var quote: UInt8?
    for place in bytes.indices {
      let byte = bytes[place]
      if let open = quote {
        if byte == open { quote = nil }
      } else if isQuote(byte) {
        quote = byte
      } else if isEnd(byte) {
        return bytes[..<place]
      }
    }
    // An apostrophe opens no quotes.
    return bytes.firstIndex(where: isEnd).map { bytes[..<$0] }
  }

  /// A name without the quotes around it, or the signs `\` in it; `nil` for one that has neither.
  private static func unquoted(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    if bytes.count > 2, let quote = bytes.first, isQuote(quote), bytes.last == quote {
      let inside = bytes.dropFirst().dropLast()
      return inside.contains(quote) ? nil : inside
    }
    let escape = UInt8(ascii: "\\")
    guard bytes.contains(escape), !bytes.contains(where: isQuote) else { return nil }
    var name: [UInt8] = []
    var isEscaped = false
    for byte in bytes {
      guard isEscaped || byte != escape else {
        isEscaped = true
        continue
      }
      // A blank that nothing stands before ends the name, and there are two.
      guard isEscaped || !isBlank(byte) else { return nil }
      name.append(byte)
      isEscaped = false
    }
    return name[...]
  }

  private mutating func readProperty(_ bytes: ArraySlice<UInt8>, isIndented: Bool) throws(CredentialsError) {
    guard let section = sections.indices.last else { throw refusal("Expected a profile definition") }
    if isIndented, sections[section].properties.isEmpty, Self.property(bytes) == nil {
      throw refusal("Expected a property definition, found continuation")
    }
    var property = try checked(bytes, "property")
    property.line = line
    sections[section].properties.append(property)
    isNested = property.value.isEmpty
  }

  /// Adds an indented line to the property above it, with the comment at its end: it is no comment there.
  private mutating func readContinuation(_ trimmed: ArraySlice<UInt8>) throws(CredentialsError) {
    let section = sections.count - 1
    let property = sections[section].properties.count - 1
    if isNested { _ = try checked(trimmed, "sub-property") }
    sections[section].properties[property].value += [UInt8(ascii: "\n")] + trimmed
  }

  private func checked(_ bytes: ArraySlice<UInt8>, _ what: String) throws(CredentialsError) -> Property {
    guard let property = Self.property(bytes) else { throw refusal("Expected an '=' sign defining a \(what)") }
    guard !property.name.isEmpty else {
      throw refusal("\(what.first.map { $0.uppercased() } ?? "")\(what.dropFirst()) did not have a name")
    }
    return property
  }

  private func refusal(_ reason: String) -> CredentialsError {
    CredentialsError(
      .configuration, "failed to read `\(path)`, line \(line): \(reason)", hint: "correct line \(line) of \(path)")
  }

  /// The two sides of a line's first equals sign, or of a colon after a plain name before it; `nil` without either.
  static func property(_ bytes: ArraySlice<UInt8>) -> Property? {
    let line = withoutComment(bytes)
    let equals = line.firstIndex(of: UInt8(ascii: "="))
    let colon = line.firstIndex(of: UInt8(ascii: ":")).flatMap { colon in
      // Names of properties may have colons to the SDKs, where no name of AWS's has.
      equals == nil || trimmed(line[..<colon]).allSatisfy(Byte.isName) ? colon : nil
    }
    guard let end = [equals, colon].compactMap(\.self).min() else { return nil }
    let name = trimmed(line[..<end]).map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }
    return Property(name: String(decoding: name, as: UTF8.self), value: Array(trimmed(line[(end + 1)...])))
  }

  /// A line without the space around it and the comment at its end.
  ///
  /// A comment sign is one only after a blank, as passwords may have such signs too.
  private static func withoutComment(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let line = trimmed(bytes)
    var isAfterBlank = false
    for place in line.indices {
      if isComment(line[place]), isAfterBlank { return trimmed(line[..<place]) }
      isAfterBlank = isBlank(line[place])
    }
    return line
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var trimmed = bytes.drop(while: isBlank)
    while let last = trimmed.last, isBlank(last) { trimmed.removeLast() }
    return trimmed
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  private static func isComment(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "#") || byte == UInt8(ascii: ";") }

  private static func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
