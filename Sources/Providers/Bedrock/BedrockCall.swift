internal import Protocol

/// One call's credentials and signatures, from try to try.
final class BedrockCall: Sendable {
  /// The header by which AWS names a call.
  static let requestIDHeader = "x-amzn-requestid"

  private let credentials: CallCredentials<BedrockCredentials>
  private let configuration: BedrockConfiguration
  private let clock: ServerClock
  private let model: String

  init(_ configuration: BedrockConfiguration, model: String, clock: ServerClock) {
    self.configuration = configuration
    self.model = model
    self.clock = clock
    credentials = CallCredentials(configuration.authorization, secrets: configuration.customHeaders.secrets)
  }

  /// Hides the secrets of all tries.
  var mask: SecretMask { credentials.mask }

  /// Whose limits the call counts towards.
  var lane: CallLane {
    CallLane(address: configuration.baseURL, caller: credentials.used?.secrets ?? [], model: model)
  }

  /// What errors are about.
  var question: BedrockQuestion {
    switch credentials.used {
    case .bearer: BedrockQuestion(model: model, region: configuration.region, usesBearer: true)
    case .keys(let keys): BedrockQuestion(model: model, region: configuration.region, source: keys.source)
    case .some(.none), nil: BedrockQuestion(model: model, region: configuration.region)
    }
  }

  /// The request, authorised by the credentials of this moment and dated by the service's clock.
  func authorized(_ request: HTTPRequest) async throws(ProviderError) -> HTTPRequest {
    let credentials = try await credentials.next()
    var custom = configuration.customHeaders
    // A key for the Anthropic API is none of AWS's business.
    if credentials != .none { custom.removeAll(where: \.isAuthorization) }
    var request = request
    // What is AWS's own is signed. What a gateway takes for itself and strips would make a signature wrong.
    let own = custom.filter { $0.name.lowercased().hasPrefix("x-amz") }
    request.replaceHeaders(by: own)
    switch credentials {
    case .bearer(let token):
      request.headers.append(HTTPHeader("Authorization", prefix: "Bearer ", secret: token))
    case .keys(let keys):
      request =
        Signer(region: configuration.region, service: AWSService.bedrockRuntime.signingName)
        .sign(request, with: keys, now: clock.now).request
    case .none: break
    }
    request.replaceHeaders(by: custom.filter { !$0.name.lowercased().hasPrefix("x-amz") })
    return request
  }

  /// What a reply means that is not the one asked for; its body is masked already.
  func failure(status: Int, headers: HTTPHeaders, body: [UInt8]) -> ProviderError {
    BedrockErrors.failure(status: status, headers: headers, body: body, question, now: clock.now)
  }

  /// Corrects the clock or renews the credentials, where that is what a failure was about.
  func repair(_ failure: ProviderError) async throws(ProviderError) -> Bool {
    switch failure.remedy {
    case .correctClock(let serverTime):
      clock.correct(to: serverTime)
      return true
    case .refreshCredentials: return try await credentials.renew()
    case .needsInferenceProfile, .modelUnavailable, .throttled, nil: return false
    }
  }
}

extension HTTPRequest {
  /// Puts headers in the place of those of their names.
  fileprivate mutating func replaceHeaders(by others: [HTTPHeader]) {
    let names = Set(others.map { $0.name.lowercased() })
    headers = headers.filter { !names.contains($0.name.lowercased()) } + others
  }
}
