/// What it means that STS answered something else than credentials.
///
/// The codes are those of the "Errors" parts of AWS STS's API Reference and its common errors.
struct SecurityTokenRefusal {
  /// The failure for a person, without secrets.
  var failure: CredentialsError
  /// Whether the same request may succeed a moment later.
  var mayPass: Bool
  /// Whether the request may have been dated wrongly.
  var mayBeOfClock: Bool

  init(_ reply: WholeReply, action: String, role: AssumedRole, mask: SecretMask) {
    let texts = try? XMLText(reply.body)
    let code = texts?["ErrorResponse/Error/Code"] ?? texts?["Response/Errors/Error/Code"]
    let message = texts?["ErrorResponse/Error/Message"] ?? texts?["Response/Errors/Error/Message"] ?? ""
    mayPass = reply.mayPass || code.map(ErrorCode.isThrottling) ?? false || code == "IDPCommunicationError"
    mayBeOfClock = code.map(ErrorCode.isOfClock) ?? false
    guard let code else {
      failure = CredentialsError(
        .unavailable, "STS answered \(reply.status) to \(action) of \(role.arn), without its error",
        hint: "check AWS_ENDPOINT_URL_STS and HTTPS_PROXY: something else may have answered")
      return
    }
    let (kind, hint) = SecurityTokenRefusal.meaning(code, action: action)
    let said = mask.masked("\(code): \(message.prefix(RemoteCredentialLimits.messageMax))")
    failure = CredentialsError(
      mayPass ? .unavailable : kind, "STS answered \(reply.status) to \(action) of \(role.arn): \(said)", hint: hint)
  }

  /// What to tell callers, and the step that helps; codes come with and without `Exception` at their end.
  private static func meaning(_ code: String, action: String) -> (CredentialsError.Kind, hint: String?) {
    switch code.hasSuffix("Exception") ? String(code.dropLast(9)) : code {
    case "ExpiredToken", "RequestExpired", "ExpiredTrustAnchor":
      action == "AssumeRole"
        ? (.expired, "renew the credentials that assume the role")
        : (.expired, "the web identity token has ended: whoever writes its file must write a new one")
    case "AccessDenied":
      action == "AssumeRole"
        ? (.denied, "the identity needs sts:AssumeRole for this role, and the role's trust policy must name it")
        : (.denied, "the role's trust policy must name the identity provider and the token's subject")
    case "InvalidIdentityToken":
      (.denied, "the token's issuer must be an identity provider of the role's account (IAM, Identity providers)")
    case "IDPRejectedClaim": (.denied, "the identity provider does not accept the token, or it was revoked")
    case "InvalidClientTokenId", "UnrecognizedClient", "AuthFailure", "MissingAuthenticationToken":
      (.denied, "the access key that assumes the role is not known, or its session token is missing")
    case "SignatureDoesNotMatch", "InvalidSignature", "IncompleteSignature":
      (.denied, "the secret key does not belong to the access key, or this machine's clock is wrong")
    case "RegionDisabled":
      (
        .configuration,
        "the account has STS switched off in this region: set AWS_REGION to another, or enable it in IAM"
      )
    case "ValidationError", "Validation", "InvalidParameterValue", "MalformedPolicyDocument", "PackedPolicyTooLarge":
      (.configuration, "check the role's ARN, session name and duration")
    case "IDPCommunicationError": (.unavailable, "STS could not reach the identity provider; try again")
    default: (.unavailable, nil)
    }
  }
}
