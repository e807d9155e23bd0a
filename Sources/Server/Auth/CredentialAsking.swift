package import Protocol

/// Somebody who may have credentials when they are missing.
package protocol CredentialAsking: Sendable {
  /// Whether there is anybody to ask.
  var canAskForCredentials: Bool { get }
  /// Asks, and waits for what is handed over; cancelling the task takes the question back.
  func ask(_ request: AuthCredentials) async throws(Failure) -> AuthCredentials.Response
}
