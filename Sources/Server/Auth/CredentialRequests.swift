package import Protocol

/// Asks the client for credentials, when it said that it answers such questions.
package struct CredentialRequests: Sendable {
  private let client: ClientCalls

  /// Questions to that client.
  package init(_ client: ClientCalls) { self.client = client }

  /// What the client hands over; `nil` when it has nothing, cannot be asked, or does not answer in time.
  package func ask(_ provider: ProviderID, _ reason: AuthCredentials.Reason, message: String?) async
    -> (AuthMethod, AuthValues)?
  {
    guard client.capabilities.credentials == true else { return nil }
    let question = AuthCredentials(provider: provider, reason: reason, message: message)
    guard let answer = try? await client.ask(question), let method = answer.method, let values = answer.values else {
      return nil
    }
    return (method, values)
  }
}
