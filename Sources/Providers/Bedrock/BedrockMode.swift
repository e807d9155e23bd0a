package import OperatingSystem
internal import Synchronization

/// Claude by Bedrock under the names that people use: chooses the id and the region, and the next best of either when
/// AWS refuses what was chosen here.
///
/// What a user names is never replaced. Whatever is replaced is told with a `notice` event.
package final class BedrockMode: Provider {
  private struct State {
    var overrides: ModelOverrides
    /// What was asked instead of what was refused, by the name and region.
    var healed = RecentlyUsed<ModelChoice>(most: ModelLimits.replacementsMax)
    /// The same for the default, which nobody chose, when no id of the model is to be had.
    var replaced = RecentlyUsed<ModelChoice>(most: ModelLimits.replacementsMax)
    /// The clients by region and address, which models' ARNs name.
    var clients = RecentlyUsed<BedrockProvider>(most: ModelLimits.clientsMax)
  }

  /// How the mode asks.
  package struct Settings: Sendable {
    /// Where AWS is, and who we are there.
    package var setup: AWSSetup
    /// What requests are authorised by.
    package var authorization: any BedrockAuthorization
    /// Names that mean other models.
    package var overrides: ModelOverrides
    /// Names of features in trial.
    package var betas: [String]
    /// Our own version.
    package var version: String
    /// How long a call may take.
    package var timeouts = TimeoutsInUse()

    /// All settings.
    package init(
      setup: AWSSetup, authorization: any BedrockAuthorization, overrides: ModelOverrides, betas: [String],
      version: String
    ) {
      self.setup = setup
      self.authorization = authorization
      self.overrides = overrides
      self.betas = betas
      self.version = version
    }
  }

  private let settings: Settings
  private let transport: any HTTPTransport
  private let time: TimeSource
  private let state: Mutex<State>

  /// A mode that has asked nobody.
  package init(_ settings: Settings, transport: any HTTPTransport, time: TimeSource) {
    self.settings = settings
    self.transport = transport
    self.time = time
    state = Mutex(State(overrides: settings.overrides))
  }

  /// Lets names mean other models from now on.
  package func use(_ overrides: ModelOverrides) { state.withLock { $0 = State(overrides: overrides) } }

  package func choice(of model: String, isDefault: Bool) throws(ProviderError) -> ModelChoice {
    choice(of: model, isDefault: isDefault, in: try home)
  }

  private func choice(of model: String, isDefault: Bool, in region: Region) -> ModelChoice {
    let key = "\(region.name) \(model)"
    let (overrides, known) = state.withLock {
      ($0.overrides, (isDefault ? $0.replaced.value(key) : nil) ?? $0.healed.value(key))
    }
    return known ?? BedrockModelNames(region: region, overrides: overrides).resolve(model)
  }
}

// MARK: - Where AWS is

extension BedrockMode {
  /// The region to ask first.
  private var home: Region {
    get throws(ProviderError) { try worded { () throws(AWSSetupError) in try settings.setup.region } }
  }

  /// The regions to ask in turn.
  private func regions() async throws(ProviderError) -> [Region] {
    do { return try await settings.setup.regions() } catch { throw BedrockFailureText.failed(error) }
  }

  /// What the setup says, its failures in Bedrock's words.
  private func worded<Value>(_ ask: () throws(AWSSetupError) -> Value) throws(ProviderError) -> Value {
    do { return try ask() } catch { throw BedrockFailureText.failed(error) }
  }
}

// MARK: - Asking

extension BedrockMode {
  package func answer(_ request: ModelRequest, receive: @Sendable ([ModelEvent]) async -> Void)
    async throws(ProviderError) -> ModelMessage
  {
    var left = try await regions()
    var region = left.removeFirst()
    var choice = choice(of: request.model, isDefault: request.isModelDefault, in: region)
    var healings = Healing.allCases
    while true {
      let failure: ProviderError
      do throws(ProviderError) {
        return try await ask(request, as: choice, in: region, receive)
      } catch {
        failure = error
      }
      guard !Task.isCancelled, failure.partial?.content.isEmpty != false else { throw failure }
      if let (next, healing) = await replacement(of: choice, request, in: region, after: failure, healings) {
        healings = healings.filter { $0.rawValue > healing.rawValue }
        if let notice = next.notice { await receive([.notice(notice)]) }
        choice = next
        let key = "\(region.name) \(request.model)"
        state.withLock { state in
          if healing == .family { state.replaced.keep(next, as: key) } else { state.healed.keep(next, as: key) }
        }
      } else if let next = RegionFallback.next(
        after: failure, in: region, left: left, model: choice.chosenByUs ? nil : choice.id)
      {
        left.removeAll { $0.name == next.name }
        await receive([
          .notice("\(region.name) could not answer (\(failure.message)), so \(next.name) is asked instead")
        ])
        region = next
        choice = self.choice(of: request.model, isDefault: request.isModelDefault, in: region)
        healings = Healing.allCases
      } else {
        throw failure
      }
    }
  }

  private func ask(
    _ request: ModelRequest, as choice: ModelChoice, in region: Region,
    _ receive: @Sendable ([ModelEvent]) async -> Void
  ) async throws(ProviderError) -> ModelMessage {
    let (client, endpoint) = try client(for: choice.id, in: region)
    var request = request
    request.model = choice.id
    request.betas += choice.betas
    let service = ModelMessage.Service(model: choice.id, region: endpoint.region.name)
    do throws(ProviderError) {
      var message = try await client.answer(request, receive: receive)
      message.servedBy = service
      return message
    } catch {
      var failure = error
      failure.servedBy = service
      failure.partial?.servedBy = service
      throw failure
    }
  }

  /// What can be done when an id was refused; each once in a region, in this order.
  private enum Healing: Int, CaseIterable {
    /// Ask the same model by the profile that fits the region.
    case profile
    /// Ask the newest model of the family, in the place of a default that nobody chose.
    case family
  }

  /// What to ask in the place of what was refused; `nil` when the failure is another one, or the user chose the id.
  private func replacement(
    of choice: ModelChoice, _ request: ModelRequest, in region: Region, after failure: ProviderError,
    _ healings: [Healing]
  ) async -> (ModelChoice, Healing)? {
    guard choice.chosenByUs, failure.refusesModel else { return nil }
    let overrides = state.withLock { $0.overrides }
    let names = BedrockModelNames(region: region, overrides: overrides)
    if healings.contains(.profile), let next = names.next(after: choice) { return (next, .profile) }
    guard healings.contains(.family), request.isModelDefault, let line = ModelLine.mentioned(in: request.model),
      let live = try? await listed(in: region), let newest = ListedModel.newest(of: line, in: live, region: region),
      newest.providerModelId != choice.id
    else { return nil }
    var next = names.resolve(newest.providerModelId)
    next.asked = request.model
    next.notice = "the default model '\(choice.id)' was refused, so the newest \(line.rawValue) is asked: \(next.id)"
    return (next, .family)
  }

  private func client(for model: String, in region: Region) throws(ProviderError) -> (BedrockProvider, Endpoint) {
    let (endpoint, _) = try worded { () throws(AWSSetupError) in
      try settings.setup.endpoint(ofModel: model, in: region)
    }
    let key = "\(endpoint.region.name) \(endpoint.url)"
    if let client = state.withLock({ $0.clients.value(key) }) { return (client, endpoint) }
    var configuration = BedrockConfiguration(
      region: endpoint.region.name, baseURL: endpoint.url, authorization: settings.authorization,
      version: settings.version)
    configuration.betas = settings.betas
    configuration.timeouts = settings.timeouts
    let client = BedrockProvider(configuration, transport: transport, time: time)
    state.withLock { $0.clients.keep(client, as: key) }
    return (client, endpoint)
  }
}

// MARK: - Other questions

extension BedrockMode {
  /// Asks the model for one token: the cheapest call that shows that credentials, policy and model work together.
  package func verify(model: String) async throws(ProviderError) {
    let region = try home
    let choice = choice(of: model, isDefault: false, in: region)
    do throws(ProviderError) {
      _ = try await client(for: choice.id, in: region).0.verify(model: choice.id)
    } catch {
      let names = BedrockModelNames(region: region, overrides: state.withLock { $0.overrides })
      guard error.refusesModel, let next = names.next(after: choice) else { throw error }
      _ = try await client(for: next.id, in: region).0.verify(model: next.id)
    }
  }

  package func knownModels() throws(ProviderError) -> [ListedModel] {
    BedrockListing.known(in: try home)
  }

  package func listedModels() async throws(ProviderError) -> [ListedModel] {
    try await listed(in: try home)
  }

  /// The models and profiles that this account may ask in a region.
  private func listed(in region: Region) async throws(ProviderError) -> [ListedModel] {
    let endpoint = try worded { () throws(AWSSetupError) in try settings.setup.endpoint(of: .bedrock, in: region) }
    let client = try client(for: "", in: region).0
    let models = try BedrockListing.models(try await client.get(BedrockListing.modelsRequest(endpoint)))
    return try await models
      + ModelPage.all { next throws(ProviderError) in
        try BedrockListing.profiles(try await client.get(BedrockListing.profilesRequest(endpoint, next: next)))
      }
  }
}
