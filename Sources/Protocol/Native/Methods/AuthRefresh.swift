/// Looks for credentials anew: files are read again, tokens renewed, helper commands run.
///
/// - Throws: ``RPCError/Code/requestFailed`` when what is configured gives none.
package struct AuthRefresh: RequestMessage, Hashable {
  package static let method = "auth/refresh"
  package typealias Response = AuthStatus.Response
  /// The one provider; absent for all.
  package var provider: ProviderID?
}
