package import OperatingSystem

/// Credentials of a role that the user has by single sign-on.
package struct SSOCredentials: CredentialSource {
  private let sso: SSOConfiguration
  private let endpoints: EndpointSettings
  private let tokens: SSOTokens
  private let service: SSOService

  /// The credentials that a profile's single sign-on gives, asked for at these addresses.
  package init(
    _ sso: SSOConfiguration, endpoints: EndpointSettings, environment: ProcessEnvironment, files: FileSource,
    transport: any HTTPTransport, time: TimeSource
  ) {
    self.sso = sso
    self.endpoints = endpoints
    tokens = SSOTokens(environment: environment, files: files, transport: transport, time: time)
    service = SSOService(transport: transport, time: time)
  }

  /// The role's credentials, with the token that is in the cache now.
  package func credentials() async throws(CredentialsError) -> AWSCredentials? {
    guard let accountID = sso.accountID, let roleName = sso.roleName else {
      throw CredentialsError(
        .configuration,
        "selected profile will resolve an access token instead of credentials: profile `\(sso.profile)` has no "
          + "sso_account_id and sso_role_name", hint: "aws configure sso --profile \(sso.profile)")
    }
    let url = try endpoints.url(of: .sso, region: sso.region)
    let token = try await tokens.token(sso, endpoints: endpoints)
    return try await service.roleCredentials(
      sso, accountID: accountID, roleName: roleName, token: token, url: url,
      tries: try endpoints.tries(usually: ProfileLimits.ssoTriesMax))
  }
}
