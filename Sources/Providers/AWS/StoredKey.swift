package import OperatingSystem
package import Protocol

/// A key of the Anthropic API that is kept in AWS Secrets Manager, and rotated there.
///
/// `ANTHROPIC_API_KEY_SECRET_ID` names the secret, by name or ARN; an ARN carries its region. The secret is the key
/// itself, or a JSON object that has it as `ANTHROPIC_API_KEY` or `api_key`. (AWS Secrets Manager API Reference,
/// `GetSecretValue`; protocol JSON 1.1.)
package struct StoredKey: Sendable {
  private let id: String
  private let region: String
  private let endpoints: EndpointSettings
  private let credentials: RefreshingCredentials
  private let signer: any RequestSigner
  private let transport: any HTTPTransport
  private let time: TimeSource
  private let clock: ServerClock

  /// The secret that the environment names; `nil` when it names none.
  ///
  /// `region` is that of a secret given by its name; `clock` dates requests, and is corrected by the service.
  ///
  /// - Throws: ``CredentialsError`` for an ARN that is not a secret's.
  package init?(
    environment: ProcessEnvironment, region: String, endpoints: EndpointSettings,
    credentials: RefreshingCredentials, signer: any RequestSigner, transport: any HTTPTransport, time: TimeSource,
    clock: ServerClock? = nil
  ) throws(CredentialsError) {
    guard let id = environment["ANTHROPIC_API_KEY_SECRET_ID"] else { return nil }
    self.id = id
    if id.hasPrefix("arn:") {
      let parts = id.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count >= 7, parts[2] == AWSService.secretsManager.signingName, parts[5] == "secret",
        (try? Region(String(parts[3]))) != nil
      else {
        throw CredentialsError(
          .configuration, "ANTHROPIC_API_KEY_SECRET_ID is not the ARN of a secret",
          hint: "it looks like arn:aws:secretsmanager:eu-west-1:123456789012:secret:name-AbCdEf; a name will do too")
      }
      self.region = String(parts[3])
    } else {
      self.region = region
    }
    self.endpoints = endpoints
    self.credentials = credentials
    self.signer = signer
    self.transport = transport
    self.time = time
    self.clock = clock ?? ServerClock(time.now)
  }

  /// Reads the key now.
  ///
  /// Credentials that the service refuses as ended or unknown are replaced once.
  package func read() async throws(CredentialsError) -> Secret {
    guard let first = try await credentials.current() else {
      throw CredentialsError(
        .configuration, "there are no AWS credentials to read the secret '\(id)' with",
        hint: "configure AWS credentials, or set ANTHROPIC_API_KEY instead of ANTHROPIC_API_KEY_SECRET_ID")
    }
    do throws(SecretRefusal) { return try await ask(with: first) } catch {
      guard error.wantsCredentials, let second = try await credentials.refreshed(after: first) else {
        throw error.failure
      }
      do throws(SecretRefusal) { return try await ask(with: second) } catch { throw error.failure }
    }
  }

  private func ask(with credentials: AWSCredentials) async throws(SecretRefusal) -> Secret {
    let mask = SecretMask(credentials.secrets)
    let request: HTTPRequest
    let outcome: Result<Secret, SecretRefusal>
    do throws(CredentialsError) {
      request = try self.request()
      outcome = try await CredentialsError.trying(
        times: try endpoints.tries(usually: RemoteCredentialLimits.serviceTriesMax),
        firstDelay: RemoteCredentialLimits.serviceRetryDelayFirst, time: time
      ) { () throws(CredentialsError) in
        let attempt = try await clock.asking {
          SecretRefusal($0, id: id, mask: mask).mayBeOfClock
        } _: { () throws(CredentialsError) in
          try await reply(to: request, with: credentials, mask)
        }
        return try read(attempt, mask)
      }
    } catch {
      throw SecretRefusal(failure: error)
    }
    return try outcome.get()
  }

  private func request() throws(CredentialsError) -> HTTPRequest {
    var request = HTTPRequest(
      method: "POST", url: try endpoints.url(of: .secretsManager, region: region) + "/",
      headers: [
        HTTPHeader("content-type", "application/x-amz-json-1.1"),
        HTTPHeader("x-amz-target", "secretsmanager.GetSecretValue"),
      ], body: (["SecretId": .string(id)] as JSON).serialized)
    request.timeouts.connectMax = RemoteCredentialLimits.serviceConnectMax
    request.timeouts.totalMax = RemoteCredentialLimits.serviceCallMax
    request.timeouts.idleNotice = 0
    return request
  }

  private func reply(to request: HTTPRequest, with credentials: AWSCredentials, _ mask: SecretMask)
    async throws(CredentialsError) -> CredentialAttempt<WholeReply>
  {
    let signed = signer.signed(
      request, with: credentials, region: region, service: AWSService.secretsManager.signingName, now: clock.now)
    return try await transport.credentialReply(
      to: signed, failing: "the secret '\(id)' could not be asked for",
      hint: "check the network, HTTPS_PROXY and the region", mask: mask)
  }

  private func read(_ attempt: CredentialAttempt<WholeReply>, _ mask: SecretMask) throws(CredentialsError)
    -> CredentialAttempt<Result<Secret, SecretRefusal>>
  {
    try attempt.then { reply throws(CredentialsError) in
      guard reply.status == 200 else {
        var refusal = SecretRefusal(reply, id: id, mask: mask)
        if refusal.mayBeOfClock, let flaw = clock.flaw { refusal.failure.hint = flaw }
        return refusal.mayPass ? .mayPass(refusal.failure) : .settled(.failure(refusal))
      }
      return .settled(.success(try key(in: reply.body)))
    }
  }

  private func key(in body: [UInt8]) throws(CredentialsError) -> Secret {
    func wrong(_ reason: String) -> CredentialsError {
      CredentialsError(
        .configuration, "the secret '\(id)' \(reason)",
        hint: "store the key as text, or as a JSON object with the member ANTHROPIC_API_KEY")
    }
    let reply = try? JSON.parse(body, loneSurrogates: .replace)
    guard let reply, reply.object != nil else {
      throw CredentialsError(.unavailable, "the reply of Secrets Manager is no JSON object")
    }
    guard let text = reply["SecretString"]?.string else { throw wrong("holds no text") }
    let object = (try? JSON.parse(text))?.object
    guard let found = object == nil ? text : object?["ANTHROPIC_API_KEY"]?.string ?? object?["api_key"]?.string else {
      throw wrong("is an object without ANTHROPIC_API_KEY or api_key")
    }
    do { return try LoneWord.secret(in: found.utf8) } catch {
      throw wrong(error == .isEmpty ? "is empty" : "has a blank or a character that no key has")
    }
  }
}
