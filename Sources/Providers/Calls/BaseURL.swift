internal import Protocol

/// The address of a service as a person configures it.
package enum BaseURL {
  /// An address of the Messages API, and the query that a gateway wants with every request; `nil` for none.
  ///
  /// What people copy is often the address of one call: `/v1` and `/v1/messages` at its end are added again for each, so
  /// they are taken off here.
  static func messages(_ text: String, name: String) throws(SettingError) -> (address: String, query: Secret?) {
    let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var address = try normalized(String(parts[0]), name: name)
    for ending in ["/v1/messages", "/v1"] where address.lowercased().hasSuffix(ending) {
      // A host may have that name, too.
      guard address.dropLast(ending.count).last != "/" else { break }
      address.removeLast(ending.count)
      while address.last == "/" { address.removeLast() }
      break
    }
    guard parts.count == 2, !parts[1].isEmpty else { return (address, nil) }
    let query = String(parts[1])
    guard query.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !refused.contains($0) && $0 != UInt8(ascii: "#") }) else {
      throw SettingError(
        "\(name) has a query with a character that no URL may have", hint: "percent-encode it, or leave the query out")
    }
    return (address, Secret(query))
  }

  /// The address without trailing slashes; a path before them is kept.
  ///
  /// Keys are sent there, so anything that could lead elsewhere than it seems to is refused: another scheme, a user
  /// name, white space, a query. The address is not quoted in errors, because it may hold a password; `name` is what it
  /// was configured with, `example` shows how it may look, and `credentialsHint` says where credentials go instead.
  package static func normalized(
    _ text: String, name: String, example: String = "https://api.anthropic.com",
    credentialsHint: String = "use ANTHROPIC_CUSTOM_HEADERS for credentials"
  ) throws(SettingError) -> String {
    func refuse(_ reason: String) -> SettingError {
      SettingError(
        "\(name) \(reason)", hint: "write it like \(example) or https://gateway.example/path")
    }
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !refused.contains($0) }) else {
      throw refuse("has a character that no URL may have; it must be percent-encoded")
    }
    guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else {
      throw refuse("is not a URL: it must begin with https:// or http://")
    }
    guard ["https", "http"].contains(text[..<colon].lowercased()) else {
      throw refuse("has the scheme '\(text[..<colon])'; it must be https or http")
    }
    let rest = text[text.index(colon, offsetBy: 3)...]
    guard !rest.contains("?"), !rest.contains("#") else {
      throw refuse("has a query or fragment, which an address cannot have")
    }
    let host = rest.prefix { $0 != "/" }
    guard !host.contains("@") else {
      throw refuse("has a user name or password; \(credentialsHint)")
    }
    guard !host.isEmpty, !host.hasPrefix(":") else { throw refuse("has no host") }
    var normalized = text
    while normalized.last == "/" { normalized.removeLast() }
    return normalized
  }

  /// Printable characters that RFC 3986 keeps out of URLs and that some parsers read as separators.
  private static let refused = Set("\"<>\\^`{|}".utf8)
}
