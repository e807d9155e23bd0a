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
    /// The models that ARNs of one's own stand for, as AWS said; empty where it did not say.
    var meanings = RecentlyUsed<String>(most: ModelLimits.replacementsMax)
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
    /// Headers that every request is sent with.
    package var customHeaders: [HTTPHeader] = []
    /// Our own version.
    package var version: String
    /// How long a call may take.
    package var timeouts = TimeoutsInUse()
    /// Where calls wait that the service has no room for.
    package var lines = CallLines()

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
  package func use(_ overrides: ModelOverrides) {
    state.withLock { $0 = State(overrides: overrides, meanings: $0.meanings, clients: $0.clients) }
  }

  package func choice(of model: String, isDefault: Bool) throws(ProviderError) -> ModelChoice {
    choice(of: model, in: try home)
  }

  private func choice(of model: String, in region: Region) -> ModelChoice {
    let key = "\(region.name) \(model)"
    return state.withLock { state in
      let choice =
        state.healed.value(key) ?? BedrockModelNames(region: region, overrides: state.overrides).resolve(model)
      guard choice.isOpaque, let meaning = state.meanings.value(choice.id), !meaning.isEmpty else { return choice }
      return choice.meaning(meaning, onBedrock: true)
    }
  }

  /// Asks once what model an ARN of one's own stands for, when nobody said it; without an answer that stays unknown.
  package func learn(of model: String) async {
    guard let region = try? home else { return }
    let choice = choice(of: model, in: region)
    guard choice.isOpaque, state.withLock({ $0.meanings.value(choice.id) == nil }) else { return }
    state.withLock { $0.meanings.keep("", as: choice.id) }
    guard let arn = ModelARN(choice.id), arn.kind == BedrockListing.ownProfile,
      let place = try? client(for: choice.id, in: region),
      let endpoint = try? settings.setup.endpoint(of: .bedrock, in: place.1.region),
      let reply = try? await place.0.get(BedrockListing.profileRequest(endpoint, arn: choice.id)),
      let meaning = BedrockListing.model(ofProfile: reply)
    else { return }
    state.withLock { $0.meanings.keep(meaning, as: choice.id) }
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
    var choice = choice(of: request.model, in: region)
    var mayList = true
    var tried: Set<String> = []
    while true {
      let failure: ProviderError
      do throws(ProviderError) {
        let message = try await ask(request, as: choice, in: region, receive)
        remember(choice, of: request.model, in: region, tried)
        return message
      } catch {
        failure = error
      }
      if !failure.refusesModel { remember(choice, of: request.model, in: region, tried) }
      guard !Task.isCancelled, !failure.wasHeard else { throw failure }
      tried.insert(choice.id)
      if let (next, isListed) = await replacement(of: choice, request, in: region, after: failure, mayList, tried) {
        if isListed { mayList = false }
        if let notice = next.notice { await receive([.notice(notice)]) }
        choice = next
      } else if let next = RegionFallback.next(
        after: failure, in: region, left: left, model: choice.chosenByUs ? nil : choice.id)
      {
        left.removeAll { $0.name == next.name }
        await receive([
          .notice("\(region.name) could not answer (\(failure.message)), so \(next.name) is asked instead")
        ])
        region = next
        choice = self.choice(of: request.model, in: region)
        tried = []
        mayList = true
      } else {
        throw failure
      }
    }
  }

  /// Keeps what was taken in the place of what was refused, so that nothing is asked twice for what is gone.
  private func remember(_ choice: ModelChoice, of model: String, in region: Region, _ refused: Set<String>) {
    guard !refused.isEmpty else { return }
    state.withLock { $0.healed.keep(choice, as: "\(region.name) \(model)") }
  }

  private func ask(
    _ request: ModelRequest, as choice: ModelChoice, in region: Region,
    _ receive: @Sendable ([ModelEvent]) async -> Void
  ) async throws(ProviderError) -> ModelMessage {
    let (client, endpoint) = try client(for: choice.id, in: region)
    let request = request.asked(as: choice)
    let service = ModelMessage.Service(model: choice.id, region: endpoint.region.name, means: choice.means)
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

  /// What to ask in the place of what was refused, and whether it is from the account's own lists; `nil` when the failure is
  /// another one, or the user chose the id.
  ///
  /// First it is what the table of models has next; then, once in a region, what the lists have: the newest of the line where
  /// any will do, or else the same model.
  private func replacement(
    of choice: ModelChoice, _ request: ModelRequest, in region: Region, after failure: ProviderError,
    _ mayList: Bool, _ tried: Set<String>
  ) async -> (ModelChoice, isListed: Bool)? {
    guard choice.chosenByUs, failure.refusesModel else { return nil }
    let names = BedrockModelNames(region: region, overrides: .none)
    if let next = names.next(after: choice, isGone: failure.remedy == .modelUnavailable), !tried.contains(next.id) {
      return (next, false)
    }
    guard mayList, let live = try? await listed(in: region) else { return nil }
    let left = live.filter { !tried.contains($0.providerModelId) }
    let line = choice.mayBeAnother ? ModelLine.mentioned(in: request.model) : nil
    let found =
      line.map { ListedModel.newest(of: $0, in: left, region: region) }
      ?? ListedModel.best(
        in: left.filter { ModelCatalog.find($0.providerModelId)?.family.id == choice.familyAsked }, region: region)
    guard let found else { return nil }
    var next = names.resolve(found.providerModelId + (ModelName(choice.asked).wantsLongWindow ? "[1m]" : ""))
    next.asked = choice.asked
    let which = line.map { "the newest \($0.rawValue) is asked: \(next.id)" } ?? "'\(next.id)' is asked instead"
    next.notice = "\(request.isModelDefault ? "the default model " : "")'\(choice.id)' was refused, so \(which)"
    return (next, true)
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
    configuration.customHeaders = settings.customHeaders
    configuration.timeouts = settings.timeouts
    configuration.lines = settings.lines
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
    let choice = choice(of: model, in: region)
    do throws(ProviderError) {
      _ = try await client(for: choice.id, in: region).0.verify(model: choice.id)
    } catch {
      let names = BedrockModelNames(region: region, overrides: state.withLock { $0.overrides })
      guard error.refusesModel, let next = names.next(after: choice, isGone: error.remedy == .modelUnavailable) else {
        throw error
      }
      _ = try await client(for: next.id, in: region).0.verify(model: next.id)
    }
  }

  package func countTokens(of request: ModelRequest) async throws(ProviderError) -> Int? {
    let region = try home
    let choice = choice(of: request.model, in: region)
    return try await client(for: choice.id, in: region).0.countTokens(of: request.asked(as: choice))
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
