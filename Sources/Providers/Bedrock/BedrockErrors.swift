import Protocol

/// What a failure is about: what was asked, where, and as whom.
package struct BedrockQuestion: Sendable {
  /// The model's id or ARN as it was sent.
  package var model: String?
  /// The region that was asked.
  package var region: String
  /// Where the credentials came from (``AWSCredentials/source``); `nil` for a bearer token.
  package var source: String?
  /// Whether a bearer token was sent in the place of a signature.
  package var usesBearer: Bool

  /// A question.
  package init(model: String?, region: String, source: String? = nil, usesBearer: Bool = false) {
    self.model = model
    self.region = region
    self.source = source
    self.usesBearer = usesBearer
  }
}

/// Reads Bedrock's errors, wherever they come: as a status, or in a stream that began well.
package enum BedrockErrors {
  /// The failure behind a reply that is not the one asked for.
  ///
  /// Its code is the header `x-amzn-errortype`, or `__type` or `code` of the body. `now` is milliseconds since 1970 by
  /// the clock that the request was dated by.
  package static func failure(
    status: Int, headers: HTTPHeaders, body: [UInt8], _ question: BedrockQuestion, now: Int
  ) -> ProviderError {
    let json = try? JSON.parse(body, loneSurrogates: .replace)
    let form = json.flatMap(ErrorForm.init)
    let meant = status < 400 ? form?.status ?? status : status
    let message = message(json)
    let code = code(headers, json)
    var failure: ProviderError
    if code == nil, message == nil {
      let words = form?.message
      let meaning = BedrockMeaning(code: nil, status: meant, message: words ?? "", question, skew: nil).failure
      failure = ForeignReply.failure(
        meaning, ForeignReply(status: status, meant: meant, headers: headers, body: body, words: words),
        addressHint: addressHint)
    } else {
      let text = message ?? ForeignReply.excerpt(of: body)
      failure =
        BedrockMeaning(
          code: code, status: meant < 400 ? nil : meant, message: text, question, skew: Skew(headers, now: now)
        ).failure
      failure.message = "Bedrock answered \(status)\(code.map { " \($0)" } ?? ""): \(reason(text))"
    }
    failure.status = status
    failure.type = code
    failure.requestID = headers["x-amzn-requestid"]
    failure.retryAfterMs = failure.retryAfterMs ?? requestedDelay(headers, now: now)
    return failure
  }

  /// The failure that a frame of the stream tells of; its status was 200, so its code decides.
  package static func failure(inStream name: String, message: String, _ question: BedrockQuestion) -> ProviderError {
    let code = bareCode(name)
    let status = code.flatMap(ErrorWord.status)
    var failure = BedrockMeaning(code: code, status: status, message: message, question, skew: nil).failure
    failure.message = "Bedrock broke off its answer\(code.map { " with \($0)" } ?? ""): \(reason(message))"
    failure.status = 200
    failure.type = code
    return failure
  }

  /// How far the server's clock is from ours.
  struct Skew {
    /// The server's time in milliseconds since 1970.
    var serverTime: Int
    /// Whether the difference is more than signatures survive.
    var isTooLarge: Bool

    init?(_ headers: HTTPHeaders, now: Int) {
      guard let date = headers.date else { return nil }
      serverTime = date
      isTooLarge = abs(date - now) > ProviderLimits.clockSkewMax
    }
  }

  /// A code without its namespace and the address behind it, in the form that replies and frames share.
  ///
  /// `com.amazon.coral.service#ThrottlingException:http://internal/` and `throttlingException` are one.
  static func bareCode(_ text: String) -> String? {
    guard let bare = ErrorCode.bare(text), let first = bare.first else { return nil }
    return first.uppercased() + bare.dropFirst()
  }

  private static func code(_ headers: HTTPHeaders, _ json: JSON?) -> String? {
    let error = json?["error"] ?? json?["Error"]
    let found = [
      headers["x-amzn-errortype"], json?["__type"]?.string, json?["code"]?.string, json?["Code"]?.string,
      error?["code"]?.string, error?["Code"]?.string,
    ]
    return found.lazy.compactMap { $0.flatMap(bareCode) }.first
  }

  private static func message(_ json: JSON?) -> String? {
    let error = json?["error"] ?? json?["Error"]
    return json?["message"]?.string ?? json?["Message"]?.string ?? json?["errorMessage"]?.string
      ?? error?["message"]?.string ?? error?["Message"]?.string
  }

  private static func reason(_ message: String) -> String { message.isEmpty ? "no reason was given" : message }

  /// The wait that a reply asks for: AWS's own header counts milliseconds.
  private static func requestedDelay(_ headers: HTTPHeaders, now: Int) -> Int? {
    if let own = headers["x-amz-retry-after"].flatMap({ Int($0) }), own > 0 { return own }
    return Retry.requestedDelay(headers, now: now)
  }

  private static let addressHint =
    "check the address of Bedrock's runtime: AWS_ENDPOINT_URL_BEDROCK_RUNTIME, AWS_ENDPOINT_URL and the region"
}
