/// A model that can be asked.
package struct ModelInfo: Codable, Hashable, Sendable {
  /// The name to give to `agent/run` and `agent/switchModel`.
  package var id: String
  /// The name that goes to the provider.
  package var providerModelId: String
  /// Who answers for it.
  package var provider: ProviderID
  /// Its name for people.
  package var displayName: String
  /// The tokens its window holds; absent when not known.
  package var contextWindow: Int?
  /// The most tokens of one answer; absent when not known.
  package var maxOutput: Int?
  /// Whether it can think before it answers; absent when not known.
  package var thinking: Bool?
  /// What it costs; `null` when not known.
  package var price: JSON
  /// Whether this account can ask it; absent when nobody asked the provider.
  package var available: Bool?

  /// A model with its names.
  package init(id: String, providerModelId: String, provider: ProviderID, displayName: String) {
    self.id = id
    self.providerModelId = providerModelId
    self.provider = provider
    self.displayName = displayName
    price = .null
  }
}

/// US dollars for a million tokens.
package struct PriceInfo: Codable, Hashable, Sendable {
  /// Of the prompt, uncached.
  package var input: Double
  /// Of the answer.
  package var output: Double
  /// Read from the cache.
  package var cacheRead: Double?
  /// Written to the cache for five minutes.
  package var cacheWrite: Double?
  /// Written to the cache for an hour.
  package var cacheWriteHour: Double?

  /// A price.
  package init(input: Double, output: Double) {
    self.input = input
    self.output = output
  }
}
