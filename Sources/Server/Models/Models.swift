package import Protocol
package import Providers

/// Which models there are, and which one a session asks.
package struct Models: Sendable {
  private let sessions: Sessions
  private let providers: ProviderSet
  private let auth: Auth
  private let timeouts: TimeoutsInUse
  private let useOverrides: @Sendable ([String: String]) -> Void

  /// The models of these providers, which keep to those timeouts; `useOverrides` lets names mean others from now on, in all
  /// of them.
  package init(
    sessions: Sessions, providers: ProviderSet, auth: Auth, timeouts: TimeoutsInUse,
    useOverrides: @escaping @Sendable ([String: String]) -> Void
  ) {
    self.sessions = sessions
    self.providers = providers
    self.auth = auth
    self.timeouts = timeouts
    self.useOverrides = useOverrides
  }

  /// Lets names mean other models from now on, as a client wants it.
  package func use(overrides: [String: String]) { useOverrides(overrides) }

  /// Sets how long calls may take from now on, as a client wants it; what it does not say stays.
  package func use(timeouts options: TimeoutOptions) { timeouts.now.set(options) }

  /// The lines that a person is told at the beginning of work with Bedrock; none with the Anthropic API.
  package func banner(of defaults: SessionDefaults) -> [String] {
    guard defaults.provider == .bedrock,
      let choice = try? providers[.bedrock]?.choice(of: defaults.model, isDefault: false)
    else { return [] }
    return ["🌩️  AWS Bedrock mode enabled", "📡 Using model: \(choice.id)"]
  }

  /// Answers `models/list`.
  package func list(_ request: ModelsList) async throws(Failure) -> ModelsList.Response {
    let id = request.provider ?? sessions.defaults.provider
    let provider = try provider(id)
    let listed: [ListedModel]
    do throws(ProviderError) {
      listed = request.live == true ? try await provider.listedModels() : try provider.knownModels()
    } catch {
      throw Failure(error, provider: id)
    }
    return ModelsList.Response(
      models: listed.map { ModelInfo($0, provider: id) }, defaultModel: sessions.defaults.model)
  }

  /// Answers `agent/switchModel`.
  package func switchModel(_ request: AgentSwitchModel) throws(Failure) -> AgentSwitchModel.Response {
    try Check.model(request.model)
    guard let id = request.sessionId else {
      let before = sessions.defaults
      let provider = request.provider ?? before.provider
      let previous = try inUse(before.model, before.provider, isDefault: !before.isModelChosen)
      let current = try inUse(request.model, provider)
      sessions.choose(model: request.model, provider: provider)
      auth.active = provider
      return response(previous, current, effects: .init(cacheLost: false, thinkingDropped: false))
    }
    return try switchModel(of: try sessions.session(id), to: request.model, provider: request.provider)
  }

  /// Changes a session's model from its next call on.
  package func switchModel(of session: Session, to model: String, provider: ProviderID?) throws(Failure)
    -> AgentSwitchModel.Response
  {
    let (info, isDefault, _) = session.modelInfo
    let previous = try inUse(info.model, info.provider, isDefault: isDefault)
    let current = try inUse(model, provider ?? info.provider)
    let effects = effects(on: session, previous, current)
    session.switchModel(to: model, provider: current.use.provider)
    return response(previous, current, effects: effects)
  }

  /// What switching a session to another model means for the price, as the end of "it …".
  package func cost(ofSwitching session: Session, to model: String, provider: ProviderID?) -> String {
    let (info, isDefault, _) = session.modelInfo
    func price(_ model: String, _ provider: ProviderID, isDefault: Bool) -> PriceInfo? {
      guard let named = try? inUse(model, provider, isDefault: isDefault) else { return nil }
      return CallCost.price(of: named.choice.known, provider: provider).map { PriceInfo($0) }
    }
    guard let new = price(model, provider ?? info.provider, isDefault: false) else {
      return "changes the model to one whose price is not known"
    }
    let old = price(info.model, info.provider, isDefault: isDefault)
    let isDearer = old.map { new.input > $0.input || new.output > $0.output } ?? true
    func dollars(_ price: Double) -> String { price == price.rounded() ? String(Int(price)) : String(price) }
    let before = old.map { ", instead of \(dollars($0.input)) $ and \(dollars($0.output)) $" } ?? ""
    return "changes the model to one that costs \(isDearer ? "more" : "no more")"
      + " (\(dollars(new.input)) $ for a million tokens of input and \(dollars(new.output)) $ of output\(before))"
  }

  private typealias Named = (use: ModelInUse, choice: ModelChoice)

  private func inUse(_ model: String, _ provider: ProviderID, isDefault: Bool = false) throws(Failure) -> Named {
    let service = try self.provider(provider)
    do throws(ProviderError) {
      let choice = try service.choice(of: model, isDefault: isDefault)
      return (ModelInUse(model: model, provider: provider, providerModelId: choice.id), choice)
    } catch {
      throw Failure(error, provider: provider)
    }
  }

  private func response(_ previous: Named, _ current: Named, effects: AgentSwitchModel.Effects)
    -> AgentSwitchModel.Response
  {
    var effects = effects
    if let from = CallCost.price(of: previous.choice.known, provider: previous.use.provider),
      let to = CallCost.price(of: current.choice.known, provider: current.use.provider)
    {
      effects.priceChange = AgentSwitchModel.PriceChange(from: PriceInfo(from), to: PriceInfo(to))
    }
    return AgentSwitchModel.Response(
      previous: previous.use, current: current.use, effects: effects, notice: current.choice.notice)
  }

  private func effects(on session: Session, _ previous: Named, _ current: Named) -> AgentSwitchModel.Effects {
    let exchanges = session.record.exchanges
    let changes = previous.use.provider != current.use.provider || previous.choice.id != current.choice.id
    let isRead = ModelTraits.reads(
      previous.choice.known, by: current.choice.known, onBedrock: current.use.provider == .bedrock)
    var effects = AgentSwitchModel.Effects(
      cacheLost: changes && !exchanges.isEmpty,
      thinkingDropped: !isRead && exchanges.contains { Conversation.hasThinking($0.messages) })
    let window = current.choice.window(onBedrock: current.use.provider == .bedrock)
    effects.contextFits = window.map { session.contextUsed <= $0.context }
    return effects
  }

  private func provider(_ id: ProviderID) throws(Failure) -> any Provider {
    guard let provider = providers[id] else { throw providers.missing(id) }
    return provider
  }
}

extension CallTimeouts {
  /// Takes over what options say that were checked.
  package mutating func set(_ options: TimeoutOptions) {
    stallNoticeMs = options.stallNoticeMs ?? stallNoticeMs
    idleMs = options.idleMs ?? idleMs
    contentMs = options.contentMs ?? contentMs
    callMs = options.callMs ?? callMs
    retries = options.retries ?? retries
  }
}

extension ModelInfo {
  /// A model as clients see it, with what the catalog knows of it.
  init(_ model: ListedModel, provider: ProviderID) {
    self.init(
      id: model.id, providerModelId: model.providerModelId, provider: provider, displayName: model.displayName)
    contextWindow = model.contextWindow
    maxOutput = model.maxOutput
    available = model.available
    if ModelCatalog.find(model.providerModelId) != nil {
      thinking = !ModelCatalog.traits(of: model.providerModelId).thinkingTypes.isEmpty
    }
    if let found = CallCost.price(of: model.providerModelId, provider: provider) {
      price = (try? JSON(encoding: PriceInfo(found))) ?? .null
    }
  }
}

extension PriceInfo {
  /// A price in dollars for a million tokens.
  init(_ price: Price) {
    func dollars(_ picodollars: Int) -> Double { Double(picodollars) / 1e6 }
    self.init(input: dollars(price.input), output: dollars(price.output))
    cacheRead = price.cacheRead.map(dollars)
    cacheWrite = price.cacheWrite.map(dollars)
    cacheWriteHour = price.cacheWriteHour.map(dollars)
  }
}
