/// The limits of settings, each with its reason.
enum SettingsLimits {
  /// Bytes of a file of settings: a thousand rules and a hundred servers have less.
  static let fileBytesMax = 256 * 1024
  /// Notices of one file: nobody reads more, and a hostile file would make a million.
  static let noticesMax = 20
  /// Signs of what a file says that a notice shows.
  static let shownMax = 200
  /// Bytes of the file that keeps what a person has said: all that ``keptMax`` entries take.
  static let stateBytesMax = 8 * 1024 * 1024
  /// Entries of each kind in it, of which the oldest go: a person answers some a day.
  static let keptMax = 2_000
  /// Seconds that a hook may take: the longest test suite that somebody waits for.
  static let hookSecondsMax = 3_600.0
  /// How often another process is waited for that writes it, and how long each time: it writes for milliseconds.
  static let lockTriesMax = 200
  static let lockWaitMs = 10
}
