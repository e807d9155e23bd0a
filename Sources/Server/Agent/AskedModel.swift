internal import Protocol
internal import Providers

/// The model that is asked, by all its names, and what is known of it.
struct AskedModel: Sendable {
  /// The model as clients see it.
  let inUse: ModelInUse
  /// What its provider makes of the name.
  let choice: ModelChoice

  /// Another model in its place, by the same name.
  func replaced(by other: ModelChoice) -> AskedModel {
    let name = ModelInUse(model: inUse.model, provider: inUse.provider, providerModelId: other.id)
    return AskedModel(inUse: name, choice: other)
  }

  /// Who answered: another, where this one is gone and the provider remembers which one it asked instead.
  func served(_ service: ModelMessage.Service?, by provider: any Provider, isDefault: Bool) -> AskedModel {
    guard let service, service.model != choice.id,
      let other = try? provider.choice(of: inUse.model, isDefault: isDefault),
      other.id == service.model
    else { return self }
    return replaced(by: other)
  }

  /// How much it reads and writes; `nil` when that is not known.
  var window: ModelWindow? { choice.window(onBedrock: inUse.provider == .bedrock) }

  /// What its tokens cost; `nil` when that is not known.
  var price: Price? { CallCost.price(of: choice.known, provider: inUse.provider) }

  /// Whom a conversation with it is sent to.
  var target: ConversationTarget { ConversationTarget(provider: inUse.provider, model: choice.known) }

  /// What a call that it answered cost.
  func cost(of message: ModelMessage) -> CallCost {
    CallCost(of: message.bill, model: message.servedBy?.known ?? choice.known, provider: inUse.provider)
  }
}
