internal import Protocol

/// A JSON object that credentials or tokens are read from: a cache file, a program's output, a reply.
///
/// AWS's own readers take the names of members in any case, as its services and tools do not agree on one. Errors say
/// which member, never what it holds.
struct CredentialDocument: Sendable {
  /// The object as it was read.
  private(set) var object: JSONObject
  /// What it is, for errors: a path, or whose reply.
  let origin: String

  /// Reads an object.
  init(_ bytes: [UInt8], origin: String) throws(CredentialsError) {
    self.origin = origin
    let value: JSON
    do { value = try JSON.parse(bytes, loneSurrogates: .replace) } catch {
      throw CredentialsError(.unavailable, "\(origin) is not JSON (\(error.reason) at byte \(error.offset))")
    }
    guard let object = value.object else {
      throw CredentialsError(.unavailable, "\(origin) is not a JSON object but \(value.kindName)")
    }
    self.object = object
  }

  private init(_ object: JSONObject, origin: String) {
    self.object = object
    self.origin = origin
  }

  /// A member, its name in whatever case.
  private func member(_ name: String) -> JSON? {
    object[name] ?? object.members.first { $0.key.lowercased() == name.lowercased() }?.value
  }

  /// A text that is not blank; `nil` where there is none, or `null`.
  func text(_ name: String) -> String? {
    guard let text = member(name)?.string, !text.utf8.allSatisfy({ $0 <= 0x20 }) else { return nil }
    return text
  }

  /// A text that must be there.
  func required(_ name: String) throws(CredentialsError) -> String {
    guard let text = text(name) else { throw CredentialsError(.unavailable, "\(origin) has no `\(name)`") }
    return text
  }

  /// A secret that must be there.
  func secret(_ name: String) throws(CredentialsError) -> Secret { Secret(try required(name)) }

  /// A whole number.
  func number(_ name: String) -> Int? { member(name)?.int }

  /// A moment, in milliseconds since 1970; `nil` where there is none.
  func moment(_ name: String) throws(CredentialsError) -> Int? {
    guard let text = text(name) else { return nil }
    guard let moment = Timestamp.milliseconds(text) else {
      throw CredentialsError(.unavailable, "`\(name)` of \(origin) is not a time such as 2026-11-24T10:00:00Z")
    }
    return moment
  }

  /// A moment that must be there.
  func requiredMoment(_ name: String) throws(CredentialsError) -> Int {
    guard let moment = try moment(name) else {
      throw CredentialsError(.unavailable, "\(origin) has no `\(name)`")
    }
    return moment
  }

  /// An object within that must be there.
  func document(_ name: String) throws(CredentialsError) -> CredentialDocument {
    guard let object = member(name)?.object else {
      throw CredentialsError(.unavailable, "\(origin) has no object `\(name)`")
    }
    return CredentialDocument(object, origin: "`\(name)` of \(origin)")
  }

  /// The credentials of a role as a container's agent and the metadata service of an instance write them.
  ///
  /// `isTemporary` says whether a token and an end must be there.
  func roleCredentials(isTemporary: Bool, source: String) throws(CredentialsError) -> AWSCredentials {
    AWSCredentials(
      accessKeyID: try required("AccessKeyId"), secretAccessKey: try secret("SecretAccessKey"),
      sessionToken: isTemporary ? try secret("Token") : text("Token").map(Secret.init),
      expiresAt: isTemporary ? try requiredMoment("Expiration") : try moment("Expiration"),
      accountID: text("AccountId"), source: source)
  }

  /// Puts a text in the place of a member, its name in whatever case, or adds it.
  mutating func set(_ name: String, _ text: String) {
    let written = object.members.first { $0.key.lowercased() == name.lowercased() }?.key
    object[written ?? name] = .string(text)
  }
}

extension CredentialDocument: CustomStringConvertible, CustomReflectable {
  /// What it is; what it holds are keys.
  var description: String { origin }
  var customMirror: Mirror { Mirror(self, children: []) }
}
