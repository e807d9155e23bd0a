/// How a model should think before it answers.
package struct Thinking: Codable, Hashable, Sendable {
  /// The ways of thinking.
  package enum Mode: String, Codable, Hashable, Sendable, CaseIterable {
    case enabled, adaptive, disabled
  }
  /// Whether and how.
  package var type: Mode
  /// The most tokens to think with, at least 1024 and below `maxTokens`; for `enabled` only.
  package var budgetTokens: Int?

  /// A way of thinking.
  package init(type: Mode, budgetTokens: Int? = nil) {
    self.type = type
    self.budgetTokens = budgetTokens
  }
}
