package import Protocol

/// What the errors of the Messages API mean, whichever service they come by: as a status, or in a stream that began well.
package enum MessagesErrors {
  /// The failure that an `error` event tells of; its status was 200, so its type decides.
  package static func failure(inStream event: JSON) -> ProviderError {
    let form = ErrorForm(event)
    let message = form?.message ?? "no reason was given"
    var failure = classified(type: form?.type, status: form?.status, message: message, model: nil)
    failure.retryable = form?.status.map { Retry.isWorthwhile(status: $0, headers: HTTPHeaders()) } ?? false
    failure.message = "the API broke off its answer\(form?.type.map { " with \($0)" } ?? ""): \(message)"
    failure.status = 200
    failure.requestID = event["request_id"]?.string
    return failure
  }

  /// The kind of a failure and the step that would help.
  static func classified(type: String?, status: Int?, message: String, model: String?) -> ProviderError {
    var failure = ProviderError(.providerError, message)
    (failure.kind, failure.hint) = meaning(type: type, status: status, message: message.lowercased(), model: model)
    failure.type = type
    failure.readRefusal(message)
    if [.authRequired, .authExpired].contains(failure.kind) { failure.remedy = .refreshCredentials }
    return failure
  }

  private static func meaning(type: String?, status: Int?, message: String, model: String?) -> (
    ProviderError.Kind, String?
  ) {
    if message.contains("credit balance is too low") { return (.billing, billingHint) }
    guard let status else { return (.providerError, nil) }
    switch status {
    case 400 where tooLong.contains { message.contains($0) }, 413:
      // A request of too many bytes (413) is cured like one of too many tokens: by sending less of the conversation.
      return (.contextWindowExceeded, tooLongHint)
    case 401 where message.contains("expired"):
      return (.authExpired, "renew the token in ANTHROPIC_AUTH_TOKEN")
    case 401:
      return (.authRequired, "check ANTHROPIC_API_KEY; keys are made at https://console.anthropic.com/settings/keys")
    case 402: return (.billing, billingHint)
    case 403: return (.accessDenied, "the key may not do this; check its workspace and the model's availability")
    case 404
    where model.map { message.contains($0.lowercased()) } == true
      || message.contains("model") && type.flatMap(ErrorWord.status) == 404:
      return (
        .modelNotFound, "there is no model \(model.map { "'\($0)'" } ?? "of that name") for this key; choose another"
      )
    case 404: return (.invalidRequest, addressHint)
    case 407: return (.network, HTTPError.proxyPasswordHint)
    case 408, 504: return (.timeout, "ask again; a very long request may need fewer tokens")
    case 429: return (.rateLimited, "wait a moment, or send less at a time")
    case 529: return (.overloaded, "the service is busy; ask again in a moment")
    case 409, 500...: return (.providerError, "ask again in a moment; https://status.anthropic.com knows of outages")
    default: return (.invalidRequest, nil)
    }
  }

  /// What helps when an account has run dry.
  static let billingHint = "add credit or raise the limit at https://console.anthropic.com/settings/billing"

  /// How the API words a prompt beyond the model's window.
  static let tooLong = [
    "prompt is too long", "exceed context limit", "input is too long", "exceeds the context window",
    "maximum context length",
  ]
  /// What helps against it.
  static let tooLongHint = "send less: start a new session, or drop large attachments and tool results"

  /// What to check when there is nothing at an address.
  static let addressHint = "check ANTHROPIC_BASE_URL: it is the part of the address before /v1/messages"
}
