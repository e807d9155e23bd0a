package import OperatingSystem
package import Protocol

/// How the Anthropic API is reached: its address, the credentials, and what is sent along.
package struct AnthropicConfiguration: Sendable {
  /// The address, without a slash at its end (`ANTHROPIC_BASE_URL`).
  package var baseURL = publicAddress
  /// What the address has behind its `?`, for every request; it may hold a key.
  private var query: Secret?
  /// Sent as `x-api-key` (`ANTHROPIC_API_KEY`).
  package var apiKey: Secret?
  /// Sent as a bearer token (`ANTHROPIC_AUTH_TOKEN`); with a key too, both are sent, as the official SDK does.
  package var authToken: Secret?
  /// Sent with every request, in the place of a header of ours of that name (`ANTHROPIC_CUSTOM_HEADERS`); all values
  /// are secrets.
  package var customHeaders: [HTTPHeader] = []
  /// Names of features in trial, for `anthropic-beta` (`ANTHROPIC_BETAS`).
  package var betas: [String] = []
  /// Our own version, for `user-agent`.
  package var version: String
  /// How long a call may take.
  package var timeouts = TimeoutsInUse()
  /// Where calls wait that the service has no room for.
  package var lines = CallLines()

  /// Whether asking without credentials is an error; a recording answers without.
  package var needsCredentials = true

  /// The public API without credentials.
  package init(version: String) { self.version = version }

  /// What the environment says; that no credentials are set is no error until the API is asked.
  ///
  /// - Throws: A ``ProviderError`` that names the variable which cannot be used, and never quotes a secret.
  package init(_ environment: ProcessEnvironment, version: String) throws(ProviderError) {
    self.version = version
    if let url = environment["ANTHROPIC_BASE_URL"] {
      do { (baseURL, query) = try BaseURL.messages(url, name: "ANTHROPIC_BASE_URL") } catch {
        throw ProviderError(misconfigured: error)
      }
    }
    apiKey = try AnthropicConfiguration.credential("ANTHROPIC_API_KEY", environment)
    authToken = try AnthropicConfiguration.credential("ANTHROPIC_AUTH_TOKEN", environment)
    try readBetas(environment["ANTHROPIC_BETAS"] ?? "", name: "ANTHROPIC_BETAS")
    try readCustomHeaders(environment["ANTHROPIC_CUSTOM_HEADERS"] ?? "")
  }

  /// Whether there is anything to authenticate with; a gateway's key may come as a custom header.
  package var hasCredentials: Bool {
    apiKey != nil || authToken != nil || hasCustomAuthorization || hasGatewayHeader
  }

  /// Whether a custom header lets in by itself.
  package var hasCustomAuthorization: Bool { customHeaders.contains(where: \.isAuthorization) }

  /// Whether a custom header may let in, where nothing else does.
  ///
  /// A gateway may have a header of its own for its keys, so at an address of the user's own any header may be one: what is
  /// missing then is the gateway's to say.
  package var hasGatewayHeader: Bool { !customHeaders.isEmpty && baseURL != Self.publicAddress }

  /// The URL of a path, which may have a query of its own.
  func url(_ path: String) -> String {
    guard let query else { return baseURL + path }
    return baseURL + path + (path.contains("?") ? "&" : "?") + query.reveal()
  }

  private static let publicAddress = "https://api.anthropic.com"

  /// What the environment says to be let in by.
  package var credentials: AnthropicCredentials { AnthropicCredentials(apiKey: apiKey, authToken: authToken) }

  /// Everything that must not be seen.
  package var secrets: [Secret] { credentials.secrets + customSecrets }

  /// What an address has in its query may be a key; what is short is none.
  private var querySecrets: [Secret] {
    (query?.reveal() ?? "").split(separator: "&").compactMap { member in
      let value = member.drop { $0 != "=" }.dropFirst()
      return value.utf8.count >= ProviderLimits.keyLengthMin ? Secret(String(value)) : nil
    }
  }

  /// The values of the custom headers, and of the address's query.
  var customSecrets: [Secret] { customHeaders.secrets + querySecrets }

  private static func credential(_ name: String, _ environment: ProcessEnvironment) throws(ProviderError) -> Secret? {
    guard let value = environment[name] else { return nil }
    guard value.utf8.allSatisfy(Byte.isGraphic) else {
      throw ProviderError(
        .authRequired, "\(name) has a blank, a line break or a character outside ASCII in it",
        hint: "copy the key again, on one line and without quotes")
    }
    return Secret(value)
  }

  private mutating func readBetas(_ list: String, name: String) throws(ProviderError) {
    for item in list.split(separator: ",") {
      let beta = trimmed(item)
      guard beta.utf8.allSatisfy(Byte.isGraphic) else {
        throw ProviderError(
          .invalidRequest, "\(name) has an entry with a blank or a character outside ASCII in it",
          hint: "separate the names by commas")
      }
      if !beta.isEmpty, !betas.contains(beta) { betas.append(beta) }
    }
  }

  private mutating func readCustomHeaders(_ text: String) throws(ProviderError) {
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    for (index, line) in lines.enumerated() where !trimmed(line).isEmpty {
      func refuse(_ reason: String) -> ProviderError {
        ProviderError(
          .invalidRequest, "ANTHROPIC_CUSTOM_HEADERS, line \(index + 1): \(reason)",
          hint: "write one 'Name: value' a line")
      }
      guard let colon = line.firstIndex(of: ":") else { throw refuse("there is no ':' after the header's name") }
      let name = trimmed(line[..<colon])
      let value = trimmed(line[line.index(after: colon)...])
      guard !name.isEmpty, name.utf8.allSatisfy(Byte.isToken) else {
        throw refuse("what stands before ':' is not a header name")
      }
      guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
        throw refuse("the value has a control character in it")
      }
      guard !transportHeaders.contains(name.lowercased()) else {
        throw refuse("'\(name)' is set by the connection itself")
      }
      if name.lowercased() == "anthropic-beta" {
        try readBetas(value, name: "ANTHROPIC_CUSTOM_HEADERS, line \(index + 1): anthropic-beta")
      } else {
        customHeaders.append(HTTPHeader(name, secret: Secret(value)))
      }
    }
  }
}

extension HTTPHeader {
  /// Whether it is one of those by which the API itself lets in.
  var isAuthorization: Bool { ["authorization", "x-api-key"].contains(name.lowercased()) }
}

extension [HTTPHeader] {
  /// The values that are secrets.
  var secrets: [Secret] {
    compactMap { header in
      if case .secret(_, let secret) = header.value { secret } else { nil }
    }
  }
}

/// Headers that describe the connection or what the transport can read, which a configuration cannot know.
private let transportHeaders: Set = [
  "host", "content-length", "transfer-encoding", "connection", "accept-encoding", "expect", "te", "upgrade",
]

private func trimmed(_ text: Substring) -> String {
  var text = text
  while text.first?.isWhitespace == true { text.removeFirst() }
  while text.last?.isWhitespace == true { text.removeLast() }
  return String(text)
}
