package import Protocol

/// Whom a conversation is sent to: what one model or service said is not all fit for another.
package struct ConversationTarget: Sendable, Hashable {
  /// The service.
  package var provider: ProviderID
  /// The model, by the provider's name of it.
  package var model: String

  /// A model at a service.
  package init(provider: ProviderID, model: String) {
    self.provider = provider
    self.model = model
  }
}

extension ConversationTarget {
  /// Whether the model takes messages of the role `system` within a conversation.
  var takesSystemMessages: Bool { ModelCatalog.traits(of: model).takesSystemMessages(onBedrock: provider == .bedrock) }

  /// Whether the model may be sent thinking; a model that is not known may.
  var mayThink: Bool { !ModelCatalog.traits(of: model).thinkingTypes.isEmpty }
}
