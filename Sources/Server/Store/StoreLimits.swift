internal import Protocol

/// The limits of stored sessions, each with its reason.
package enum StoreLimits {
  /// Bytes read of a file at once: few calls for a long one, and little room for a short one.
  static let readBytes = 256 * 1024
  /// Bytes of one line: more than any run says, with all images that a request holds; a file without line ends is none of ours.
  static let lineBytesMax = 512 * 1024 * 1024
  /// Nesting of one line: what a message may have, with what stands around it.
  static let depthMax = JSONLimits.depthMax + 16
  /// Bytes of a file's end in which its last line's state is looked for first: it has some hundred, and is rarely longer.
  static let tailBytes = 2 * 1024
  /// By how much that grows until the state is found.
  static let tailGrowth = 16
  /// Bytes of a file's beginning that tell what it is.
  static let headBytes = 64
  /// Bytes of a session's name in the name of its file; file systems take 255 in all.
  static let nameBytesMax = 180
  /// Bytes of a longer name that stay readable before what tells it from others.
  static let nameBytesKept = 100
  /// Times that a file is opened again because its name was given to another one meanwhile.
  static let opensMax = 8
  /// Files whose state is remembered between two lists: at half a kilobyte each ten megabytes.
  static let statesKeptMax = 20_000
  /// Milliseconds by which the clock of a file system may be behind ours.
  static let clockSlackMs = 2_000
  /// Lines that wait while a file cannot be written: a day's work of one session.
  static let linesWaitingMax = 10_000
  /// The bytes of memory that they may hold; most of it the session holds as well.
  static let waitingBytesMax = 256 * 1024 * 1024
  /// Characters of a value that is quoted where it is wrong.
  static let quotedMax = 80
  /// Characters shown around words that were looked for.
  static let matchMax = 120
  /// Words that are looked for at once: more is a text.
  package static let wordsMax = 16
  /// Bytes of each.
  package static let wordBytesMax = 256
  /// Days that sessions may be asked to be kept: ten years, beyond which nobody means a number.
  package static let keepDaysMax = 3_650
}
