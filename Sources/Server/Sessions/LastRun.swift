internal import Protocol

/// What a session was asked last, by this process.
struct LastRun: Sendable {
  /// The run's name.
  let id: String
  /// What was asked.
  let request: AgentRun
  /// Where the journal of files stood when it began.
  let mark: Int
}
