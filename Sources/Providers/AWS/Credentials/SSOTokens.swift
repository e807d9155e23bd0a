package import OperatingSystem
package import Protocol

/// A sign-on's token, which gets the credentials of its roles.
package struct SSOToken: Sendable, Hashable {
  /// What the portal lets in by, until `expiresAt`.
  package var accessToken: Secret
  /// When it ends, in milliseconds since 1970.
  package var expiresAt: Int
}

/// The tokens that `aws sso login` has put on disk, renewed while that is possible without the user.
///
/// They are read anew each time, so that a new login counts at once (aws/aws-sdk#531).
///
/// Source: AWS SDKs and Tools Reference Guide, "IAM Identity Center credential provider".
package struct SSOTokens: Sendable {
  private let environment: ProcessEnvironment
  private let files: FileSource
  private let time: TimeSource
  private let service: SSOService

  /// The tokens of the user whose folder these variables name; `transport` asks for new ones.
  package init(
    environment: ProcessEnvironment, files: FileSource, transport: any HTTPTransport, time: TimeSource
  ) {
    self.environment = environment
    self.files = files
    self.time = time
    service = SSOService(transport: transport, time: time)
  }

  /// The token of a sign-on.
  ///
  /// One of an `sso-session` that has less than ``ProfileLimits/ssoRefreshWindow`` left is renewed; if that fails while
  /// the old one still lives, the old one does.
  package func token(_ sso: SSOConfiguration, endpoints: EndpointSettings) async throws(CredentialsError) -> SSOToken {
    let path = try path(sso)
    var bytes: [UInt8]?
    do { bytes = try files.read(path) } catch { throw CredentialsError(.unavailable, error.message) }
    guard let bytes else {
      throw CredentialsError(.expired, "failed to read `\(path)`: No such file or directory", hint: sso.login)
    }
    let cached: CachedToken
    do { cached = try CachedToken(bytes, path: path) } catch {
      var failure = error
      failure.hint = sso.login
      throw failure
    }
    let now = time.now()
    guard cached.token.expiresAt - now < ProfileLimits.ssoRefreshWindow else { return cached.token }
    let isOver = cached.token.expiresAt <= now
    guard sso.sessionName != nil, let renewal = cached.renewal, renewal.registrationExpiresAt > now else {
      if isOver { throw expired(sso) }
      return cached.token
    }
    let url = try endpoints.url(of: .oidc, region: sso.region)
    let tries = try endpoints.tries(usually: ProfileLimits.ssoTriesMax)
    do { return try await renew(cached, renewal, sso, url: url, tries: tries, path: path) } catch {
      if !isOver && !Task.isCancelled { return cached.token }
      throw error.kind == .expired ? expired(sso) : error
    }
  }

  private func renew(
    _ cached: CachedToken, _ renewal: CachedToken.Renewal, _ sso: SSOConfiguration, url: String, tries: Int,
    path: String
  )
    async throws(CredentialsError) -> SSOToken
  {
    let reply = try await service.renew(renewal, url: url, tries: tries)
    let token = SSOToken(accessToken: reply.accessToken, expiresAt: time.now() + reply.expiresIn * 1_000)
    var document = cached.document
    document.set("accessToken", token.accessToken.reveal())
    document.set("expiresAt", Timestamp.text(milliseconds: token.expiresAt))
    if let refreshToken = reply.refreshToken { document.set("refreshToken", refreshToken.reveal()) }
    document.set("region", sso.region)
    document.set("startUrl", sso.startURL)
    // A disk that cannot be written to costs the next process a renewal, not this one its credentials.
    try? files.replace(path, JSON.object(document.object).serialized)
    return token
  }

  private func path(_ sso: SSOConfiguration) throws(CredentialsError) -> String {
    let locations = ProfileLocations(environment: environment)
    guard locations.home != nil else {
      throw CredentialsError(
        .configuration, "the sign-on of profile `\(sso.profile)` lies in the user's folder, which HOME does not name",
        hint: "set HOME")
    }
    return locations.expanded("~/.aws/sso/cache/\(SHA1.hexadecimal(Array(sso.cacheKey.utf8))).json")
  }

  private func expired(_ sso: SSOConfiguration) -> CredentialsError {
    CredentialsError(.expired, "the single sign-on of profile `\(sso.profile)` has ended", hint: sso.login)
  }
}

/// A file of the sign-on's cache.
struct CachedToken: Sendable {
  /// What a new token is asked for with.
  struct Renewal: Sendable {
    var clientID: String
    var clientSecret: Secret
    var refreshToken: Secret
    var registrationExpiresAt: Int
  }

  var token: SSOToken
  /// None where something is missing that a renewal takes.
  var renewal: Renewal?
  /// The file as it is, so that what others have put there stays.
  var document: CredentialDocument

  init(_ bytes: [UInt8], path: String) throws(CredentialsError) {
    document = try CredentialDocument(bytes, origin: "`\(path)`")
    token = SSOToken(
      accessToken: try document.secret("accessToken"), expiresAt: try document.requiredMoment("expiresAt"))
    if let clientID = document.text("clientId"), let secret = document.text("clientSecret"),
      let refreshToken = document.text("refreshToken"), let end = try document.moment("registrationExpiresAt")
    {
      renewal = Renewal(
        clientID: clientID, clientSecret: Secret(secret), refreshToken: Secret(refreshToken),
        registrationExpiresAt: end)
    }
  }
}
