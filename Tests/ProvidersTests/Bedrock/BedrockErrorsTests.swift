import Protocol
import Providers
import Testing

/// What Bedrock's errors mean, row by row.
@Suite struct BedrockErrorsTests {
  static let now = 1_800_000_000_000

  struct Row: CustomTestStringConvertible, Sendable {
    var status: Int
    var code: String
    var message: String
    var kind: ProviderError.Kind
    var retryable = false
    var remedy: ProviderError.Remedy?
    /// What the hint has to name.
    var hint: [String] = []
    var testDescription: String { "\(status) \(code): \(message)" }

    init(
      _ status: Int, _ code: String, _ message: String, _ kind: ProviderError.Kind, retryable: Bool = false,
      remedy: ProviderError.Remedy? = nil, hint: String...
    ) {
      (self.status, self.code, self.message, self.kind) = (status, code, message, kind)
      (self.retryable, self.remedy, self.hint) = (retryable, remedy, hint)
    }
  }

  static let denied =
    "User: arn:aws:iam::123456789012:user/dev is not authorized to perform: bedrock:InvokeModelWithResponseStream "
    + "on resource: arn:aws:bedrock:us-east-1::foundation-model/m because no identity-based policy allows it"
  static let marketplace =
    "Model access is denied due to IAM user or service role is not authorized to perform the required AWS Marketplace "
    + "actions (aws-marketplace:ViewSubscriptions, aws-marketplace:Subscribe) to enable access to this model. "
    + "If you recently fixed this issue, try again after 15 minutes."
  static let onDemand =
    "Invocation of model ID anthropic.m with on-demand throughput isn’t supported. Retry your request with the ID or "
    + "ARN of an inference profile that contains this model."

  static let rows = [
    Row(
      403, "AccessDeniedException", "You don't have access to the model with the specified model ID.",
      .modelNotEnabled, hint: "console", "us-east-1", "'m'"),
    Row(
      403, "AccessDeniedException", denied, .accessDenied,
      hint: "arn:aws:bedrock:*::foundation-model/*", "arn:aws:bedrock:*:*:inference-profile/*",
      "bedrock:InvokeModelWithResponseStream"),
    Row(
      403, "AccessDeniedException", "User x is not authorized to perform: bedrock:CountTokens on resource: y",
      .accessDenied, hint: "bedrock:CountTokens, bedrock:InvokeModel"),
    Row(
      403, "AccessDeniedException", denied + " with an explicit deny in a service control policy", .accessDenied,
      hint: "explicit deny", "AWS organization"),
    Row(
      403, "AccessDeniedException", denied + " with an explicit deny in an identity-based policy", .accessDenied,
      hint: "explicit deny"),
    Row(
      403, "AccessDeniedException", "User x is not authorized to perform: y because no VPC endpoint policy allows y",
      .accessDenied, hint: "VPC endpoint policy does not allow it", "whoever manages the VPC endpoint"),
    Row(
      403, "AccessDeniedException", denied + " with an explicit deny in a VPC endpoint policy", .accessDenied,
      hint: "VPC endpoint policy forbids it"),
    Row(
      403, "AccessDeniedException", "User x is not authorized to perform: y because no permissions boundary allows y",
      .accessDenied, hint: "permissions boundary does not allow it"),
    Row(
      403, "AccessDeniedException", "User x is not authorized to perform: y because no session policy allows y",
      .accessDenied, hint: "session policy"),
    Row(403, "AccessDeniedException", marketplace, .modelNotEnabled, hint: "15 minutes", "aws-marketplace:Subscribe"),
    Row(
      403, "AccessDeniedException", "Authentication failed: Please make sure your API Key is valid.", .authRequired,
      hint: "AWS_BEARER_TOKEN_BEDROCK"),
    Row(
      403, "UnrecognizedClientException", "The security token included in the request is invalid.", .authRequired,
      remedy: .refreshCredentials, hint: "profile dev", "AWS_SESSION_TOKEN"),
    Row(
      403, "InvalidSignatureException", "The request signature we calculated does not match", .authRequired,
      hint: "secret access key"),
    Row(403, "SignatureDoesNotMatch", "no", .authRequired, hint: "secret access key"),
    Row(400, "IncompleteSignature", "no", .authRequired, hint: "secret access key"),
    Row(
      403, "InvalidSignatureException",
      "Signature expired: 20250830T123600Z is now earlier than 20250830T124500Z (20250830T125000Z - 5 min.)",
      .authRequired, hint: "clock"),
    Row(
      403, "ExpiredTokenException", "The security token included in the request is expired", .authExpired,
      remedy: .refreshCredentials, hint: "aws sso login --profile dev"),
    Row(403, "ExpiredToken", "no", .authExpired, remedy: .refreshCredentials, hint: "aws sso login --profile dev"),
    Row(400, "RequestExpired", "no", .authExpired, remedy: .refreshCredentials, hint: "aws sso login"),
    Row(403, "MissingAuthenticationTokenException", "Missing Authentication Token", .authRequired, hint: "access key"),
    Row(403, "MissingAuthenticationToken", "no", .authRequired, hint: "access key"),
    Row(403, "InvalidClientTokenId", "no", .authRequired, hint: "access key"),
    Row(403, "OptInRequired", "no", .accessDenied, hint: "signed up"),
    Row(
      404, "ResourceNotFoundException", "Could not resolve the foundation model", .modelNotFound,
      remedy: .modelUnavailable, hint: "'m'", "us-east-1"),
    Row(
      404, "ResourceNotFoundException", "This model version has reached the end of its life.", .modelNotFound,
      remedy: .modelUnavailable, hint: "retired"),
    Row(
      404, "ResourceNotFoundException", "Access denied. This Model is marked by provider as Legacy", .modelNotFound,
      remedy: .modelUnavailable, hint: "newer"),
    Row(
      404, "ResourceNotFoundException", "Model use case details have not been submitted for this account.",
      .modelNotEnabled, hint: "use case form", "console"),
    Row(404, "FTUFormNotFilled", "no", .modelNotEnabled, hint: "use case form"),
    Row(
      400, "ValidationException", onDemand, .modelNotFound, remedy: .needsInferenceProfile, hint: "us.m", "global.m"),
    Row(
      400, "ValidationException", onDemand.replacing("’", with: "'"), .modelNotFound, remedy: .needsInferenceProfile),
    Row(
      400, "ValidationException", "The provided model identifier is invalid.", .modelNotFound,
      remedy: .modelUnavailable, hint: "'m'", "us-east-1"),
    Row(400, "ValidationException", "Malformed input request: #: required key not found", .invalidRequest),
    Row(400, "ValidationException", "temperature: Extra inputs are not permitted", .invalidRequest, hint: "member"),
    Row(400, "ValidationException", "messages: roles must alternate", .invalidRequest),
    Row(
      400, "ValidationException", "Input is too long for requested model.", .contextWindowExceeded, hint: "send less"),
    Row(400, "ValidationException", "prompt is too long: 213007 tokens > 200000 maximum", .contextWindowExceeded),
    Row(400, "ServiceQuotaExceededException", "no", .rateLimited, hint: "quota"),
    Row(400, "ConflictException", "no", .invalidRequest),
    Row(408, "ModelTimeoutException", "slow", .timeout, retryable: true),
    Row(424, "ModelErrorException", "no", .providerError),
    Row(424, "ModelStreamErrorException", "no", .providerError, retryable: true),
    Row(
      429, "ThrottlingException", "Too many tokens, please wait before trying again.", .rateLimited, retryable: true,
      remedy: .throttled),
    Row(
      429, "ThrottlingException", "Too many requests, please wait before trying again.", .rateLimited, retryable: true,
      remedy: .throttled),
    Row(
      429, "ThrottlingException", "Too many tokens per day, please wait before trying again.", .rateLimited,
      remedy: .throttled, hint: "tomorrow", "quota"),
    Row(429, "ModelNotReadyException", "loading", .overloaded, retryable: true),
    Row(500, "InternalServerException", "no", .providerError, retryable: true),
    Row(503, "ServiceUnavailableException", "no", .overloaded, retryable: true),
    Row(502, "BadGateway", "no", .providerError, retryable: true),
    Row(504, "GatewayTimeout", "no", .timeout, retryable: true),
    Row(418, "TeapotException", "short", .invalidRequest), Row(404, "UnknownOperationException", "", .modelNotFound),
    Row(413, "RequestEntityTooLarge", "no", .contextWindowExceeded),
  ]

  static func failure(
    _ status: Int, _ body: String, _ headers: [(name: String, value: String)] = [], region: String = "us-east-1",
    model: String? = "m", source: String? = "profile dev (SSO)", usesBearer: Bool = false
  ) -> ProviderError {
    let question = BedrockQuestion(model: model, region: region, source: source, usesBearer: usesBearer)
    return BedrockErrors.failure(
      status: status, headers: HTTPHeaders(headers), body: Array(body.utf8), question, now: now)
  }

  static func body(_ message: String, _ name: String = "message") -> String {
    "{\(JSON.string(name).text):\(JSON.string(message).text)}"
  }

  @Test(arguments: rows) func `what a reply means`(row: Row) {
    let failure = Self.failure(
      row.status, Self.body(row.message),
      [("X-Amzn-ErrorType", "\(row.code):http://internal.amazon.com/coral/"), ("x-amzn-RequestId", "id-1")])
    #expect(failure.kind == row.kind)
    #expect(failure.retryable == row.retryable)
    #expect(failure.remedy == row.remedy)
    #expect(failure.status == row.status)
    #expect(failure.type == row.code)
    #expect(failure.requestID == "id-1")
    let reason = row.message.isEmpty ? "no reason was given" : row.message
    #expect(failure.message == "Bedrock answered \(row.status) \(row.code): \(reason)")
    for part in row.hint { #expect(failure.hint?.contains(part) == true, "\(failure.hint ?? "no hint")") }
    #expect(failure.hint != nil || failure.kind == .invalidRequest)
  }

  @Test(
    arguments: rows.filter {
      !$0.code.hasPrefix("Bad") && !$0.code.hasPrefix("Gate") && ![418, 413].contains($0.status)
    })
  func `an error inside a stream means what its status would`(row: Row) {
    guard row.code != "UnknownOperationException" else { return }
    let question = BedrockQuestion(model: "m", region: "us-east-1", source: "profile dev (SSO)")
    let name = row.code.prefix(1).lowercased() + row.code.dropFirst()
    let failure = BedrockErrors.failure(inStream: name, message: row.message, question)
    #expect(failure.kind == row.kind)
    #expect(failure.retryable == row.retryable)
    #expect(failure.remedy == row.remedy)
    #expect(failure.status == 200)
    #expect(failure.message == "Bedrock broke off its answer with \(row.code): \(row.message)")
  }

  @Test(
    arguments: [
      ([("x-amzn-errortype", "ThrottlingException")], #"{"message":"x"}"#),
      ([("x-amzn-errortype", "com.amazon.coral#ThrottlingException:http://x/")], #"{"message":"x"}"#),
      ([("x-amzn-errortype", "throttlingException")], #"{"message":"x"}"#),
      ([], #"{"__type":"com.amazon.coral.service#ThrottlingException","message":"x"}"#),
      ([], #"{"__type":"ThrottlingException:","Message":"x"}"#), ([], #"{"code":"ThrottlingException","message":"x"}"#),
      ([], #"{"Error":{"Code":"ThrottlingException","Message":"x"}}"#),
      ([("x-amzn-errortype", "ThrottlingException")], #"{"__type":"Other","Message":"x"}"#),
      ([("x-amzn-errortype", "aws/ThrottlingException")], "x"),
      ([("x-amzn-errortype", " ThrottlingException ")], "<p>x</p>"),
    ] as [([(name: String, value: String)], String)])
  func `a code is found wherever it is written`(headers: [(name: String, value: String)], body: String) {
    for status in [400, 429] {
      let failure = Self.failure(status, body, headers)
      #expect(failure.type == "ThrottlingException")
      #expect(failure.kind == .rateLimited)
      #expect(failure.message == "Bedrock answered \(status) ThrottlingException: x")
    }
  }

  @Test(arguments: [
    (400, ProviderError.Kind.invalidRequest, false), (401, .authRequired, false), (403, .accessDenied, false),
    (404, .modelNotFound, false), (429, .rateLimited, true), (500, .providerError, true), (503, .overloaded, true),
  ])
  func `without a code the status and the message decide`(status: Int, kind: ProviderError.Kind, retryable: Bool) {
    let failure = Self.failure(status, Self.body("sorry"))
    #expect(failure.kind == kind)
    #expect(failure.retryable == retryable)
    #expect(failure.type == nil)
    #expect(failure.message == "Bedrock answered \(status): sorry")
    #expect(Self.failure(400, Self.body(Self.onDemand)).remedy == .needsInferenceProfile)
    #expect(Self.failure(404, Self.body("Not Found")).remedy == nil)
  }

  @Test(arguments: [
    (404, ProviderError.Kind.providerError, false), (301, .providerError, false), (200, .providerError, false),
    (400, .providerError, false), (403, .accessDenied, false), (429, .rateLimited, true), (502, .providerError, true),
    (503, .overloaded, true),
  ])
  func `a reply that is not Bedrock's is quoted`(status: Int, kind: ProviderError.Kind, retryable: Bool) {
    for body in ["", "<p>no</p>", "{}", "[]", #"{"detail":"no"}"#] {
      let failure = Self.failure(status, body, [("content-type", "text/html")])
      #expect(failure.kind == kind)
      #expect(failure.retryable == retryable)
      #expect(failure.remedy == nil || failure.remedy == .throttled)
      #expect(failure.message.hasPrefix("the server answered \(status) (text/html), "))
      if kind == .providerError, status < 500 { #expect(failure.hint?.contains("AWS_ENDPOINT_URL") == true) }
    }
  }

  // MARK: Clocks

  static func date(_ milliseconds: Int) -> String {
    // 1_800_000_000 is Fri, 15 Jan 2027 08:00:00 GMT.
    let minutes = (milliseconds - now) / 60_000 + 8 * 60
    let two = [minutes / 60, minutes % 60].map { ($0 < 10 ? "0" : "") + String($0) }
    return "Fri, 15 Jan 2027 \(two[0]):\(two[1]):00 GMT"
  }

  @Test(arguments: [-60, -5, 5, 60]) func `a clock that is minutes off is to be corrected`(minutes: Int) {
    let server = Self.now + minutes * 60_000
    #expect(HTTPDate.milliseconds(Self.date(server)) == server)
    for code in [
      "InvalidSignatureException", "SignatureDoesNotMatch", "IncompleteSignature", "RequestExpired",
      "RequestTimeTooSkewed", "RequestInTheFuture", "AuthFailure",
    ] {
      let failure = Self.failure(403, Self.body("x"), [("x-amzn-errortype", code), ("Date", Self.date(server))])
      #expect(failure.remedy == .correctClock(serverTime: server))
      #expect(failure.hint?.contains("clock") == true)
      #expect(!failure.retryable)
    }
    let worded = Self.failure(
      403, Self.body("Signature not yet current: x is still later than y"),
      [("x-amzn-errortype", "AccessDeniedException"), ("date", Self.date(server))])
    #expect(worded.remedy == .correctClock(serverTime: server))
  }

  @Test(arguments: [-4, 0, 3, 4]) func `a clock that is right is left alone`(minutes: Int) {
    let headers = [("x-amzn-errortype", "InvalidSignatureException"), ("date", Self.date(Self.now + minutes * 60_000))]
    #expect(Self.failure(403, Self.body("x"), headers).remedy == nil)
    #expect(Self.failure(403, Self.body("Signature expired"), headers).remedy == nil)
    #expect(
      Self.failure(403, Self.body("x"), [("x-amzn-errortype", "InvalidSignatureException"), ("date", "soon")]).remedy
        == nil)
  }

  @Test func `an expired token is not the clock's fault`() {
    let headers = [("x-amzn-errortype", "ExpiredTokenException"), ("date", Self.date(Self.now + 3_600_000))]
    #expect(Self.failure(403, Self.body("x"), headers).remedy == .refreshCredentials)
  }

  // MARK: Hints

  @Test(
    arguments: [
      ("profile dev (SSO)", false, "aws sso login --profile dev"),
      ("profile my dev (assume role)", false, "--profile my dev"),
      ("profile dev", false, "--profile dev"), ("environment", false, "AWS_SESSION_TOKEN"),
      ("container", false, "container"), (nil, false, "aws sso login"), (nil, true, "AWS_BEARER_TOKEN_BEDROCK"),
    ] as [(String?, Bool, String)])
  func `credentials that have ended are renewed where they come from`(source: String?, bearer: Bool, hint: String) {
    let failure = Self.failure(
      403, Self.body("x"), [("x-amzn-errortype", "ExpiredTokenException")], source: source, usesBearer: bearer)
    #expect(failure.hint?.contains(hint) == true)
    let bearerExpired = Self.failure(
      403, Self.body("Bearer Token has expired"), [("x-amzn-errortype", "AccessDeniedException")], usesBearer: true)
    #expect(bearerExpired.kind == .authExpired)
  }

  @Test(arguments: [
    ("us-east-1", "us.m or global.m", "arn:aws:bedrock:"), ("ca-central-1", "us.m", "arn:aws:bedrock:"),
    ("eu-west-1", "eu.m", "arn:aws:bedrock:"), ("ap-south-1", "model, such as global.m", "arn:aws:bedrock:"),
    ("ap-northeast-1", "jp.m or global.m", "arn:aws:bedrock:"),
    ("us-gov-west-1", "model, such as us-gov.m", "arn:aws-us-gov:bedrock:"),
    ("cn-north-1", "global.m", "arn:aws-cn:bedrock:"),
  ])
  func `hints name what exists in the region`(region: String, profile: String, arn: String) {
    let needed = Self.failure(400, Self.body(Self.onDemand), region: region)
    #expect(needed.hint?.contains(profile) == true)
    #expect(Self.failure(403, Self.body(Self.denied), region: region).hint?.contains(arn) == true)
    let byARN = Self.failure(400, Self.body(Self.onDemand), region: region, model: "arn:aws:bedrock:x")
    #expect(byARN.hint == "name an inference profile of the model")
  }

  @Test func `waits are the server's, and Marketplace's minutes are told`() {
    func delay(_ headers: [(name: String, value: String)]) -> Int? {
      Self.failure(429, Self.body("x"), headers).retryAfterMs
    }
    #expect(delay([("retry-after", "3")]) == 3_000)
    #expect(delay([("x-amz-retry-after", "250"), ("retry-after", "3")]) == 250)
    #expect(delay([("x-amz-retry-after", "-1"), ("retry-after", "3")]) == 3_000)
    #expect(delay([]) == nil)
    let subscribing = Self.failure(403, Self.body(Self.marketplace), [("x-amzn-errortype", "AccessDeniedException")])
    #expect(subscribing.retryAfterMs == 900_000)
    #expect(!subscribing.retryable)
    let odd = Self.failure(
      403, Self.body("try again after 99999999999999999999 minutes"), [("x-amzn-errortype", "AccessDeniedException")])
    #expect(odd.retryAfterMs == nil)
  }
}
