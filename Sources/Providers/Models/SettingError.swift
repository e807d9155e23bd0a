/// A setting that makes no sense: a region, an address or a switch that somebody has written down wrongly.
///
/// Whoever asks for the setting says what its failure means there: a model call that cannot be made, or credentials that
/// cannot be found.
package struct SettingError: Error, Sendable, Hashable {
  /// Which setting, and what is wrong with it, for a person; never a value that may hold a secret.
  package var message: String
  /// How it may be written; `nil` where the message says so.
  package var hint: String?

  /// A setting that makes no sense.
  package init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }
}
