package import Protocol
internal import Providers

/// Whom a history is sent to: what one model or service said is not all fit for another.
package struct HistoryTarget: Sendable, Hashable {
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

extension History {
  /// Messages as they may be sent to a target; `model` is the one that spoke in them, `nil` when nobody knows.
  ///
  /// Another model cannot read the thinking of the first, as its signature is that one's; a model is the same at both
  /// services, and so are its signatures (Anthropic's documentation of extended thinking).
  package static func fit(_ messages: [JSON], from model: String?, for target: HistoryTarget?) -> [JSON] {
    guard let target else { return messages }
    let isForeign = model.map { !isSameModel($0, target.model) } ?? false
    guard isForeign || target.provider == .bedrock else { return messages }
    return portable(messages, to: target.provider, keepsThinking: !isForeign)
  }

  /// Whether two names are of one model, whichever service gave them.
  package static func isSameModel(_ one: String, _ other: String) -> Bool {
    guard one != other else { return true }
    guard let family = ModelCatalog.find(one)?.family else { return false }
    return family == ModelCatalog.find(other)?.family
  }

  /// Whether there is thinking in messages.
  package static func hasThinking(_ messages: [JSON]) -> Bool {
    messages.contains { blocks(of: $0).contains(where: isThinking) }
  }
}
