package import Protocol

/// What the user's files say under one name: a profile, or a single sign-on session.
///
/// Some of it are keys, so it is not shown.
package struct Profile: Sendable, Hashable {
  /// Its name, in which case counts.
  package var name: String
  private var properties: [String: String]
  /// The properties that the file `credentials` has, though it may have overruled `config`.
  private var credentialsFile: Set<String>

  /// A profile with these properties, whose names are in lower case.
  package init(name: String, properties: [String: String] = [:], inCredentialsFile: Set<String> = []) {
    self.name = name
    self.properties = properties
    credentialsFile = inCredentialsFile
  }

  /// The names of its properties, sorted.
  package var propertyNames: [String] { properties.keys.sorted() }

  /// A property's value; a blank one counts as none.
  package subscript(name: String) -> String? {
    guard let value = properties[name], !value.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else { return nil }
    return value
  }

  /// A property's value that nobody is to see.
  package func secret(_ name: String) -> Secret? { self[name].map(Secret.init) }

  /// A property's value as the files have it, blank ones too.
  package func written(_ name: String) -> String? { properties[name] }

  /// Whether the file `credentials` has both halves of a key for it.
  package var hasKeysInCredentialsFile: Bool {
    [Self.accessKey, "aws_secret_access_key"].allSatisfy { credentialsFile.contains($0) && self[$0] != nil }
  }

  /// Takes what one of the files says, which overrules what was there.
  ///
  /// The parts of a key come from one file, that with the `aws_access_key_id`, as the AWS command line reads them: the
  /// session token of another key would make this one useless.
  mutating func take(_ more: [String: String], from kind: ProfileFile.Kind) {
    var more = more
    if more[Self.accessKey] != nil {
      for part in Self.keyParts { properties[part] = nil }
    } else if properties[Self.accessKey] != nil {
      for part in Self.keyParts { more[part] = nil }
    }
    properties.merge(more) { _, new in new }
    if kind == .credentials { credentialsFile.formUnion(more.keys) }
  }

  private static let accessKey = "aws_access_key_id"
  private static let keyParts = [accessKey, "aws_secret_access_key", "aws_session_token", "aws_security_token"]
}

extension Profile: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Its name.
  package var description: String { name }
  package var debugDescription: String { name }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
