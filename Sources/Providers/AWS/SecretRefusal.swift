import Protocol

/// What it means that Secrets Manager answered something else than a secret.
struct SecretRefusal: Error {
  /// The failure for a person, without secrets.
  var failure: CredentialsError
  /// Whether the same request may succeed a moment later.
  var mayPass = false
  /// Whether it was the credentials that were refused, and others may do.
  var wantsCredentials = false
  /// Whether the request may have been dated wrongly.
  var mayBeOfClock = false

  /// A failure that no reply told of.
  init(failure: CredentialsError) { self.failure = failure }

  /// The failure in a reply of the JSON 1.1 protocol.
  init(_ reply: WholeReply, id: String, mask: SecretMask) {
    let json = try? JSON.parse(reply.body, loneSurrogates: .replace)
    let named = reply.headers["x-amzn-errortype"] ?? json?["__type"]?.string ?? json?["code"]?.string
    let code = named.flatMap(ErrorCode.bare)
    let message = json?["message"]?.string ?? json?["Message"]?.string ?? ""
    guard let code else {
      failure = CredentialsError(
        .unavailable, "Secrets Manager answered \(reply.status) to the reading of '\(id)', without its error",
        hint: "check AWS_ENDPOINT_URL_SECRETS_MANAGER and HTTPS_PROXY: something else may have answered")
      mayPass = reply.mayPass
      return
    }
    let said = mask.masked("\(code): \(message.prefix(RemoteCredentialLimits.messageMax))")
    let (kind, hint) = SecretRefusal.meaning(code)
    failure = CredentialsError(
      kind, "Secrets Manager answered \(reply.status) to the reading of '\(id)': \(said)", hint: hint)
    mayPass = reply.mayPass || ErrorCode.isThrottling(code)
    mayBeOfClock = ErrorCode.isOfClock(code)
    wantsCredentials = SecretRefusal.ofCredentials.contains(code)
  }

  private static let ofCredentials: Set = [
    "ExpiredTokenException", "ExpiredToken", "RequestExpired", "UnrecognizedClientException", "InvalidClientTokenId",
  ]

  private static func meaning(_ code: String) -> (CredentialsError.Kind, hint: String?) {
    switch code {
    case "ResourceNotFoundException":
      (.configuration, "check ANTHROPIC_API_KEY_SECRET_ID and the region; an ARN names both")
    case "AccessDeniedException", "AccessDenied":
      (.denied, "the identity needs secretsmanager:GetSecretValue for this secret, and kms:Decrypt for its key")
    case "DecryptionFailure": (.denied, "the identity needs kms:Decrypt for the key of this secret")
    case "ExpiredTokenException", "ExpiredToken", "RequestExpired": (.expired, "renew the AWS credentials")
    case "UnrecognizedClientException", "InvalidClientTokenId":
      (.denied, "the access key is not known, or its session token is missing")
    case "InvalidSignatureException", "SignatureDoesNotMatch":
      (.denied, "the secret key does not belong to the access key, or this machine's clock is wrong")
    case "InvalidRequestException", "InvalidParameterException", "ValidationException":
      (.configuration, "the secret may be marked for deletion, or its name cannot be one")
    default: (.unavailable, nil)
    }
  }
}
