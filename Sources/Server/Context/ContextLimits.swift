/// The limits of what a model gets to see of a conversation, and of how long a run goes on, each with its reason.
package enum ContextLimits {
  // MARK: The end of an answer

  /// Times in a row that a paused answer is sent back: the API pauses after ten rounds of its own tools, so this is a
  /// hundred of them without a word to the person.
  package static let pausesMax = 10
  /// Times in one run that the model is asked to go on after `max_tokens`: an answer of five times the length that was
  /// allowed is no longer the one that was wanted.
  package static let continuationsMax = 4

  // MARK: Compaction

  /// The share of the window, in percent, above which a conversation is made shorter: models lose track when it is full,
  /// and one more turn with a large tool result must still fit.
  package static let compactionPercent = 80
  /// Exchanges that stay word for word: the last question, and what it refers to.
  package static let exchangesKept = 2
  /// Tokens of a summary: enough for goals, decisions and names, a small part of any window.
  package static let summaryTokens = 4_096
  /// Bytes of one tool result or input in what is to be summarized, when the whole does not fit: its beginning and end tell
  /// what it was.
  package static let summarizedBlockMax = 4 * 1024
  /// Bytes of exchanges kept behind a summary for export: a long day's work; the oldest go first.
  package static let archiveMax = 32 * 1024 * 1024

  // MARK: Estimates

  /// Permille by which a real count may correct an estimate, either way: beyond it the two are not of the same text.
  package static let correction = 250...4_000
}
