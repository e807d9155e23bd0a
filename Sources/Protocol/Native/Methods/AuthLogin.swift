/// Hands over credentials, which go before all others until `auth/logout` or the end of the process.
///
/// - Throws: ``RPCError/Code/invalidParams`` when a value that the method wants is missing, or is of the other provider.
package struct AuthLogin: RequestMessage, Hashable {
  package static let method = "auth/login"
  package typealias Response = AuthStatus.Response
  /// Whose credentials they are.
  package var provider: ProviderID
  /// What kind they are.
  package var method: AuthMethod
  /// The credentials.
  package var values: AuthValues
}
