/// The limits of what a model gets to see of a conversation, and of how long a run goes on, each with its reason.
package enum ContextLimits {
  // MARK: The end of an answer

  /// Times in a row that a paused answer is sent back: the API pauses after ten rounds of its own tools, so this is a
  /// hundred of them without a word to the person.
  package static let pausesMax = 10
  /// Times in one run that the model is asked to go on after `max_tokens`: an answer of five times the length that was
  /// allowed is no longer the one that was wanted.
  package static let continuationsMax = 4

  // MARK: The form of an answer

  /// Tokens of a conversation above which another form of the answer is asked for in words first: where the service sees
  /// to it, all that was said is written to its cache anew.
  package static let formChangeMax = 16_000
  /// Milliseconds after which the service's cache has forgotten a conversation that nobody goes on with.
  package static let cacheLifeMs = 300_000

  // MARK: Compaction

  /// Tokens of a request above which a conversation is summarized when nobody says how many: models lose track far below
  /// the end of a window of a million, and each turn costs by what it reads.
  package static let compactionTokens = 160_000
  /// The share of the window, in percent, that it may be at most: the results of one more turn and an answer must fit, too.
  package static let compactionPercent = 40
  /// The share that a session's own wish may be at most: beyond it one turn may overflow the window.
  package static let compactionPercentMax = 80
  /// The share, in percent, of the tokens above which a whole request costs more: one turn must fit between.
  package static let dearPercent = 90
  /// Tokens of a summary, with room for what the model thinks first.
  package static let summaryTokensMax = 16_384
  /// The share of a window, in percent of its tokens as bytes of text at three bytes a token, that is left of a
  /// conversation which does not fit: estimates may be wrong by as much.
  package static let lightenedPercent = 50
  /// Bytes of one tool result or input in what is to be summarized, when the whole does not fit: its beginning and end tell
  /// what it was.
  package static let summarizedBlockMax = 4 * 1024
  /// Bytes of exchanges kept behind a summary for export: a long day's work; the oldest go first.
  package static let archiveMax = 32 * 1024 * 1024

  // MARK: Estimates

  /// Permille by which a real count may correct an estimate, either way: beyond it the two are not of the same text.
  package static let correction = 250...4_000
}
