/// Why a configured source gave no credentials.
package struct CredentialsError: Error, Sendable, Hashable {
  /// What callers tell apart.
  package enum Kind: String, Sendable, Hashable {
    /// The configuration makes no sense: a file that cannot be parsed, a profile that is not there, a loop.
    case configuration
    /// Somebody must log in again or renew what the source rests on.
    case expired
    /// The source answered that this identity may not have them.
    case denied
    /// The source could not be reached or did not answer properly.
    case unavailable
    /// The task that waited for them was cancelled.
    case cancelled
  }
  /// What kind of failure it was.
  package var kind: Kind
  /// What, which and why, for a person; never a secret.
  package var message: String
  /// The step that would help, such as `aws sso login --profile dev`.
  package var hint: String?

  /// A failure.
  package init(_ kind: Kind, _ message: String, hint: String? = nil) {
    self.kind = kind
    self.message = message
    self.hint = hint
  }

  /// A setting that makes no sense, as whoever reads the settings says it.
  init(misconfigured setting: SettingError) { self.init(.configuration, setting.message, hint: setting.hint) }
}
