/// The limits of hooks, each with its reason.
enum HookLimits {
  /// Milliseconds a hook may take that does not say: a formatter of a large project takes some.
  static let timeoutMs = 60_000
  /// Signs of what one hook says to the model: a page; a log belongs in a file.
  static let wordsMax = 10_000
  /// How often a run's end may be put off: a hook that never lets it end would cost without bound.
  static let stopsMax = 8
  /// Signs of a command, and of what it printed, that a notice shows.
  static let shownMax = 300
}
