/// A line of the trace that `$/setTrace` asked for (LSP 3.17).
package struct LogTrace: NotificationMessage, Hashable {
  package static let method = "$/logTrace"
  /// What happened.
  package var message: String
  /// More, at level `verbose`.
  package var verbose: String?

  /// A line.
  package init(message: String, verbose: String?) {
    self.message = message
    self.verbose = verbose
  }
}
