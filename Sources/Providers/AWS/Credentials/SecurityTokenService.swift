package import OperatingSystem
package import Protocol

/// AWS STS: gives temporary credentials of a role to who may assume it.
///
/// One POST in the query protocol, answered in XML (AWS STS API Reference, version 2011-06-15). `AssumeRole` is signed;
/// `AssumeRoleWithWebIdentity` is not, since the token is the proof. What may pass is tried again a bounded number of
/// times: no connection, a 5xx, throttling, and an identity provider that STS could not reach.
package struct SecurityTokenService: RoleAssumer {
  private let region: String
  private let endpoints: EndpointSettings
  private let signer: any RequestSigner
  private let transport: any HTTPTransport
  private let time: TimeSource
  private let clock: ServerClock

  /// The service as it is reached from here.
  ///
  /// `region` is the one whose STS is asked for roles that name none; `clock` dates requests, and is corrected by STS.
  package init(
    region: String, endpoints: EndpointSettings, signer: any RequestSigner, transport: any HTTPTransport,
    time: TimeSource, clock: ServerClock? = nil
  ) {
    self.region = region
    self.endpoints = endpoints
    self.signer = signer
    self.transport = transport
    self.time = time
    self.clock = clock ?? ServerClock(time.now)
  }

  /// The name under which a role is assumed when nobody chose one: `wyn360-` and the time, so that an account's logs
  /// tell one process from another.
  ///
  /// `now` is milliseconds since 1970.
  package static func sessionName(now: Int) -> String { "wyn360-\(now)" }

  /// Asks for the role, signing with credentials that may assume it; an empty name is replaced by one of ours.
  package func assumeRole(_ role: AssumedRole, with credentials: AWSCredentials) async throws(CredentialsError)
    -> AWSCredentials
  {
    var fields = try fields(of: role, action: "AssumeRole")
    if let externalID = role.externalID { fields.append(("ExternalId", externalID)) }
    let region = role.region ?? region
    let request = try request(fields, region: region)
    return try await ask(action: "AssumeRole", role, mask: SecretMask(credentials.secrets)) {
      signer.signed(request, with: credentials, region: region, service: AWSService.sts.signingName, now: clock.now)
    }
  }

  /// Asks for the role with a token of an identity provider.
  package func assumeRoleWithWebIdentity(_ role: AssumedRole, token: Secret) async throws(CredentialsError)
    -> AWSCredentials
  {
    var fields = try fields(of: role, action: "AssumeRoleWithWebIdentity")
    fields.append(("WebIdentityToken", token.reveal()))
    let request = try request(fields, region: role.region ?? region)
    return try await ask(action: "AssumeRoleWithWebIdentity", role, mask: SecretMask([token])) { request }
  }

  // The request

  private func fields(of role: AssumedRole, action: String) throws(CredentialsError) -> [(name: String, value: String)]
  {
    guard role.arn.hasPrefix("arn:") else {
      throw CredentialsError(
        .configuration, "the role to assume is not an ARN: '\(role.arn.prefix(100))'",
        hint: "write it like arn:aws:iam::123456789012:role/Name")
    }
    let name = role.sessionName.isEmpty ? SecurityTokenService.sessionName(now: time.now()) : role.sessionName
    var fields = [
      ("Action", action), ("Version", "2011-06-15"), ("RoleArn", role.arn), ("RoleSessionName", name),
    ]
    if let seconds = role.durationSeconds { fields.append(("DurationSeconds", String(seconds))) }
    return fields
  }

  private func request(_ fields: [(name: String, value: String)], region: String) throws(CredentialsError)
    -> HTTPRequest
  {
    var request = HTTPRequest(
      method: "POST", url: try endpoints.url(of: .sts, region: region) + "/",
      headers: [HTTPHeader("content-type", "application/x-www-form-urlencoded")], body: FormBody.bytes(fields))
    request.timeouts.connectMax = RemoteCredentialLimits.serviceConnectMax
    request.timeouts.totalMax = RemoteCredentialLimits.serviceCallMax
    request.timeouts.idleNotice = 0
    return request
  }

  // The reply

  private func ask(action: String, _ role: AssumedRole, mask: SecretMask, _ request: () -> HTTPRequest)
    async throws(CredentialsError) -> AWSCredentials
  {
    let limits = RemoteCredentialLimits.self
    return try await CredentialsError.trying(
      times: try endpoints.tries(usually: limits.serviceTriesMax), firstDelay: limits.serviceRetryDelayFirst, time: time
    ) { () throws(CredentialsError) in
      let attempt = try await clock.asking {
        SecurityTokenRefusal($0, action: action, role: role, mask: mask).mayBeOfClock
      } _: { () throws(CredentialsError) in
        try await answer(to: request(), action: action, role, mask)
      }
      return try read(attempt, action, role, mask)
    }
  }

  private func answer(to request: HTTPRequest, action: String, _ role: AssumedRole, _ mask: SecretMask)
    async throws(CredentialsError) -> CredentialAttempt<WholeReply>
  {
    try await transport.credentialReply(
      to: request, failing: "\(action) of \(role.arn) could not be asked",
      hint: "check the network, HTTPS_PROXY and the region", mask: mask)
  }

  private func read(
    _ attempt: CredentialAttempt<WholeReply>, _ action: String, _ role: AssumedRole, _ mask: SecretMask
  ) throws(CredentialsError) -> CredentialAttempt<AWSCredentials> {
    try attempt.then { reply throws(CredentialsError) in
      guard reply.status == 200 else {
        var refusal = SecurityTokenRefusal(reply, action: action, role: role, mask: mask)
        if refusal.mayBeOfClock, let flaw = clock.flaw { refusal.failure.hint = flaw }
        guard refusal.mayPass else { throw refusal.failure }
        return .mayPass(refusal.failure)
      }
      let credentials = try credentials(in: reply.body, action: action, role)
      // What STS gives has not ended: if it seems so, the clock is wrong.
      if let end = credentials.expiresAt, end <= clock.now { _ = clock.learn(from: reply.headers) }
      return .settled(credentials)
    }
  }

  private func credentials(in body: [UInt8], action: String, _ role: AssumedRole) throws(CredentialsError)
    -> AWSCredentials
  {
    func wrong(_ reason: String) -> CredentialsError {
      CredentialsError(
        .unavailable, "the reply of STS to \(action) of \(role.arn) \(reason)",
        hint: "check AWS_ENDPOINT_URL_STS and AWS_ENDPOINT_URL, if one is set")
    }
    let texts: XMLText
    do throws(XMLSyntaxError) { texts = try XMLText(body) } catch {
      throw wrong("is not its XML: \(error.reason) (byte \(error.offset))")
    }
    let result = "\(action)Response/\(action)Result/"
    func text(_ name: String) throws(CredentialsError) -> String {
      guard let text = texts[result + "Credentials/" + name], !text.isEmpty else { throw wrong("has no \(name)") }
      return text
    }
    guard let expiresAt = Timestamp.milliseconds(try text("Expiration")) else {
      throw wrong("has an Expiration that is no date")
    }
    let account = texts[result + "AssumedRoleUser/Arn"]?.split(separator: ":", omittingEmptySubsequences: false)
    return AWSCredentials(
      accessKeyID: try text("AccessKeyId"), secretAccessKey: Secret(try text("SecretAccessKey")),
      sessionToken: Secret(try text("SessionToken")), expiresAt: expiresAt,
      accountID: account.flatMap { $0.count > 4 && !$0[4].isEmpty ? String($0[4]) : nil },
      source: "role \(role.arn)")
  }
}
