/// How a model should think before it answers.
package struct Thinking: Codable, Hashable, Sendable {
  /// The ways of thinking.
  package enum Mode: String, Codable, Hashable, Sendable, CaseIterable {
    /// It thinks: for as many tokens as are given, else for as long as it likes.
    case enabled
    /// It thinks when and for as long as it finds useful.
    case adaptive
    /// It thinks shortly between calls of tools, and not before it answers.
    case betweenTools
    /// It does not think.
    case disabled
  }
  /// How much of its thoughts is shown.
  package enum Display: String, Codable, Hashable, Sendable, CaseIterable {
    case summarized, updates, omitted
  }
  /// Whether and how.
  package var type: Mode
  /// The most tokens to think with, at least 1024 and below `maxTokens`; for `enabled` only.
  package var budgetTokens: Int?
  /// How much is shown, for `enabled` and `adaptive` only; a summary when absent.
  package var display: Display?

  /// A way of thinking.
  package init(type: Mode, budgetTokens: Int? = nil) {
    self.type = type
    self.budgetTokens = budgetTokens
  }
}
