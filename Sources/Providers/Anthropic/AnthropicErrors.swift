internal import Protocol

/// What a reply of the Anthropic API means that is not the one asked for.
package enum AnthropicErrors {
  /// The failure behind a reply that is not the one asked for.
  ///
  /// The body is the API's JSON, or whatever stands between us and the API sent instead. `model` is the one asked for;
  /// `now` is milliseconds since 1970.
  package static func failure(status: Int, headers: HTTPHeaders, body: [UInt8], model: String?, now: Int)
    -> ProviderError
  {
    let json = try? JSON.parse(body, loneSurrogates: .replace)
    let form = json.flatMap(ErrorForm.init)
    let error = json?["error"]
    let type = form?.type
    // A gateway may say with 200 what it says of another status.
    let meant = status < 400 ? form?.status ?? status : status
    let requestID = headers["request-id"] ?? json?["request_id"]?.string
    guard error?.string != nil || error?["message"]?.string != nil, let message = form?.message else {
      var failure = ForeignReply.failure(
        MessagesErrors.classified(type: type, status: meant, message: form?.message ?? "", model: model),
        ForeignReply(status: status, meant: meant, headers: headers, body: body, words: form?.message),
        addressHint: MessagesErrors.addressHint)
      failure.retryAfterMs = Retry.requestedDelay(headers, now: now)
      failure.requestID = headers["request-id"]
      return failure
    }
    var failure = MessagesErrors.classified(type: type, status: meant, message: message, model: model)
    failure.status = status
    failure.retryAfterMs = Retry.requestedDelay(headers, now: now)
    failure.retryable = Retry.isWorthwhile(status: meant, headers: headers)
    let code = error?["details"]?["error_code"]?.string
    if code == "enforced_spend_limit_reached", failure.retryAfterMs == nil {
      failure.kind = .billing
      failure.hint = MessagesErrors.billingHint
      failure.retryable = false
    }
    failure.message = "the API answered \(status)\(type.map { " \($0)" } ?? ""): \(message)"
    failure.requestID = requestID
    return failure
  }
}
