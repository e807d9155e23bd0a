internal import Protocol

/// One of AWS's two shared files, read by the rules that the SDKs have in common (their profile parser tests).
///
/// A section is `[profile dev]`, `[default]`, `[sso-session x]` or `[services x]` in the file `config`, and `[dev]` in
/// the file `credentials`. What is misspelt in a name is left out, so that a typo in one profile does not take the
/// others away; what breaks the form is an error that names its line, and never what the line says: it may be a key.
package struct ProfileFile: Sendable {
  /// Which of the two files, as their sections are named differently.
  package enum Kind: String, Sendable { case config, credentials }

  /// A section's name as its kind and what it is the name of.
  struct Name: Hashable {
    /// `profile`, also where the file does not write it; `sso-session`, `services`.
    var kind: String
    var name: String
  }

  /// The sections that count, each with what all sections of its name say together.
  private(set) var sections: [Name: [String: String]] = [:]

  /// A file that says nothing.
  init() {}

  /// Reads a file; `path` is for errors only.
  ///
  /// - Throws: ``CredentialsError`` of the kind `configuration`.
  package init(_ bytes: [UInt8], kind: Kind, path: String) throws(CredentialsError) {
    var parser = ProfileFileParser(path: path)
    let text = bytes.starts(with: ProfileFile.byteOrderMark) ? bytes.dropFirst(3) : bytes[...]
    for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      try parser.read(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
    }
    let named = parser.sections.compactMap { section in
      ProfileFile.name(section.header, in: kind).map { (name: $0, section: section) }
    }
    let hidesDefault = named.contains { $0.section.isPrefixed && $0.name == ProfileFile.defaultProfile }
    for (name, section) in named {
      // Two ways to write the default profile are two profiles, of which the longer written one is meant.
      if hidesDefault, name == ProfileFile.defaultProfile, !section.isPrefixed { continue }
      // A section without a property is one all the same.
      var properties = sections[name] ?? [:]
      for property in section.properties where ProfileFile.isIdentifier(property.name) {
        properties[property.name] = String(decoding: property.value, as: UTF8.self)
      }
      sections[name] = properties
    }
  }

  /// What some editors put before a text in UTF-8.
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
  private static let defaultProfile = Name(kind: "profile", name: "default")

  /// What a header names; `nil` for one that does not count.
  private static func name(_ header: ProfileFileParser.Header, in kind: Kind) -> Name? {
    guard isIdentifier(header.name) else { return nil }
    switch (kind, header.prefix) {
    case (.config, let prefix?): return Name(kind: prefix, name: header.name)
    case (.config, nil): return header.name == "default" ? defaultProfile : nil
    case (.credentials, nil): return Name(kind: "profile", name: header.name)
    case (.credentials, _?): return nil
    }
  }

  /// Whether this may be the name of a section or property: letters, digits and `_-/.%@:+`.
  private static func isIdentifier(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { Byte.isName($0) || "/.%@:+".utf8.contains($0) }
  }

  /// The properties that stand indented under one property, such as `endpoint_url` under `sso_oidc =`.
  ///
  /// The value is as the file has it: a line each, after an empty first one.
  static func nested(in value: String) -> [String: String] {
    var properties: [String: String] = [:]
    for line in Array(value.utf8).split(separator: UInt8(ascii: "\n")) {
      guard let property = ProfileFileParser.property(line) else { continue }
      properties[property.name] = String(decoding: property.value, as: UTF8.self)
    }
    return properties
  }
}

extension ProfileFile: CustomStringConvertible, CustomReflectable {
  /// How much it says; what it says may be keys.
  package var description: String { "\(sections.count) sections" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
