package import Protocol
package import Providers

/// The credentials of one provider, as the auth methods see them: never a secret comes out.
package protocol ProviderAuthentication: Sendable {
  /// Whose credentials these are.
  var id: ProviderID { get }
  /// What is known without asking anybody: no request is made, nothing is run.
  var known: ProviderStatus { get }
  /// What was known before anything was asked or handed over; what a client is told of as a change differs from it.
  var knownAtFirst: ProviderStatus { get }
  /// What to tell a person who has no credentials.
  var missingMessage: String { get }
  /// Looks for credentials where they have to be asked for: files, metadata, token services; bounded in time.
  func resolve() async throws(ProviderError)
  /// Takes credentials that go before all others.
  ///
  /// - Throws: ``Failure/Reason/invalidParams`` when a value is missing, or is of the other provider.
  func logIn(_ method: AuthMethod, _ values: AuthValues) throws(Failure)
  /// Forgets what was handed over.
  func logOut()
  /// Looks for credentials anew.
  func refresh() async throws(ProviderError)
}
