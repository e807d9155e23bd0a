package import Protocol
package import Providers
internal import Synchronization

/// What was said and used in a session before it was made: another process's, or that of a fork.
package struct SessionPast: Sendable {
  /// What was said.
  package var exchanges: [Exchange] = []
  /// What stood before them in every request.
  package var prefix: ConversationPrefix?
  /// The exchanges that summaries stand for.
  package var archive = CompactionArchive()
  /// The tokens that were used.
  package var usage = Usage()
  /// What they cost.
  package var cost = CallCost.none
  /// Milliseconds that runs took.
  package var wallMs = 0
  /// The tokens of the last call's prompt and answer.
  package var contextUsed = 0
  /// The number of the last event.
  package var lastSeq = 0
  /// When something was last said, in milliseconds since 1970; `nil` for now.
  package var updatedAt: Int?
  /// The rules that held.
  package var rules = RuleSet.none
  /// What was seen of files; of another process's nothing.
  package var seen = SeenFiles()

  /// Nothing.
  package init() {}
}

extension Session {
  /// The session as a document.
  ///
  /// - Throws: ``Failure/Reason/failed`` while a run goes on.
  package func document() throws(Failure) -> SessionDocument {
    let (busy, document) = state.withLock { state in
      var document = SessionDocument(
        sessionId: id, createdAt: createdAt, options: state.options, exchanges: state.past.exchanges,
        usage: state.usage, cost: state.cost == .none ? nil : state.cost.wire,
        compacted: state.past.archive.exchanges)
      document.prefix = state.past.prefix
      return (state.queue.holder, document)
    }
    if let busy { throw .sessionBusy(id, with: busy) }
    return document
  }
}
