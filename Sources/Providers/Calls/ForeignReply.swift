/// A reply that is not the service's own: from a proxy, a gateway, or a wrong address.
struct ForeignReply: Sendable {
  /// The status that came.
  let status: Int
  /// The status that it stands for, as the body may say with 200 what it says of another.
  let meant: Int
  let headers: HTTPHeaders
  let body: [UInt8]
  /// What the server says to a person, where the body has a form that is known.
  let words: String?

  /// The failure behind a reply; `meaning` is what its status alone says, `addressHint` what to check when it says nothing.
  static func failure(_ meaning: ProviderError, _ reply: ForeignReply, addressHint: String) -> ProviderError {
    let contentType = reply.headers["content-type"].map { " (\($0.prefix(80)))" } ?? ""
    var failure = meaning
    let wrong = reply.meant < 300 ? "instead of the API's answer" : "which is not the API's"
    failure.message = "the server answered \(reply.status)\(contentType), \(wrong): \(reply.quoted)"
    failure.status = reply.status
    failure.retryable = reply.meant >= 400 && Retry.isWorthwhile(status: reply.meant, headers: reply.headers)
    if [.invalidRequest, .modelNotFound, .providerError].contains(failure.kind), reply.meant < 500,
      failure.refusal == nil
    {
      failure.kind = .providerError
      failure.hint = addressHint
      failure.remedy = nil
    }
    return failure
  }

  /// The server's words, or what can be read of its body.
  private var quoted: String {
    if let words { return "'\(words)'" }
    // RFC 1952 section 2.3.1.
    if body.starts(with: [0x1F, 0x8B]) { return "a body compressed with gzip, without the header that says so" }
    let excerpt = Self.excerpt(of: body)
    return excerpt.isEmpty ? "an empty body" : "'\(excerpt)'"
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
