/// The address of a service as a person configures it.
package enum BaseURL {
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
