internal import Protocol
package import Providers

/// What the program reaches models with, as its options and environment say.
package struct Connectors: Sendable {
  /// The providers by name.
  package let providers: ProviderSet
  /// The Anthropic mode's credentials.
  package let anthropic: any AnthropicAuthentication
  /// What is chosen for sessions that do not choose.
  package let defaults: SessionDefaults

  /// Reads the environment; opens recordings, but no connection yet.
  ///
  /// - Throws: An error for a person when a variable or a file makes no sense.
  package init(options: Options, environment: ProcessEnvironment, time: TimeSource) throws {
    var configuration = try AnthropicConfiguration(environment, version: Version.number)
    configuration.needsCredentials = options.replay == nil
    let transport = try Self.transport(options, environment, time, mask: SecretMask(configuration.secrets))
    let anthropic = AnthropicProvider(configuration, transport: transport, time: time)
    self.anthropic = AnthropicKeys(provider: anthropic, environment: environment, isReplay: options.replay != nil)
    providers = ProviderSet([.anthropic: anthropic])
    let wantsBedrock = ["1", "true"].contains(environment["CLAUDE_CODE_USE_BEDROCK"]?.lowercased())
    defaults = SessionDefaults(
      model: options.model ?? environment["ANTHROPIC_MODEL"] ?? ServerLimits.model,
      provider: options.provider ?? (wantsBedrock ? .bedrock : .anthropic))
  }

  private static func transport(
    _ options: Options, _ environment: ProcessEnvironment, _ time: TimeSource, mask: SecretMask
  ) throws -> any HTTPTransport {
    if let replay = options.replay { return try self.replay(replay, speed: options.replaySpeed, time: time) }
    let curl = CurlTransport(
      proxy: HTTPProxySettings(environment: environment), certificateFile: environment["SSL_CERT_FILE"])
    guard let record = options.record else { return curl }
    let file = try RecordingFile(record) { StandardError.write("wyn360: \($0)\n") }
    return RecordingTransport(curl, to: file, mask: mask, time: time)
  }

  /// What answers from a recording: the one built in at its own pace, a file at once, unless a speed is given.
  private static func replay(_ name: String, speed: Double?, time: TimeSource) throws -> any HTTPTransport {
    guard name != "demo" else { return try ReplayingTransport(DemoRecording.bytes, speed: speed ?? 1, time: time) }
    return try ReplayingTransport(RecordingFile.contents(of: name), speed: speed ?? 0, time: time)
  }
}

/// Where the Anthropic mode's credentials come from.
private struct AnthropicKeys: AnthropicAuthentication {
  private static let variables = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"]

  let provider: AnthropicProvider
  let environment: ProcessEnvironment
  let isReplay: Bool

  var source: String? { isReplay ? "replay" : Self.variables.first { environment[$0] != nil } }
  var missing: [String] { source == nil ? ["ANTHROPIC_API_KEY"] : [] }
  var missingMessage: String { MissingKeyMessage.provider }
  func verify() async throws(ProviderError) { _ = try await provider.verify() }
}
