/// Forgets credentials that `auth/login` or the client itself handed over; those of the environment are used again.
package struct AuthLogout: RequestMessage, Hashable {
  package static let method = "auth/logout"
  package typealias Response = AuthStatus.Response
  /// The one provider to forget them of; absent for all.
  package var provider: ProviderID?

  /// All that was handed over.
  package init() {}
}
