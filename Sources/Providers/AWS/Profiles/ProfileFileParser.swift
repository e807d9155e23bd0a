/// Reads a profile file line by line into sections as they stand there; which of them count is not its business.
///
/// It looks at bytes: only space and tab are white space to the SDKs, whatever Unicode says.
struct ProfileFileParser {
  /// A section's header without its brackets.
  struct Header {
    /// The first word, when there are more.
    var prefix: String?
    var name: String
  }

  /// A line `name = value`, and the lines that continue it.
  struct Property {
    /// In lower case: names are the same in any case.
    var name: String
    var value: [UInt8]
  }

  /// A header and what stands under it, up to the next.
  struct Section {
    var header: Header
    var properties: [Property] = []

    var isPrefixed: Bool { header.prefix != nil }
  }

  private(set) var sections: [Section] = []
  private let path: String
  private var line = 0
  /// Whether the last property began with nothing, so that what is indented under it are properties of their own.
  private var isNested = false

  init(path: String) { self.path = path }

  /// Takes the next line, without its end.
  mutating func read(_ bytes: ArraySlice<UInt8>) throws(CredentialsError) {
    line += 1
    let trimmed = Self.trimmed(bytes)
    guard let first = bytes.first, !trimmed.isEmpty, !Self.isComment(first) else { return }
    if first == UInt8(ascii: "[") {
      try readHeader(bytes)
    } else if Self.isBlank(first) {
      try readContinuation(trimmed)
    } else {
      try readProperty(bytes)
    }
  }

  private mutating func readHeader(_ bytes: ArraySlice<UInt8>) throws(CredentialsError) {
    let header = Self.prepared(bytes, commentsNeedBlank: false)
    guard header.count > 1, header.last == UInt8(ascii: "]") else {
      throw refusal("Profile definition must end with ']'")
    }
    let words = Self.trimmed(header.dropFirst().dropLast())
    let first = words.prefix { !Self.isBlank($0) }
    let rest = Self.trimmed(words.dropFirst(first.count))
    sections.append(
      Section(
        header: rest.isEmpty
          ? Header(prefix: nil, name: Self.text(first)) : Header(prefix: Self.text(first), name: Self.text(rest))))
    isNested = false
  }

  private mutating func readProperty(_ bytes: ArraySlice<UInt8>) throws(CredentialsError) {
    guard let section = sections.indices.last else { throw refusal("Expected a profile definition") }
    let property = try checked(bytes, "property")
    sections[section].properties.append(property)
    isNested = property.value.isEmpty
  }

  /// Adds an indented line to the property above it, comment signs and all.
  private mutating func readContinuation(_ trimmed: ArraySlice<UInt8>) throws(CredentialsError) {
    let isComment = trimmed.first.map(Self.isComment) ?? false
    guard let section = sections.indices.last else {
      if isComment { return }
      throw refusal("Expected a profile definition")
    }
    guard let property = sections[section].properties.indices.last else {
      if isComment { return }
      throw refusal("Expected a property definition, found continuation")
    }
    if isNested {
      // The SDKs disagree about indented comments; nobody means one to break the file.
      if isComment { return }
      _ = try checked(trimmed, "sub-property")
    }
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

  /// The two sides of a line's first equals sign; `nil` when it has none.
  static func property(_ bytes: ArraySlice<UInt8>) -> Property? {
    let line = prepared(bytes, commentsNeedBlank: true)
    guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { return nil }
    let name = trimmed(line[..<equals]).map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }
    return Property(name: String(decoding: name, as: UTF8.self), value: Array(trimmed(line[(equals + 1)...])))
  }

  /// A line without the space around it and the comment at its end.
  ///
  /// In a value a comment sign is one only after a blank, as passwords may have such signs too.
  private static func prepared(_ bytes: ArraySlice<UInt8>, commentsNeedBlank: Bool) -> ArraySlice<UInt8> {
    let line = trimmed(bytes)
    var isAfterBlank = false
    for place in line.indices {
      if isComment(line[place]), isAfterBlank || !commentsNeedBlank { return trimmed(line[..<place]) }
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

  private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
