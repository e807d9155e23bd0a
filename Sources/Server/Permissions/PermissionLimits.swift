/// The limits of permissions, each with its reason.
package enum PermissionLimits {
  // MARK: Rules

  /// Rules of one list: each call is held against all of them, and no person keeps an overview of more.
  package static let rulesMax = 1_000
  /// Bytes of one rule: as long as the longest path of a file system.
  package static let ruleBytesMax = 4_096
  /// Rules that one "always" may add: more than these cannot be read before answering.
  package static let rulesOfOneAnswerMax = 5

  /// Files and folders that are looked through for other names of a file: what rules are about lies in no larger tree, and
  /// it takes less than a second.
  static let linkedFilesMax = 50_000
  /// Bytes of a `.gitignore` that is looked at; of a longer one nothing counts.
  static let ignoreBytesMax = 64 * 1024
  /// Folders within folders that are looked through for them: no people's tree is deeper.
  static let folderDepthMax = 64
  /// Names at a path's end that may not be there when its links are followed: a few new folders.
  static let missingNamesMax = 16

  /// Words of a client's tool's input that may name a path: more are data.
  package static let wordsOfInputMax = 100

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

  /// Words of one line that may name a path: more come from programs, and are asked about.
  static let wordsMax = 4_000
  /// Signs of the name of a kind of signs in brackets, as in `[:alnum:]`, with those that close it.
  static let bracketNameMax = 16
  /// Braces of one word, and words that they make: people write a few.
  static let bracesMax = 16
  static let choicesMax = 64
  /// Bytes of a name that a file may have; no file system takes more.
  static let nameMax = 1_024
  /// Signs of a word that a reason shows.
  static let shownWordMax = 80
  /// Folders that a line may have gone to, one of which a path begins in.
  static let foldersMax = 16
  /// Places of an option's word at which a path may begin.
  static let optionLettersMax = 32
  /// Names of folders that are looked through for what a wildcard takes, so that links among it are found.
  static let expandedMax = 4_000
  /// Places of a line that are looked up among the files.
  static let lookedUpMax = 500
  /// Steps of holding a line's places against rules: some tenths of a second.
  static let comparedMax = 4_000_000
  /// Words of a command of which it is looked up where they lead: a person's have fewer, and each asks the disk.
  package static let wordsLookedAtMax = 500

  // MARK: Questions

  /// Milliseconds a question waits when nobody says how long: a person at another window comes back within these.
  package static let questionMs = 600_000
  /// Milliseconds a question may wait at most: a day, after which nobody remembers the run.
  package static let questionMsMax = 86_400_000
  /// Characters of a call's title, and of other texts that are shown in one line; the rest is counted.
  package static let shownMax = 2_000
  /// Bytes of what a call would do that a terminal shows at once: several screens; the rest is shown when it is asked for,
  /// and must be before it is allowed.
  package static let questionBytesMax = 64 * 1024
  /// Columns of a terminal that does not say how many it has.
  static let columnsUsual = 80
  /// Bytes of an answer typed on a terminal: more is pasted by mistake.
  package static let answerBytesMax = 64
}
