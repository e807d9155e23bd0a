/// How much the Agent Client Protocol's face tells of at once.
enum ACPLimits {
  /// Bytes of a text in a tool call's content.
  static let contentMax = 64 * 1024
  /// Bytes of a command's output that are shown while it runs, the last ones.
  static let outputShown = 32 * 1024
  /// Milliseconds between two looks at a command's output.
  static let outputEvery = 250
  /// Sessions on a page of `session/list`.
  static let sessionsPage = 100
}
