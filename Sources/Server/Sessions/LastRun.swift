internal import Protocol
internal import Synchronization

/// What a session was asked last, by this process.
struct LastRun: Sendable {
  /// The run's name.
  let id: String
  /// What was asked.
  let request: AgentRun
  /// Where the journal of files stood when it began.
  let mark: Int
}

extension Session {
  /// What was asked last, where it stands, and where the journal of files stood before it.
  var lastRun: (run: LastRun?, past: RewindPast) {
    state.withLock { ($0.last, RewindPast(exchanges: $0.past.exchanges, archived: $0.past.archive.exchanges)) }
  }

  /// Where the journal of files stood when a run began and ended, `nil` while it goes on; `nil` for one that is not known.
  func span(of runId: String) -> (begin: Int, end: Int?)? {
    state.withLock { state in
      guard let begin = state.marks[runId] else { return nil }
      return (begin, state.ends[runId])
    }
  }
}
