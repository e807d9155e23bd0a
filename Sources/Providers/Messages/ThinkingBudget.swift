internal import Protocol

/// Budgets of thinking: tokens that are a part of the answer's, for models that do not decide by themselves.
enum ThinkingBudget {
  /// A budget as the API takes it, at least 1,024 and less than the answer may have; `nil` when there is no room for one.
  static func fitting(_ budget: Int, below maxTokens: Int) -> Int? {
    guard maxTokens > ProviderLimits.thinkingMin else { return nil }
    return max(ProviderLimits.thinkingMin, min(budget, maxTokens - 1))
  }

  /// The budget where one is needed and nobody says how much: half of the answer's length.
  static func usual(_ maxTokens: Int) -> Int { maxTokens / 2 }

  /// The effort that comes nearest to a budget.
  static func effort(for budget: Int) -> Effort {
    budget < ProviderLimits.thinkingLow ? .low : budget < ProviderLimits.thinkingMedium ? .medium : .high
  }

  /// Said when a budget was lowered.
  static let lowered = "the budget of thinking was lowered: it must be less than the answer's most tokens"
  /// Why there is no thinking.
  static let noRoom = "the answer has too few tokens for thoughts beside it"
}

extension ModelRequest {
  /// Lets the answer have that many tokens at most; thinking by a budget stays within them, or is left out.
  ///
  /// - Returns: What a person should know.
  package mutating func limit(to tokens: Int) -> String? {
    maxTokens = min(maxTokens, tokens)
    guard thinking?["type"] == "enabled", var object = thinking?.object else { return nil }
    let budget = object["budget_tokens"]?.int ?? 0
    guard let fitting = ThinkingBudget.fitting(budget, below: maxTokens) else {
      thinking = nil
      return "thinking was left out: \(ThinkingBudget.noRoom)"
    }
    guard fitting != budget else { return nil }
    object["budget_tokens"] = .number(JSONNumber(fitting))
    thinking = .object(object)
    return ThinkingBudget.lowered
  }
}
