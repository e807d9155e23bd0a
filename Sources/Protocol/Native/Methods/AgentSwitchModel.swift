/// Changes the model of a session, or of all sessions that name none; the history stays.
///
/// The change counts from the next call to the model on, also within a run that goes on.
///
/// - Throws: ``RPCError/Code/requestFailed`` when there is no such session, or no such provider.
package struct AgentSwitchModel: RequestMessage, Hashable {
  package static let method = "agent/switchModel"
  /// The model's name: an id, an alias like `opus`, a Bedrock id or an ARN.
  package var model: String
  /// The session; absent for the default of sessions that name no model.
  package var sessionId: String?
  /// The provider to change to as well; absent to stay.
  package var provider: ProviderID?

  /// What has changed.
  package struct Response: Codable, Hashable, Sendable {
    /// The model until now.
    package var previous: ModelInUse
    /// The model from now on.
    package var current: ModelInUse
    /// What the change means for the conversation.
    package var effects: Effects
    /// What a person should know, like that another family answers than the one asked for.
    package var notice: String?

    /// A change.
    package init(previous: ModelInUse, current: ModelInUse, effects: Effects, notice: String?) {
      self.previous = previous
      self.current = current
      self.effects = effects
      self.notice = notice
    }
  }

  /// What a change of the model means for a conversation.
  package struct Effects: Codable, Hashable, Sendable {
    /// Whether the prompt cache of the conversation is lost.
    package var cacheLost: Bool
    /// Whether thinking of the past is left out from now on, as another model cannot read it.
    package var thinkingDropped: Bool
    /// Whether the conversation fits the new window; absent when that is not known.
    package var contextFits: Bool?
    /// What input and output cost now, in US dollars for a million tokens; absent when a price is not known.
    package var priceChange: PriceChange?

    /// Effects.
    package init(cacheLost: Bool, thinkingDropped: Bool) {
      self.cacheLost = cacheLost
      self.thinkingDropped = thinkingDropped
    }
  }

  /// Two prices.
  package struct PriceChange: Codable, Hashable, Sendable {
    /// Until now.
    package var from: PriceInfo
    /// From now on.
    package var to: PriceInfo

    /// A change.
    package init(from: PriceInfo, to: PriceInfo) {
      self.from = from
      self.to = to
    }
  }
}

/// A model and who answers for it.
package struct ModelInUse: Codable, Hashable, Sendable {
  /// The name as it was given.
  package var model: String
  /// Who answers.
  package var provider: ProviderID
  /// The name that goes to the provider.
  package var providerModelId: String

  /// A choice.
  package init(model: String, provider: ProviderID, providerModelId: String) {
    self.model = model
    self.provider = provider
    self.providerModelId = providerModelId
  }
}
