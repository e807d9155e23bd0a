package import OperatingSystem
package import Protocol
package import Providers

/// What the program reaches models with, as its options and environment say.
package struct Services: Sendable {
  /// The providers by name.
  package let providers: ProviderSet
  /// Where calls to models are told of; `nil` for nowhere.
  package let audit: AuditLog?
  /// The credentials of each.
  package let authentications: [any ProviderAuthentication]
  /// What shows whether they are good.
  package let verifications: [ProviderID: Auth.Verification]
  /// The secrets of the environment, which no command and no recording gets.
  package let secrets: [Secret]
  /// What files of settings say.
  package let settings: SettingsDesk
  /// How long calls to models may take.
  package let timeouts: TimeoutsInUse
  /// What is chosen for sessions that do not choose.
  package let defaults: SessionDefaults
  /// What files of settings said of the program's folder at the start.
  private let inForce: SettingsInForce
  /// The file of settings that names the region; `nil` where something else does.
  private let regionFile: String?
  /// The modes themselves, for what only they can do.
  private let modes: (anthropic: AnthropicMode, bedrock: BedrockMode)
  private let environment: ProcessEnvironment
  private let files: FileSource
  /// Why this provider and this model are the ones.
  private let why: (provider: String, model: String)
  /// How the services are reached: the address of the Anthropic API, and AWS.
  private let ways: (anthropic: String, aws: AWSSetup, authorities: AWSAuthorities)

  /// Reads the environment; opens recordings and the audit file, but no connection yet.
  ///
  /// A variable that makes no sense is told of by what needs it; `tell` is for what a person should know at once.
  ///
  /// - Throws: An error for a person when a file that the command line names cannot be opened.
  package init(
    options: Options, surroundings: Surroundings, settings: SettingsDesk, requests: CredentialRequests, log: Log,
    tell: @escaping @Sendable (String) -> Void
  ) throws {
    let (environment, time) = (surroundings.environment, surroundings.time)
    let variables = AnthropicVariables(environment)
    var configuration = variables.configuration
    var asked = CallTimeouts()
    asked.set(options.timeouts)
    self.settings = settings
    let found = surroundings.place.folder.flatMap { settings.known(in: $0) } ?? SettingsInForce()
    inForce = found
    let regionOfFile = options.region == nil ? Self.region(environment, found) : nil
    regionFile = regionOfFile == nil ? nil : found.source(of: "region")?.path
    let (chosen, whyProvider) = Self.provider(options, environment, found)
    let provider = chosen ?? found.provider ?? .anthropic
    // AWS's own variables are for AWS's models; what they have wrong is told when those are asked.
    if provider == .bedrock, options.timeouts.retries == nil,
      let tries = try? ServiceTries.chosen(environment: environment)
    {
      asked.retries = tries - 1
    }
    timeouts = TimeoutsInUse(asked)
    configuration.timeouts = timeouts
    let lines = CallLines()
    configuration.lines = lines
    let isReplay = options.replay != nil
    let bearer = environment["AWS_BEARER_TOKEN_BEDROCK"].map(Secret.init)
    secrets = variables.secrets + (bearer.map { [$0] } ?? []) + Self.keys(in: environment)
    let curl = CurlTransport(
      proxy: HTTPProxySettings(environment: environment), trust: TrustSettings(environment: environment))
    let transport = LoggedTransport(
      try Self.transport(options, curl, time, mask: SecretMask(secrets), tell), log: log, time: time)
    let authorities = AWSAuthorities(environment: environment)
    // What gives credentials is never recorded.
    var around = AWSSetup.Surroundings(
      environment: environment, files: surroundings.files.remembering(), processes: surroundings.processes,
      transport: LoggedTransport(TrustingTransport(curl) { authorities.file }, log: log, time: time), time: time)
    around.region = options.region ?? regionOfFile
    around.loginCommand = options.awsAuthRefresh ?? found.awsAuthRefresh
    let setup = AWSSetup(around)
    authorities.ask(setup)
    let overrides = ModelOverrides(environment: environment)

    let stored = Self.storedKey(options, found, surroundings, setup)
    let anthropicAuth = AnthropicAuth(
      environment: configuration.credentials,
      hasCustomHeader: configuration.hasCustomAuthorization || stored == nil && configuration.hasGatewayHeader,
      stored: stored, isReplay: isReplay, flaw: variables.flaw, requests: requests)
    let anthropic = AnthropicMode(
      AnthropicProvider(configuration, authorization: anthropicAuth, transport: transport, time: time),
      overrides: overrides)

    let isSkipped = Self.isOn(environment["CLAUDE_CODE_SKIP_BEDROCK_AUTH"])
    let bedrockAuth = BedrockAuth(
      setup: setup, bearer: bearer, isReplay: isReplay, isSkipped: isSkipped, flaw: variables.flawOfAll,
      requests: requests)
    var settings = BedrockMode.Settings(
      setup: setup, authorization: bedrockAuth, overrides: overrides, betas: configuration.betas,
      version: Version.number)
    settings.timeouts = timeouts
    settings.lines = lines
    settings.customHeaders = configuration.customHeaders
    let bedrock = BedrockMode(settings, transport: TrustingTransport(transport) { authorities.file }, time: time)

    let (named, whyModel) = Self.model(options, environment, found)
    defaults = SessionDefaults(
      model: named ?? ServerLimits.model, provider: chosen ?? .anthropic, isModelChosen: named != nil,
      isProviderChosen: chosen != nil)
    why = (whyProvider, whyModel)
    ways = (configuration.baseURL, setup, authorities)
    let model = defaults.with(found).model
    verifications = [
      .anthropic: { () throws(ProviderError) in try await anthropic.verify(model: model) },
      .bedrock: { () throws(ProviderError) in try await bedrock.verify(model: model) },
    ]
    audit = try options.audit.map { try AuditLog($0, time: time, onFailure: tell) }
    providers = ProviderSet([.anthropic: anthropic, .bedrock: bedrock])
    authentications = [anthropicAuth, bedrockAuth]
    modes = (anthropic, bedrock)
    self.environment = environment
    files = surroundings.files
  }

  /// Lets names mean other models from now on, as a client wants it.
  package func use(overrides named: [String: String]) {
    let overrides = ModelOverrides(named: named, environment: environment)
    modes.anthropic.use(overrides)
    modes.bedrock.use(overrides)
  }
}

// MARK: - Who answers, and why

extension Services {
  /// Which provider options or variables name, and why the one that is asked is.
  private static func provider(
    _ options: Options, _ environment: ProcessEnvironment, _ settings: SettingsInForce
  ) -> (ProviderID?, why: String) {
    if let provider = options.provider { return (provider, "--\(provider.rawValue)") }
    let name = "CLAUDE_CODE_USE_BEDROCK"
    if isOn(environment[name]) { return (.bedrock, name) }
    return (nil, settings.source(of: "provider")?.path ?? "the usual one: \(name) is not set to 1")
  }

  /// The region that files of settings name, where no variable does.
  private static func region(_ environment: ProcessEnvironment, _ settings: SettingsInForce) -> String? {
    ["AWS_REGION", "AWS_DEFAULT_REGION"].contains { environment[$0] != nil } ? nil : settings.region
  }

  /// Which model options or variables name, and why the one that is asked is.
  private static func model(
    _ options: Options, _ environment: ProcessEnvironment, _ settings: SettingsInForce
  ) -> (String?, why: String) {
    if let model = options.model { return (model, "--model") }
    let name = "ANTHROPIC_MODEL"
    if let model = environment[name] { return (model, name) }
    return (nil, settings.source(of: "model")?.path ?? "the usual one: neither --model nor \(name) names one")
  }

  /// How the provider would be reached, without asking anybody.
  package func reach(_ options: Options) -> ServiceReach {
    var reach = ServiceReach(
      provider: defaults.with(inForce).provider, whyProvider: why.provider, whyModel: why.model,
      mask: SecretMask(secrets))
    if options.replay != nil {
      (reach.address, reach.whyAddress) = ("a recording", "--replay")
      return reach
    }
    if let flaw = CurlTransport.flaw { reach.problems.append(DoctorReport.Problem(flaw)) }
    let address: String?
    do throws(AWSSetupError) { address = try addressAndReason(&reach) } catch {
      address = nil
      let failure = BedrockFailureText.failed(error)
      reach.problems.append(DoctorReport.Problem(failure.message, todo: failure.hint))
    }
    if let address {
      reach.address = ServiceReach.withoutSecrets(address)
      setProxy(of: &reach, to: address)
    }
    setTrust(of: &reach)
    return reach
  }

  private func addressAndReason(_ reach: inout ServiceReach) throws(AWSSetupError) -> String {
    func named(_ names: [String]) -> String? { names.first { environment[$0] != nil } }
    guard reach.provider == .bedrock else {
      // A variable that makes no sense is left out, and told of as what is wrong.
      let isPublic = ways.anthropic == AnthropicConfiguration(version: Version.number).baseURL
      reach.whyAddress = isPublic ? "the public one" : "ANTHROPIC_BASE_URL"
      return ways.anthropic
    }
    let region = try ways.aws.region
    (reach.region, reach.whyRegion) = (region.name, region.source.description)
    if let path = regionFile { reach.whyRegion = path }
    let defaults = defaults.with(inForce)
    let model = (try? modes.bedrock.choice(of: defaults.model, isDefault: !defaults.isModelChosen).id) ?? defaults.model
    let (endpoint, notice) = try ways.aws.endpoint(ofModel: model, in: region)
    reach.whyAddress =
      notice ?? named(["ANTHROPIC_BEDROCK_BASE_URL", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL"])
      ?? "of the region"
    return endpoint.url
  }

  private func setProxy(of reach: inout ServiceReach, to address: String) {
    guard let place = try? WebAddress(address) else { return }
    let isSecure = place.scheme == "https"
    let settings = HTTPProxySettings(environment: environment)
    if let flaw = CurlTransport.flaw(of: address, proxy: settings) {
      reach.problems.append(DoctorReport.Problem(flaw.message, todo: flaw.hint))
    }
    let proxy = settings.proxy(isSecure: isSecure, host: place.host, port: place.port)
    reach.proxy = proxy.map { ServiceReach.withoutSecrets($0.reveal()) }
    let names =
      isSecure ? ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] : ["http_proxy", "all_proxy", "ALL_PROXY"]
    guard let name = names.first(where: { environment[$0] != nil }) else { return }
    reach.whyProxy = proxy == nil ? "NO_PROXY excepts the address from \(name)" : name
  }

  private func setTrust(of reach: inout ServiceReach) {
    let trust = TrustSettings(environment: environment)
    let ofAWS = reach.provider == .bedrock ? ways.authorities.file : nil
    let authorities = ofAWS ?? trust.authorities
    reach.trusted = [
      DoctorReport.Fact("certificates", authorities?.path ?? "the system's", why: authorities?.setting)
    ]
    if let more = trust.more { reach.trusted.append(DoctorReport.Fact("and", more.path, why: more.setting)) }
    if let identity = trust.identity {
      reach.trusted.append(DoctorReport.Fact("own certificate", identity.certificate, why: "CLAUDE_CODE_CLIENT_CERT"))
    }
    let own = trust.identity.map { identity in
      [(identity.certificate, "CLAUDE_CODE_CLIENT_CERT"), (identity.key, "CLAUDE_CODE_CLIENT_KEY")]
    }
    for (path, setting) in [authorities, trust.more].compactMap(\.self).map({ ($0.path, $0.setting) }) + (own ?? []) {
      guard files.status(path) == nil else { continue }
      reach.problems.append(
        DoctorReport.Problem("\(setting) names '\(path)', which cannot be read", todo: "correct it, or unset it"))
    }
  }
}

// MARK: - The parts

extension Services {
  /// Whether a variable that is a switch is set to on.
  static func isOn(_ value: String?) -> Bool { ["1", "true"].contains(value?.lowercased()) }

  private static func transport(
    _ options: Options, _ curl: CurlTransport, _ time: TimeSource, mask: SecretMask,
    _ tell: @escaping @Sendable (String) -> Void
  ) throws -> any HTTPTransport {
    if let replay = options.replay { return try self.replay(replay, speed: options.replaySpeed, time: time) }
    guard let record = options.record else { return curl }
    let file = try LineFile(record, .recording, onFailure: tell)
    if file.isContinued { tell("the recording '\(record)' is there, and is added to") }
    return RecordingTransport(curl, to: file, mask: mask, time: time)
  }

  /// What answers from a recording: the one built in at its own pace, a file at once, unless a speed is given.
  private static func replay(_ name: String, speed: Double?, time: TimeSource) throws -> any HTTPTransport {
    guard name != "demo" else { return try ReplayingTransport(DemoRecording.bytes, speed: speed ?? 1, time: time) }
    return try ReplayingTransport(file: name, speed: speed ?? 0, time: time)
  }

  /// AWS keys, and the passphrase of a client's certificate, that the environment holds and a recording must not.
  private static func keys(in environment: ProcessEnvironment) -> [Secret] {
    [
      "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN",
      "CLAUDE_CODE_CLIENT_KEY_PASSPHRASE",
    ].compactMap { environment[$0].map(Secret.init) }
  }

  /// The place of an Anthropic key that has to be fetched: the command that was named, else the secret in AWS.
  private static func storedKey(
    _ options: Options, _ settings: SettingsInForce, _ surroundings: Surroundings, _ setup: AWSSetup
  ) -> AnthropicAuth.Stored? {
    let isInSecret = surroundings.environment["ANTHROPIC_API_KEY_SECRET_ID"] != nil
    if let command = options.apiKeyHelper ?? (isInSecret ? nil : settings.apiKeyHelper) {
      let source = KeyCommand.source(
        command, runner: surroundings.processes.shell(named: "apiKeyHelper"), time: surroundings.time)
      return AnthropicAuth.Stored(name: "apiKeyHelper", source: source)
    }
    guard isInSecret else { return nil }
    return AnthropicAuth.Stored(name: "ANTHROPIC_API_KEY_SECRET_ID", source: setup.storedKey())
  }
}
