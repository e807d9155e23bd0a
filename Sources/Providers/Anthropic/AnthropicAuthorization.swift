package import Protocol

/// What a request to the Anthropic API is let in by.
package struct AnthropicCredentials: RequestCredentials {
  /// The API key, sent as `x-api-key`.
  package var apiKey: Secret?
  /// A bearer token, sent as `authorization`.
  package var authToken: Secret?

  /// These credentials; none, where nobody asks for some.
  package init(apiKey: Secret? = nil, authToken: Secret? = nil) {
    self.apiKey = apiKey
    self.authToken = authToken
  }

  package var secrets: [Secret] { [apiKey, authToken].compactMap(\.self) }
}

/// Where the credentials for the Anthropic API come from.
package typealias AnthropicAuthorization = RequestAuthorization<AnthropicCredentials>

/// The credentials of a configuration, which stay as they are.
struct ConfiguredCredentials: RequestAuthorization {
  let configuration: AnthropicConfiguration

  func current() async throws(ProviderError) -> AnthropicCredentials {
    guard configuration.hasCredentials || !configuration.needsCredentials else {
      throw ProviderError(.authRequired, MissingKeyMessage.provider)
    }
    return configuration.credentials
  }

  func refreshed(after rejected: AnthropicCredentials) async throws(ProviderError) -> AnthropicCredentials { rejected }
}
