internal import Protocol
internal import Synchronization

/// One call's credentials and signatures, from try to try.
final class BedrockCall: Sendable {
  private struct State {
    /// What the last try was authorised by.
    var used: BedrockCredentials?
    /// What the next try is to be authorised by, when a repair got it.
    var renewed: BedrockCredentials?
    /// Everything that was sent so far and that a server might echo: a few secrets, as tries are few.
    var secrets: [Secret] = []
  }

  private let state = Mutex(State())
  private let configuration: BedrockConfiguration
  private let clock: ServerClock
  private let model: String

  init(_ configuration: BedrockConfiguration, model: String, clock: ServerClock) {
    self.configuration = configuration
    self.model = model
    self.clock = clock
  }

  /// Hides the secrets of all tries.
  var mask: SecretMask { SecretMask(state.withLock { $0.secrets }) }

  /// What errors are about.
  var question: BedrockQuestion {
    switch state.withLock({ $0.used }) {
    case .bearer: BedrockQuestion(model: model, region: configuration.region, usesBearer: true)
    case .keys(let keys): BedrockQuestion(model: model, region: configuration.region, source: keys.source)
    case nil: BedrockQuestion(model: model, region: configuration.region)
    }
  }

  /// The request, authorised by the credentials of this moment and dated by the service's clock.
  func authorized(_ request: HTTPRequest) async throws(ProviderError) -> HTTPRequest {
    let credentials: BedrockCredentials
    if let renewed = state.withLock({ $0.renewed.take() }) {
      credentials = renewed
    } else {
      credentials = try await configuration.authorization.current()
    }
    state.withLock { state in
      state.used = credentials
      state.secrets += credentials.secrets.filter { !state.secrets.contains($0) }
    }
    switch credentials {
    case .bearer(let token):
      var request = request
      request.headers.append(HTTPHeader("Authorization", prefix: "Bearer ", secret: token))
      return request
    case .keys(let keys):
      return Signer(region: configuration.region, service: "bedrock").sign(request, with: keys, now: clock.now).request
    }
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
    case .refreshCredentials:
      guard let used = state.withLock({ $0.used }) else { return false }
      let renewed = try await configuration.authorization.refreshed(after: used)
      guard renewed != used else { return false }
      state.withLock { $0.renewed = renewed }
      return true
    case .needsInferenceProfile, .modelUnavailable, .throttled, nil: return false
    }
  }
}
