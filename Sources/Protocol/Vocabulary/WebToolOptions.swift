/// How a model's service may look at the web for it, with a tool of the service's own.
package struct WebToolOptions: Codable, Hashable, Sendable {
  /// The most uses within one call to the model; as many as it likes when absent, and 0 for no such tool.
  package var maxUses: Int?
  /// The only hosts that it may look at, with what is below them; all when absent.
  ///
  /// Not beside `blockedDomains`.
  package var allowedDomains: [String]?
  /// Hosts that it may not look at.
  package var blockedDomains: [String]?

  /// Without bounds.
  package init() {}
}
