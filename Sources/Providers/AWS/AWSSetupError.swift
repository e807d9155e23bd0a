/// Why AWS cannot be asked from this process.
package enum AWSSetupError: Error, Sendable, Hashable {
  /// A region, an address or a switch makes no sense.
  case setting(SettingError)
  /// The user's files give no credentials.
  case credentials(CredentialsError)
}

extension CredentialsError {
  /// The same for somebody who wants credentials only.
  package init(_ failure: AWSSetupError) {
    switch failure {
    case .setting(let setting): self.init(misconfigured: setting)
    case .credentials(let error): self = error
    }
  }
}
