package import Protocol

/// Asks the client with `auth/credentials`, when it said that it answers such questions.
package struct CredentialAsker: CredentialAsking {
  private let client: NativeClient

  /// Questions to that client.
  package init(_ client: NativeClient) { self.client = client }

  package var canAskForCredentials: Bool { client.capabilities.credentials == true }

  package func ask(_ request: AuthCredentials) async throws(Failure) -> AuthCredentials.Response {
    try await client.ask(request)
  }
}
