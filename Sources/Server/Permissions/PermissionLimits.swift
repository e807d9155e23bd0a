/// The limits of permissions, each with its reason.
package enum PermissionLimits {
  // MARK: Rules

  /// Rules of one list: each call is held against all of them, and no person keeps an overview of more.
  package static let rulesMax = 1_000
  /// Bytes of one rule: as long as the longest path of a file system.
  package static let ruleBytesMax = 4_096
  /// Rules that one "always" may add: more than these cannot be read before answering.
  package static let rulesOfOneAnswerMax = 5

  // MARK: Shell lines

  /// Bytes of a line that is judged: longer ones hold data, and a person does not read them either.
  package static let lineBytesMax = 64 * 1024
  /// Commands of one line: far above any real one, so that a hostile line costs milliseconds.
  package static let commandsMax = 1_000
  /// Commands within commands: shells take more, people do not.
  package static let nestingMax = 32
  /// Reasons kept why a line cannot be judged: one is enough, and a person reads the first.
  package static let obstaclesMax = 32
  /// Words behind an unfamiliar wrapper at which its command may begin.
  package static let suspectsMax = 32

  /// Words of a command of which it is looked up where they lead: a person's have fewer, and each asks the disk.
  package static let wordsLookedAtMax = 500

  // MARK: Questions

  /// Milliseconds a question waits when nobody says how long: a person at another window comes back within these.
  package static let questionMs = 600_000
  /// Milliseconds a question may wait at most: a day, after which nobody remembers the run.
  package static let questionMsMax = 86_400_000
  /// Characters of a subject's title that a terminal shows; the rest is counted.
  package static let shownMax = 2_000
  /// Bytes of an answer typed on a terminal: more is pasted by mistake.
  package static let answerBytesMax = 64
}
