/// Replies that are not the service's own: from a proxy, a gateway, or a wrong address.
enum ForeignReply {
  /// The failure behind such a reply; `meaning` is what its status alone says, `addressHint` what to check when it says
  /// nothing.
  static func failure(
    _ meaning: ProviderError, status: Int, headers: HTTPHeaders, body: [UInt8], addressHint: String
  ) -> ProviderError {
    let excerpt = excerpt(of: body)
    let quoted = excerpt.isEmpty ? "an empty body" : "'\(excerpt)'"
    let contentType = headers["content-type"].map { " (\($0.prefix(80)))" } ?? ""
    var failure = meaning
    let wrong = status < 300 ? "instead of the API's answer" : "which is not the API's"
    failure.message = "the server answered \(status)\(contentType), \(wrong): \(quoted)"
    failure.status = status
    failure.retryable = status >= 400 && Retry.isWorthwhile(status: status, headers: headers)
    if [.invalidRequest, .modelNotFound, .providerError].contains(failure.kind), status < 500 {
      failure.kind = .providerError
      failure.hint = addressHint
      failure.remedy = nil
    }
    return failure
  }

  /// What a person can read of a body that is not JSON: its text without tags, on one line.
  static func excerpt(of body: [UInt8]) -> String {
    var text = ""
    var length = 0
    var inTag = false
    for character in String(decoding: body.prefix(16 * ProviderLimits.excerptMax), as: UTF8.self) {
      if character == "<" { inTag = true }
      let isBlank = inTag || character.isWhitespace || isControl(character)
      if character == ">" { inTag = false }
      if isBlank, text.isEmpty || text.last == " " { continue }
      guard length < ProviderLimits.excerptMax else { return text + "…" }
      text.append(isBlank ? " " : character)
      length += 1
    }
    while text.last == " " { text.removeLast() }
    return text
  }

  private static func isControl(_ character: Character) -> Bool {
    character.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }
}
