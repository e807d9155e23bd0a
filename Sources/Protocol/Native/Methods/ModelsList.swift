/// Lists models: those that this program knows, and with `live` those that the provider says this account may ask.
///
/// - Throws: ``RPCError/Code/requestFailed`` when a live list was wanted and the provider gave none.
package struct ModelsList: RequestMessage, Hashable {
  package static let method = "models/list"
  /// Whose models; absent for the provider of sessions that name none.
  package var provider: ProviderID?
  /// Whether to ask the provider.
  package var live: Bool?

  package struct Response: Codable, Hashable, Sendable {
    /// The models, the newest families first.
    package var models: [ModelInfo]
    /// The model of sessions that name none.
    package var defaultModel: String

    private enum CodingKeys: String, CodingKey {
      case models
      case defaultModel = "default"
    }

    /// A list.
    package init(models: [ModelInfo], defaultModel: String) {
      self.models = models
      self.defaultModel = defaultModel
    }
  }
}
