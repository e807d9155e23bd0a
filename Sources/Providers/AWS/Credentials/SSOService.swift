import OperatingSystem
internal import Protocol

/// The two calls of single sign-on that this program makes.
///
/// Source: IAM Identity Center Portal API `GetRoleCredentials`, OIDC API `CreateToken`.
struct SSOService: Sendable {
  /// What a renewal brings.
  struct Renewed: Sendable {
    var accessToken: Secret
    /// Seconds that it lives.
    var expiresIn: Int
    /// What the next renewal is asked for with, if that changes.
    var refreshToken: Secret?
  }

  private let transport: any HTTPTransport
  private let time: TimeSource

  init(transport: any HTTPTransport, time: TimeSource) {
    self.transport = transport
    self.time = time
  }

  /// The credentials of the configuration's role.
  func roleCredentials(
    _ sso: SSOConfiguration, accountID: String, roleName: String, token: SSOToken, url: String, tries: Int
  )
    async throws(CredentialsError) -> AWSCredentials
  {
    let query = "account_id=\(PercentEncoding.encode(accountID))&role_name=\(PercentEncoding.encode(roleName))"
    var request = HTTPRequest(
      method: "GET", url: "\(url)/federation/credentials?\(query)",
      headers: [
        HTTPHeader("x-amz-sso_bearer_token", secret: token.accessToken), HTTPHeader("accept", "application/json"),
      ])
    request.timeouts = SSOService.timeouts
    let origin = "the reply of single sign-on for profile `\(sso.profile)`"
    let reply = try await answer(request, mask: SecretMask([token.accessToken]), origin: origin, tries: tries) {
      reason in
      "single sign-on did not answer for profile `\(sso.profile)`: \(reason)"
    }
    guard reply.status == 200 else { throw refusal(reply, sso: sso, role: "\(roleName) in account \(accountID)") }
    let document = try CredentialDocument(reply.body, origin: origin).document("roleCredentials")
    return AWSCredentials(
      accessKeyID: try document.required("accessKeyId"), secretAccessKey: try document.secret("secretAccessKey"),
      sessionToken: document.text("sessionToken").map(Secret.init), expiresAt: document.number("expiration"),
      accountID: accountID, source: "profile \(sso.profile) (single sign-on)")
  }

  /// A new token for an old one.
  func renew(_ renewal: CachedToken.Renewal, url: String, tries: Int) async throws(CredentialsError) -> Renewed {
    let body: JSON = [
      "grantType": "refresh_token", "clientId": .string(renewal.clientID),
      "clientSecret": .string(renewal.clientSecret.reveal()), "refreshToken": .string(renewal.refreshToken.reveal()),
    ]
    var request = HTTPRequest(
      method: "POST", url: "\(url)/token",
      headers: [HTTPHeader("content-type", "application/json"), HTTPHeader("accept", "application/json")],
      body: body.serialized)
    request.timeouts = SSOService.timeouts
    let origin = "the reply to the renewal of the sign-on"
    let mask = SecretMask([renewal.clientSecret, renewal.refreshToken])
    let refused = "the renewal of the sign-on was refused"
    let reply = try await answer(request, mask: mask, origin: origin, tries: tries) { "\(refused): \($0)" }
    guard reply.status == 200 else { throw CredentialsError(.expired, "\(refused): \(reply.reason)") }
    let document = try CredentialDocument(reply.body, origin: origin)
    guard let expiresIn = document.number("expiresIn"), 0...ProfileLimits.ssoTokenSecondsMax ~= expiresIn else {
      throw CredentialsError(.unavailable, "\(origin) does not say how long the token lives")
    }
    return Renewed(
      accessToken: try document.secret("accessToken"), expiresIn: expiresIn,
      refreshToken: document.text("refreshToken").map(Secret.init))
  }

  /// A reply that stands, with secrets taken out of its reason.
  private struct Reply {
    var status: Int
    var body: [UInt8]
    var reason: String
  }

  /// Asks until there is an answer that stands, at most that many times.
  private func answer(
    _ request: HTTPRequest, mask: SecretMask, origin: String, tries: Int, busy: (_ reason: String) -> String
  ) async throws(CredentialsError) -> Reply {
    try await CredentialsError.trying(
      times: tries, firstDelay: ProviderLimits.retryDelayFirst, time: time
    ) { () throws(CredentialsError) in
      try await transport.credentialReply(
        to: request, failing: "\(origin) did not come", hint: "check the network, HTTPS_PROXY and sso_region",
        mask: mask
      ).then { reply throws(CredentialsError) in
        let reason = SSOService.reason(status: reply.status, body: reply.body, mask: mask)
        guard !reply.mayPass, !SSOService.isThrottled(reply) else {
          return .mayPass(CredentialsError(.unavailable, busy(reason)))
        }
        return .settled(Reply(status: reply.status, body: reply.body, reason: reason))
      }
    }
  }

  /// Whether a refusal is a wish to wait: OIDC says so with 400, too (`SlowDownException`).
  private static func isThrottled(_ reply: WholeReply) -> Bool {
    guard reply.status != 200, let value = try? JSON.parse(reply.body) else { return false }
    let codes = [reply.headers["x-amzn-errortype"], value["__type"]?.string]
    return codes.contains { $0.flatMap(ErrorCode.bare).map(ErrorCode.isThrottling) ?? false }
      || value["error"]?.string == "slow_down"
  }

  /// The reason that a reply gives, for a person: its code, which stands after a `#`, and its message.
  private static func reason(status: Int, body: [UInt8], mask: SecretMask) -> String {
    let value = try? JSON.parse(body)
    let type = value?["__type"]?.string ?? value?["error"]?.string
    let code = type.flatMap(ErrorCode.bare)
    let message = value?["message"]?.string ?? value?["Message"]?.string ?? value?["error_description"]?.string
    let text = [code, message].compactMap(\.self).joined(separator: ": ")
    return String(mask.masked("HTTP \(status)\(text.isEmpty ? "" : ", \(text)")").prefix(ProviderLimits.excerptMax))
  }

  private func refusal(_ reply: Reply, sso: SSOConfiguration, role: String) -> CredentialsError {
    switch reply.status {
    case 401:
      CredentialsError(
        .expired, "the single sign-on of profile `\(sso.profile)` has ended (\(reply.reason))", hint: sso.login)
    case 403, 404:
      CredentialsError(
        .denied, "single sign-on does not give profile `\(sso.profile)` the role \(role): \(reply.reason)",
        hint: "ask your administrator for it, or choose another with aws configure sso --profile \(sso.profile)")
    default:
      CredentialsError(.configuration, "single sign-on refused what profile `\(sso.profile)` asks: \(reply.reason)")
    }
  }

  private static var timeouts: HTTPTimeouts {
    var timeouts = HTTPTimeouts()
    timeouts.idleMax = ProfileLimits.ssoIdleMax
    timeouts.idleNotice = 0
    return timeouts
  }
}
