package import Protocol
package import Providers

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
  /// What was seen of files; of another process's nothing.
  package var seen = SeenFiles()

  /// Nothing.
  package init() {}
}
