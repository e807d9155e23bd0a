package import OperatingSystem
internal import Synchronization

/// How AWS is reached from this process: region, addresses and credentials, wherever they are configured.
///
/// The user's files are read when they are first needed, and again after ``reset()``; credentials are renewed by
/// themselves.
package final class AWSSetup: Sendable {
  /// What the setup works with.
  package struct Surroundings: Sendable {
    /// The variables.
    package var environment: ProcessEnvironment
    /// The user's files.
    package var files: FileSource
    /// What runs `credential_process` and the command that logs in.
    package var processes: ProcessRunner
    /// What carries requests to AWS.
    package var transport: any HTTPTransport
    /// The clocks.
    package var time: TimeSource
    /// The user's command that renews credentials (`awsAuthRefresh`); `nil` for none.
    package var loginCommand: String?
    /// The region or list of regions that the command line names; `nil` for none.
    package var region: String?

    /// All that must be there.
    package init(
      environment: ProcessEnvironment, files: FileSource, processes: ProcessRunner, transport: any HTTPTransport,
      time: TimeSource
    ) {
      self.environment = environment
      self.files = files
      self.processes = processes
      self.transport = transport
      self.time = time
    }
  }

  /// What was found in files and variables.
  private struct Found {
    var profiles: Profiles
    var region: Region
    var fallback: RegionFallback.Choice?
    var endpoints: EndpointSettings
    var chain: CredentialChain
    var instance: InstanceMetadataCredentials
    var credentials: RefreshingCredentials
  }

  private struct State {
    var profile: String?
    var region: String?
    var found: Found?
    /// The regions of `auto`, once they were measured.
    var measured: [Region]?
    /// What asks the instance for its region, once.
    var regionSearch: CredentialWork<Region?>?
    /// The region that the instance told.
    var instanceRegion: Region?
  }

  private let surroundings: Surroundings
  /// AWS's time, by which credentials end and requests are dated.
  private let clock: ServerClock
  private let state: Mutex<State>

  /// A setup that has not looked at anything.
  package init(_ surroundings: Surroundings) {
    var surroundings = surroundings
    let clock = ServerClock(surroundings.time.now)
    surroundings.time.now = { clock.now }
    self.surroundings = surroundings
    self.clock = clock
    state = Mutex(State(region: surroundings.region))
  }

  /// Uses another profile or region from now on; `nil` leaves to the environment what it says.
  package func select(profile: String?, region: String?) {
    state.withLock { state in
      state.profile = profile
      state.region = region ?? surroundings.region
      state.found = nil
      state.measured = nil
    }
  }

  /// The time now as AWS counts it, in milliseconds since 1970.
  package var now: Int { clock.now }

  /// Forgets what was found if the user's files say something else by now.
  ///
  /// Keys, region and addresses always come from one state of the files. Files that cannot be read just now change nothing.
  package func noticeChanges() {
    let (profile, found) = state.withLock { ($0.profile, $0.found) }
    guard let found,
      let profiles = try? Profiles.load(
        environment: surroundings.environment, files: surroundings.files, profile: profile),
      profiles != found.profiles
    else { return }
    state.withLock { state in
      guard state.found?.profiles == found.profiles else { return }
      state.found = nil
      state.measured = nil
    }
  }

  /// Forgets what was found: files are read again, and credentials looked for anew.
  package func reset() {
    state.withLock { state in
      state.found = nil
      state.measured = nil
    }
  }
}

// MARK: - Region and addresses

extension AWSSetup {
  /// The region to ask first, and who chose it.
  package var region: Region { get throws(AWSSetupError) { try found().region } }

  /// The certificates to trust, as the selected profile says (`ca_bundle`); `nil` when it does not.
  var certificateFile: String? { (try? found())?.profiles.selected?["ca_bundle"] }

  /// Asks the instance that this runs on for its region, once, where nobody names one and it may be asked.
  package func learnRegion() async {
    guard let found = try? found(), found.region.source == .unset else { return }
    let search = state.withLock { state in
      if let going = state.regionSearch { return going }
      let begun = CredentialWork<Region?>.begin(
        limit: RemoteCredentialLimits.resolveMax, time: surroundings.time
      ) {
        .success(await found.instance.region())
      } landing: { _, _ in
      }
      state.regionSearch = begun
      return begun
    }
    guard case .success(let region?)? = await search.outcome() else { return }
    state.withLock { state in
      guard state.instanceRegion == nil else { return }
      state.instanceRegion = region
      // What was found was found for another region.
      state.found = nil
    }
  }

  /// The regions to ask in turn, the first one first; with `auto` the quickest to reach comes first, measured once.
  package func regions() async throws(AWSSetupError) -> [Region] {
    noticeChanges()
    await learnRegion()
    let found = try found()
    switch found.fallback {
    case nil: return [found.region]
    case .list(let regions): return [found.region] + regions.dropFirst()
    case .nearest:
      if let measured = state.withLock({ $0.measured }) { return measured }
      let measured = await measured(RegionFallback.candidates(near: found.region), found.endpoints)
      state.withLock { $0.measured = measured }
      return measured
    }
  }

  /// Where a model is asked, and what a person should know of it.
  package func endpoint(ofModel model: String, in region: Region) throws(AWSSetupError) -> (Endpoint, notice: String?) {
    let endpoints = try found().endpoints
    do { return try endpoints.endpoint(ofModel: model, region: region) } catch { throw .setting(error) }
  }

  /// Where a service is asked.
  package func endpoint(of service: AWSService, in region: Region) throws(AWSSetupError) -> Endpoint {
    let endpoints = try found().endpoints
    do { return try endpoints.endpoint(of: service, region: region) } catch { throw .setting(error) }
  }

  /// The regions by the time it takes to connect to them; one answer of any kind is a connection.
  private func measured(_ regions: [Region], _ endpoints: EndpointSettings) async -> [Region] {
    let (transport, time) = (surroundings.transport, surroundings.time)
    let measurements = await withTaskGroup(of: (Int, RegionFallback.Measurement).self) { group in
      for (place, region) in regions.enumerated() {
        group.addTask {
          guard let endpoint = try? endpoints.endpoint(of: .bedrockRuntime, region: region) else {
            return (place, RegionFallback.Measurement(region: region, connectMs: nil))
          }
          var request = HTTPRequest(method: "HEAD", url: endpoint.url + "/")
          request.timeouts.connectMax = ProviderLimits.regionMeasureMax
          request.timeouts.idleMax = ProviderLimits.regionMeasureMax
          request.timeouts.idleNotice = 0
          let began = time.monotonic()
          let isReached = (try? await transport.send(request)) != nil
          return (
            place, RegionFallback.Measurement(region: region, connectMs: isReached ? time.monotonic() - began : nil)
          )
        }
      }
      return await group.reduce(into: [(Int, RegionFallback.Measurement)]()) { $0.append($1) }
    }
    return RegionFallback.ordered(measurements.sorted { $0.0 < $1.0 }.map(\.1))
  }
}

// MARK: - Credentials

extension AWSSetup {
  /// The credentials to use now; `nil` when nothing is configured.
  package func credentials() async throws(CredentialsError) -> AWSCredentials? {
    try await foundCredentials().current()
  }

  /// The credentials to use after a service has refused some; `nil` when nothing is configured any more.
  package func credentials(after rejected: AWSCredentials) async throws(CredentialsError) -> AWSCredentials? {
    try await foundCredentials().refreshed(after: rejected)
  }

  private func foundCredentials() throws(CredentialsError) -> RefreshingCredentials {
    do { return try found().credentials } catch { throw CredentialsError(error) }
  }

  /// The Anthropic key that `ANTHROPIC_API_KEY_SECRET_ID` names, used for an hour and until the API refuses it, which is
  /// how a rotation is noticed.
  ///
  /// The variables and files say where it is when it is read, so that a flaw in them is that of who needs the key.
  package func storedKey() -> KeptKey {
    KeptKey(lifetime: RemoteCredentialLimits.storedKeyLifetime, time: surroundings.time) {
      [self] () throws(CredentialsError) in
      await learnRegion()
      guard let key = try stored() else { throw CredentialsError(.unavailable, "there is no stored key") }
      return try await key.read()
    }
  }

  private func stored() throws(CredentialsError) -> StoredKey? {
    let found: Found
    do { found = try self.found() } catch { throw CredentialsError(error) }
    return try StoredKey(
      environment: surroundings.environment, region: found.region.name, endpoints: found.endpoints,
      credentials: found.credentials, signer: SignatureVersion4(), transport: surroundings.transport,
      time: surroundings.time, clock: clock)
  }

  /// What is missing, after nothing was found.
  package func missing() -> MissingCredentials {
    guard let found = try? found() else {
      return MissingCredentials(variables: missingVariables)
    }
    return found.chain.missing()
  }

  /// The variables that would be enough and are not set; no file is read.
  package var missingVariables: [String] { EnvironmentCredentials(environment: surroundings.environment).missing }

  /// Why AWS cannot be asked by anybody, or, with `byChain`, with the credentials that variables and files lead to; as far
  /// as those tell: asks nobody.
  package func flaw(byChain: Bool) -> CredentialsError? {
    let found: Found
    do { found = try self.found() } catch { return CredentialsError(error) }
    guard byChain, !usesVariables else { return nil }
    do throws(CredentialsError) { _ = try ProfileChain.resolve(found.profiles) } catch { return error }
    return nil
  }

  /// Whether the keys in variables are meant: nobody has named a profile to this program.
  private var usesVariables: Bool {
    state.withLock { $0.profile } == nil
      && EnvironmentCredentials(environment: surroundings.environment).missing.isEmpty
  }

  /// Where credentials are configured, as far as variables and files tell; asks nobody.
  package var configuredSource: String? {
    let environment = surroundings.environment
    if usesVariables { return "environment" }
    if let profiles = try? found().profiles, profiles.selectedNamesCredentials {
      return "profile \(profiles.selectedName)"
    }
    if environment["AWS_WEB_IDENTITY_TOKEN_FILE"] != nil, environment["AWS_ROLE_ARN"] != nil { return "web identity" }
    let container = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"]
    return container.contains { environment[$0] != nil } ? "container" : nil
  }
}

// MARK: - Looking

extension AWSSetup {
  private func found() throws(AWSSetupError) -> Found {
    let (profile, region, known) = state.withLock { ($0.profile, $0.region, $0.found) }
    if let known { return known }
    let new = try look(profile: profile, region: region)
    return state.withLock { state in
      // Whoever looked first keeps what it found: there must be one set of credentials.
      if let first = state.found { return first }
      state.found = new
      return new
    }
  }

  private func look(profile: String?, region setting: String?) throws(AWSSetupError) -> Found {
    let environment = surroundings.environment
    let profiles: Profiles
    do {
      profiles = try Profiles.load(environment: environment, files: surroundings.files, profile: profile)
    } catch {
      throw .credentials(error)
    }
    let (region, fallback) = try regions(setting, profiles)
    let endpoints = EndpointSettings(environment: environment, profiles: profiles)
    do { _ = try ServiceTries.chosen(environment: environment, profile: endpoints.profile) } catch {
      throw .setting(error)
    }
    let (chain, instance) = chain(profile: profile, profiles: profiles, region: region, endpoints: endpoints)
    let login = surroundings.loginCommand.map { command in
      RenewalCommand(command, runner: surroundings.processes.shell(named: "awsAuthRefresh"), time: surroundings.time)
    }
    return Found(
      profiles: profiles, region: region, fallback: fallback, endpoints: endpoints, chain: chain,
      instance: instance, credentials: RefreshingCredentials(chain, login: login, time: surroundings.time))
  }

  /// The region to ask first, and what to do when it cannot answer.
  private func regions(_ setting: String?, _ profiles: Profiles) throws(AWSSetupError) -> (
    Region, RegionFallback.Choice?
  ) {
    do throws(SettingError) {
      let fallback: RegionFallback.Choice? = if let setting { try RegionFallback.parse(setting) } else { nil }
      var resolved = try Region.resolved(environment: surroundings.environment, profile: profiles.region)
      if resolved.source == .unset, let instance = state.withLock({ $0.instanceRegion }) { resolved = instance }
      guard case .list(let regions)? = fallback else { return (resolved, fallback) }
      return (try Region(regions[0].name, source: regions.count == 1 ? .explicit : .list), fallback)
    } catch {
      throw .setting(error)
    }
  }

  private func chain(profile: String?, profiles: Profiles, region: Region, endpoints: EndpointSettings)
    -> (CredentialChain, InstanceMetadataCredentials)
  {
    let (environment, files) = (surroundings.environment, surroundings.files)
    let (transport, time) = (surroundings.transport, surroundings.time)
    let own = EnvironmentCredentials(environment: environment)
    let roles = SecurityTokenService(
      region: region.name, endpoints: endpoints, signer: SignatureVersion4(), transport: transport, time: time,
      clock: clock)
    let container = ContainerCredentials(environment: environment, files: files, transport: transport, time: time)
    var metadata = MetadataEndpoint(
      environment: environment, profileAddress: profiles.selected?["ec2_metadata_service_endpoint"],
      profileMode: profiles.selected?["ec2_metadata_service_endpoint_mode"])
    metadata.profilePatience = (
      profiles.selected?["metadata_service_timeout"], profiles.selected?["metadata_service_num_attempts"]
    )
    let instance = InstanceMetadataCredentials(
      InstanceMetadata(metadata, transport: transport, time: time), time: time)
    let all = CredentialChain(
      environment: own,
      profile: ProfileCredentials(
        profile: profile, region: region.source == .unset ? nil : region.name, environment: environment, files: files,
        transport: transport, time: time, processes: surroundings.processes, roles: roles,
        named: .init(environment: own, container: container, instance: instance)),
      isProfileExplicit: profile != nil,
      webIdentity: WebIdentityCredentials(environment: environment, files: files, roles: roles, time: time),
      container: container, instance: instance)
    return (all, instance)
  }
}
