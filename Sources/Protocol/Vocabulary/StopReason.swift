/// Why a run ended.
package enum StopReason: String, Codable, Hashable, Sendable, CaseIterable {
  /// The model had said all it wanted.
  case endTurn
  /// The model reached `maxTokens`.
  case maxTokens
  /// The run reached `maxTurns` and the model wanted another.
  case maxTurns
  /// The model wrote a stop sequence.
  case stopSequence
  /// The model declined.
  case refusal
  /// The client cancelled the run.
  case cancelled
  /// The run's budget was used up.
  case budgetExceeded
  /// The conversation no longer fits the model's window.
  case contextWindowExceeded
}
