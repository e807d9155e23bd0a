/// What Bedrock's error codes and messages mean (AWS, "Troubleshooting Amazon Bedrock API error codes").
///
/// The code decides; where AWS uses one code for several things, the message does.
struct BedrockMeaning {
  /// The code without namespace, capitalised; `nil` when none was given.
  let code: String?
  /// The status of the reply; `nil` for an error inside a stream.
  let status: Int?
  let message: String
  let question: BedrockQuestion
  let skew: BedrockErrors.Skew?

  init(code: String?, status: Int?, message: String, _ question: BedrockQuestion, skew: BedrockErrors.Skew?) {
    self.code = code
    self.status = status
    self.message = message
    self.question = question
    self.skew = skew
  }

  /// The failure, with the server's message as it is.
  var failure: ProviderError {
    let lowered = message.lowercased()
    var failure = byMessage(lowered) ?? byCode(lowered) ?? byStatus(lowered)
    failure.readRefusal(message)
    return failure
  }

  // MARK: Messages that mean the same under whatever code

  private func byMessage(_ text: String) -> ProviderError? {
    func says(_ part: String) -> Bool { text.contains(part) }
    if says("security token included in the request is expired") || says("bearer token has expired") { return expired }
    if says("signature expired") || says("signature not yet current") { return wrongTime }
    if says("use case details have not been submitted") {
      return failed(
        .modelNotEnabled,
        "fill in the use case form for Anthropic's models in the Bedrock console (\(console)), and ask again in 15 minutes"
      )
    }
    if says("end of its life") || says("marked by provider as legacy") {
      return failed(.modelNotFound, "choose a newer model: \(named) is retired", remedy: .modelUnavailable)
    }
    if MessagesErrors.tooLong.contains(where: says) {
      return failed(.contextWindowExceeded, MessagesErrors.tooLongHint)
    }
    return nil
  }

  // MARK: Codes

  private func byCode(_ text: String) -> ProviderError? {
    switch code {
    case "AccessDeniedException", "AccessDenied", "UnauthorizedException": accessDenied(text)
    case "ExpiredTokenException", "ExpiredToken": expired
    case "RequestExpired": isSkewed ? wrongTime : expired
    case "UnrecognizedClientException":
      failed(.authRequired, unknownCredentials, remedy: .refreshCredentials)
    case "InvalidClientTokenId", "MissingAuthenticationToken", "MissingAuthenticationTokenException":
      failed(.authRequired, unknownCredentials)
    case "InvalidSignatureException", "SignatureDoesNotMatch", "IncompleteSignature", "IncompleteSignatureException":
      isSkewed
        ? wrongTime
        : failed(
          .authRequired,
          "check that the secret access key belongs to the access key id\(from), and that the clock is right")
    case "RequestTimeTooSkewed", "RequestInTheFuture", "AuthFailure": wrongTime
    case "OptInRequired": failed(.accessDenied, "the AWS account is not signed up for Bedrock; open \(console)")
    case "FTUFormNotFilled":
      failed(.modelNotEnabled, "fill in the use case form for Anthropic's models in the Bedrock console (\(console))")
    case "ResourceNotFoundException", "ResourceNotFound":
      failed(
        .modelNotFound, "there is no \(named) in \(question.region); choose another model or region",
        remedy: .modelUnavailable)
    case "ValidationException": invalid(text)
    case "ServiceQuotaExceededException":
      failed(.rateLimited, "ask for a higher quota: https://console.aws.amazon.com/servicequotas (Amazon Bedrock)")
    case "ConflictException": failed(.invalidRequest, nil)
    case "ModelTimeoutException":
      failed(.timeout, "ask again; a very long request may need fewer tokens", retryable: true)
    case "ModelErrorException":
      failed(.providerError, "the model failed on this request; change it before asking again")
    case "ModelStreamErrorException": failed(.providerError, "ask again", retryable: true)
    case "ThrottlingException", "TooManyRequestsException", "Throttling": throttled(text)
    case "ModelNotReadyException":
      failed(.overloaded, "the model is being loaded; ask again in a moment", retryable: true)
    case "ServiceUnavailableException", "ServiceUnavailable":
      failed(.overloaded, "the service is busy; ask again in a moment", retryable: true)
    case "InternalServerException", "InternalFailure", "InternalServerError":
      failed(.providerError, outage, retryable: true)
    default: nil
    }
  }

  private func accessDenied(_ text: String) -> ProviderError {
    func says(_ part: String) -> Bool { text.contains(part) }
    if says("marketplace") || says("try again after") { return subscribing(text) }
    if says("don't have access to the model") || says("don’t have access to the model") || says("access to this model")
    {
      return failed(
        .modelNotEnabled, "enable \(named) for the account under 'Model access' in the Bedrock console (\(console))")
    }
    if let policy = BedrockHints.refusingPolicy(text) { return failed(.accessDenied, policy) }
    if says("explicit deny") {
      return failed(.accessDenied, "a policy forbids it (an explicit deny); only who manages the account can lift it")
    }
    if says("not authorized to perform") { return failed(.accessDenied, policyHint) }
    if question.usesBearer || says("api key") {
      return failed(.authRequired, "check AWS_BEARER_TOKEN_BEDROCK; keys are made in the Bedrock console (\(console))")
    }
    return failed(.accessDenied, policyHint)
  }

  /// AWS buys the model's subscription on its first use: that takes minutes, which are the user's to wait.
  private func subscribing(_ text: String) -> ProviderError {
    let minutes = text.firstRange(of: "try again after ").flatMap { place in
      Int(text[place.upperBound...].prefix { "0"..."9" ~= $0 })
    }
    let actions = "aws-marketplace:ViewSubscriptions and aws-marketplace:Subscribe"
    var failure = failed(
      .modelNotEnabled,
      "\(minutes.map { "ask again in \($0) minutes; " } ?? "")if it stays so, allow \(actions), or have an administrator enable \(named) in the Bedrock console (\(console))"
    )
    failure.retryAfterMs = minutes.flatMap { $0 <= 24 * 60 ? $0 * 60_000 : nil }
    return failure
  }

  private func invalid(_ text: String) -> ProviderError {
    func says(_ part: String) -> Bool { text.contains(part) }
    // AWS writes "isn’t" with a typographic apostrophe here, so the word is not looked for.
    if says("on-demand throughput"), says("supported") || says("inference profile") {
      return failed(.modelNotFound, profileHint, remedy: .needsInferenceProfile)
    }
    if says("model identifier is invalid") || says("model id is invalid") || says("invalid model identifier") {
      return failed(
        .modelNotFound, "check \(named) and the region \(question.region): Bedrock has no such model there",
        remedy: .modelUnavailable)
    }
    if says("extra inputs are not permitted") || says("malformed input request") {
      return failed(.invalidRequest, "the request has a member that \(named) does not take on Bedrock")
    }
    return failed(.invalidRequest, nil)
  }

  private func throttled(_ text: String) -> ProviderError {
    if text.contains("per day") {
      return failed(
        .rateLimited,
        "the day's tokens are used up; wait until tomorrow, use another region or profile, or ask for a higher quota: https://console.aws.amazon.com/servicequotas (Amazon Bedrock)",
        remedy: .throttled)
    }
    return failed(.rateLimited, "wait a moment, or send less at a time", retryable: true, remedy: .throttled)
  }

  // MARK: Statuses, where there is no code that is known

  private func byStatus(_ text: String) -> ProviderError {
    switch status ?? 0 {
    case 400: invalid(text)
    case 401: failed(.authRequired, unknownCredentials)
    case 403: accessDenied(text)
    case 407: failed(.network, HTTPError.proxyPasswordHint)
    case 404: failed(.modelNotFound, "check \(named), the region \(question.region), and the service's address")
    case 408, 504: failed(.timeout, "ask again; a very long request may need fewer tokens", retryable: true)
    case 413: failed(.contextWindowExceeded, MessagesErrors.tooLongHint)
    case 429: throttled(text)
    case 503, 529: failed(.overloaded, "the service is busy; ask again in a moment", retryable: true)
    case 500...: failed(.providerError, outage, retryable: true)
    case 401..<500: failed(.invalidRequest, nil)
    default: failed(.providerError, nil)
    }
  }

  // MARK: What the rows share

  private func failed(
    _ kind: ProviderError.Kind, _ hint: String?, retryable: Bool = false, remedy: ProviderError.Remedy? = nil
  ) -> ProviderError {
    var failure = ProviderError(kind, message, hint: hint, retryable: retryable)
    failure.remedy = remedy
    return failure
  }

  private var expired: ProviderError { failed(.authExpired, BedrockHints.renew(question), remedy: .refreshCredentials) }

  private var isSkewed: Bool { skew?.isTooLarge == true }

  /// A signature whose date the server does not accept.
  private var wrongTime: ProviderError {
    let remedy = skew.flatMap { $0.isTooLarge ? ProviderError.Remedy.correctClock(serverTime: $0.serverTime) : nil }
    return failed(
      .authRequired, "set the computer's clock: AWS takes requests within five minutes of its own time", remedy: remedy)
  }

  private var named: String { question.model.map { "the model '\($0)'" } ?? "the model" }
  private var from: String { question.source.map { " (\($0))" } ?? "" }
  private var console: String { BedrockHints.console(question.region) }
  private var unknownCredentials: String { BedrockHints.unknown(question) }
  private var profileHint: String { BedrockHints.profile(question) }
  private var policyHint: String { BedrockHints.policy(question, message: message) }
  private var outage: String { "ask again in a moment; https://health.aws.amazon.com knows of outages" }
}
