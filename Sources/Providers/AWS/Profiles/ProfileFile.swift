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
  /// What does not count, by its line, for a person who misses it.
  private(set) var notes: [String] = []

  /// A file that says nothing.
  init() {}

  /// Reads a file; `path` is for errors only.
  ///
  /// - Throws: ``CredentialsError`` of the kind `configuration`.
  package init(_ bytes: [UInt8], kind: Kind, path: String) throws(CredentialsError) {
    var parser = ProfileFileParser(path: path)
    let text = bytes.starts(with: Byte.byteOrderMark) ? bytes.dropFirst(3) : bytes[...]
    for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      // Files of Windows end their lines with both, those of old with the first alone.
      let whole = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      for part in whole.split(separator: UInt8(ascii: "\r"), omittingEmptySubsequences: false) { try parser.read(part) }
    }
    var named: [(name: Name, section: ProfileFileParser.Section)] = []
    for section in parser.sections {
      if let name = ProfileFile.name(section.header, in: kind) {
        named.append((name, section))
      } else if let reason = ProfileFile.flaw(of: section.header, in: kind) {
        leaveOut(path, section.line, reason)
      }
    }
    let hidesDefault = named.contains { $0.section.isPrefixed && $0.name == ProfileFile.defaultProfile }
    for (name, section) in named {
      // Two ways to write the default profile are two profiles, of which the longer written one is meant.
      if hidesDefault, name == ProfileFile.defaultProfile, !section.isPrefixed {
        leaveOut(path, section.line, "[profile default] is there, too")
        continue
      }
      // A section without a property is one all the same.
      var properties = sections[name] ?? [:]
      for property in section.properties {
        guard ProfileFile.isIdentifier(property.name) else {
          leaveOut(path, property.line, "a property's name is one word of letters, digits and _-/.%@:+")
          continue
        }
        properties[property.name] = String(decoding: property.value, as: UTF8.self)
      }
      sections[name] = properties
    }
  }

  private mutating func leaveOut(_ path: String, _ line: Int, _ reason: String) {
    notes.append("`\(path)`, line \(line) is left out: \(reason)")
  }

  private static let defaultProfile = Name(kind: "profile", name: "default")

  /// What a header names; `nil` for one that does not count.
  private static func name(_ header: ProfileFileParser.Header, in kind: Kind) -> Name? {
    switch (kind, header.prefix) {
    case (.config, let prefix?):
      header.isQuoted || isWord(header.name) ? Name(kind: prefix, name: header.name) : nil
    case (.config, nil): header.name == "default" ? defaultProfile : nil
    // Here a section's whole text is the profile's name, blanks and all, as `aws configure` writes it.
    case (.credentials, let prefix):
      header.whole.isEmpty || prefix.map(kinds.contains) ?? false ? nil : Name(kind: "profile", name: header.whole)
    }
  }

  /// What the words before the names of sections are.
  private static let kinds: Set = ["profile", "sso-session", "services"]
  /// Sections of the file `config` that are for the AWS command line itself.
  private static let ofCommandLine: Set = ["plugins", "preview"]

  /// Why a section that does not count does not, for whoever misses it; never what the line says.
  private static func flaw(of header: ProfileFileParser.Header, in kind: Kind) -> String? {
    switch (kind, header.prefix) {
    case (.config, nil):
      ofCommandLine.contains(header.name) ? nil : "in this file a profile is written [profile NAME]"
    case (.config, _?): "a name with blanks or quotes stands in quotes: [profile \"NAME\"]"
    case (.credentials, _): "in this file a profile is written [NAME], and nothing else is read"
    }
  }

  /// Whether this may be a section's name without quotes around it: the AWS command line takes any one word.
  private static func isWord(_ text: String) -> Bool { !text.utf8.contains { " \t\"'".utf8.contains($0) } }

  /// Whether this may be the name of a property: letters, digits and `_-/.%@:+`.
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
