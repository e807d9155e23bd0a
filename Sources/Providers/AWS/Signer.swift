import Protocol

/// What differs between AWS services in how requests are signed.
package struct SigningRules: Sendable {
  /// Whether empty and dot segments of the path are removed first; S3 alone wants them kept.
  package var normalizesPath = true
  /// Whether the session token is part of what is signed; a few services want it added afterwards.
  package var signsSessionToken = true
  /// Whether the body's hash is sent as `X-Amz-Content-Sha256`; it is signed either way.
  package var sendsBodyHash = false
  /// Headers, in lower case, that proxies and transports may change or add, and that are therefore not signed.
  package var unsigned: Set<String> = [
    "accept-encoding", "amz-sdk-invocation-id", "amz-sdk-request", "connection", "content-length", "expect",
    "traceparent", "tracestate", "transfer-encoding", "user-agent", "x-amzn-trace-id",
  ]

  /// The rules of nearly every service, Bedrock and STS among them.
  package init() {}
}

/// Signs requests with AWS credentials (Signature Version 4, AWS4-HMAC-SHA256).
///
/// The key is derived anew for each request: four short HMACs are nothing beside a request, and a cache would hold
/// secrets for longer than they are needed.
package struct Signer: Sendable {
  /// The region that is asked, which the signature is good for.
  package var region: String
  /// The service's name in signatures: `bedrock` for `bedrock-runtime` hosts, `sts`.
  package var service: String
  /// What the service wants differently.
  package var rules = SigningRules()

  /// A signer for a service in a region.
  package init(region: String, service: String, rules: SigningRules = SigningRules()) {
    self.region = region
    self.service = service
    self.rules = rules
  }

  /// A signature and what it was made of.
  package struct Signed: Sendable {
    /// The request with `X-Amz-Date`, `X-Amz-Security-Token` and `Authorization` added.
    package var request: HTTPRequest
    /// The request as it was hashed.
    package var canonicalRequest: CanonicalRequest
    /// The text under the HMAC.
    package var stringToSign: String
    /// The signature in lower-case hexadecimal.
    package var signature: String
  }

  /// Signs a request as it goes on the wire; a signature it already has is replaced.
  ///
  /// `now` is milliseconds since 1970: the server refuses signatures older or newer than five minutes.
  package func sign(_ request: HTTPRequest, with credentials: AWSCredentials, now: Int) -> Signed {
    let moment = CompactDate.text(now)
    let day = String(moment.prefix(8))
    let bodyHash = SHA256.hexadecimal(request.body)
    var signed = request
    signed.headers.removeAll { Signer.own.contains($0.name.lowercased()) }
    signed.headers.append(HTTPHeader("X-Amz-Date", moment))
    if rules.sendsBodyHash { signed.headers.append(HTTPHeader("X-Amz-Content-Sha256", bodyHash)) }
    let token = credentials.sessionToken.map { HTTPHeader("X-Amz-Security-Token", secret: $0) }
    if let token, rules.signsSessionToken { signed.headers.append(token) }
    let canonical = CanonicalRequest(signed, rules: rules, bodyHash: bodyHash)
    if let token, !rules.signsSessionToken { signed.headers.append(token) }
    let scope = "\(day)/\(region)/\(service)/aws4_request"
    let hash = SHA256.hexadecimal(Array(canonical.text.reveal().utf8))
    let text = "\(Signer.algorithm)\n\(moment)\n\(scope)\n\(hash)"
    let signature = lowerHexadecimal(HMAC.sha256(key: key(credentials.secretAccessKey, day: day), text))
    let claim = "Credential=\(credentials.accessKeyID)/\(scope), SignedHeaders=\(canonical.signedHeaders), Signature="
    signed.headers.append(
      HTTPHeader("Authorization", prefix: "\(Signer.algorithm) \(claim)", secret: Secret(signature)))
    return Signed(request: signed, canonicalRequest: canonical, stringToSign: text, signature: signature)
  }

  /// The key of one day, region and service.
  private func key(_ secret: Secret, day: String) -> [UInt8] {
    var key = Array("AWS4\(secret.reveal())".utf8)
    for part in [day, region, service, "aws4_request"] { key = HMAC.sha256(key: key, part) }
    return key
  }

  private static let algorithm = "AWS4-HMAC-SHA256"
  /// The headers that a signature consists of.
  private static let own: Set = ["authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"]
}
