package import OperatingSystem

/// How often AWS's services are asked.
package enum ServiceTries {
  /// The number that somebody chose, the first try included; `nil` where nobody did.
  ///
  /// `AWS_MAX_ATTEMPTS`, the profile's `max_attempts`, or what `AWS_RETRY_MODE` or the profile's `retry_mode` stands for
  /// (AWS SDKs and Tools Reference Guide, "Retry behavior").
  ///
  /// - Throws: ``SettingError`` for a number below 1 or above ``RemoteCredentialLimits/serviceTriesChosenMax``, and for a
  ///   mode that is not `legacy`, `standard` or `adaptive`.
  package static func chosen(
    environment: ProcessEnvironment, profile: (_ name: String) -> String? = { _ in nil }
  ) throws(SettingError) -> Int? {
    let numbers = [(environment["AWS_MAX_ATTEMPTS"], "AWS_MAX_ATTEMPTS"), (profile("max_attempts"), "max_attempts")]
    for case (let text?, let name) in numbers {
      guard let number = Int(text), 1...RemoteCredentialLimits.serviceTriesChosenMax ~= number else {
        throw SettingError(
          "\(name) is not a number from 1 to \(RemoteCredentialLimits.serviceTriesChosenMax)",
          hint: "it counts the first try, too: 3 is usual")
      }
      return number
    }
    let modes = [(environment["AWS_RETRY_MODE"], "AWS_RETRY_MODE"), (profile("retry_mode"), "retry_mode")]
    for case (let text?, let name) in modes {
      switch text.lowercased() {
      case "legacy": return RemoteCredentialLimits.serviceTriesOfLegacy
      case "standard", "adaptive": return RemoteCredentialLimits.serviceTriesMax
      default: throw SettingError("\(name) is no mode", hint: "write legacy, standard or adaptive")
      }
    }
    return nil
  }
}

extension EndpointSettings {
  /// How often a service that gives credentials is asked; `usually` where nobody chose.
  func tries(usually: Int) throws(CredentialsError) -> Int {
    do { return try ServiceTries.chosen(environment: environment, profile: profile) ?? usually } catch {
      throw CredentialsError(misconfigured: error)
    }
  }
}
