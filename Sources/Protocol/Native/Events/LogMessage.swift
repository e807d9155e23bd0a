/// A line for the client's log (LSP 3.17).
package struct LogMessage: NotificationMessage, Hashable {
  package static let method = "window/logMessage"
  /// How grave it is: 1 error, 2 warning, 3 information, 4 log.
  package var type: Int
  /// The line.
  package var message: String

  /// A line of warning.
  package init(warning message: String) {
    type = 2
    self.message = message
  }

  /// A line of information.
  package init(information message: String) {
    type = 3
    self.message = message
  }
}
