import Protocol

/// Credentials as the container's agent and the instance's metadata service write them, in JSON.
///
/// Names are compared without case: agents that stand in for the real ones write them as they like, and the SDKs read
/// them all (smithy-rs, `json_credentials`).
struct MetadataReply {
  private var members: [String: JSON] = [:]

  /// - Throws: ``CredentialsError`` for a body that is no JSON object; `who` is named in it.
  init(_ body: [UInt8], from who: String) throws(CredentialsError) {
    guard let object = (try? JSON.parse(body, loneSurrogates: .replace))?.object else {
      throw CredentialsError(
        .unavailable, "the reply of \(who) is no JSON object", hint: "another program may answer there")
    }
    for (key, value) in object { members[key.lowercased()] = value }
  }

  /// A member's text; `nil` when it is missing, empty, null or no text.
  subscript(name: String) -> String? {
    guard let text = members[name.lowercased()]?.string, !text.isEmpty else { return nil }
    return text
  }

  /// The credentials; `isTemporary` says whether a token and an end must be there.
  ///
  /// - Throws: ``CredentialsError`` that names what is missing and quotes nothing.
  func credentials(from who: String, isTemporary: Bool, source: String) throws(CredentialsError) -> AWSCredentials {
    func text(_ name: String) throws(CredentialsError) -> String {
      guard let text = self[name] else {
        throw CredentialsError(.unavailable, "the reply of \(who) has no \(name)")
      }
      return text
    }
    let token = isTemporary ? try text("Token") : self["Token"]
    let end = isTemporary ? try text("Expiration") : self["Expiration"]
    let expiresAt = end.map { Timestamp.milliseconds($0) }
    if case .some(nil) = expiresAt {
      throw CredentialsError(.unavailable, "the reply of \(who) has an Expiration that is no date")
    }
    return AWSCredentials(
      accessKeyID: try text("AccessKeyId"), secretAccessKey: Secret(try text("SecretAccessKey")),
      sessionToken: token.map(Secret.init), expiresAt: expiresAt ?? nil, accountID: self["AccountId"], source: source)
  }
}
