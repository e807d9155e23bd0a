package import OperatingSystem
internal import Synchronization

/// Whom to trust for requests to AWS, in the order of the AWS SDKs: `AWS_CA_BUNDLE`, then the profile's `ca_bundle`.
package final class AWSAuthorities: Sendable {
  private let variable: TrustSettings.File?
  private let profile = Mutex<(@Sendable () -> String?)?>(nil)

  /// What the variable says; profiles are asked once they are there.
  package init(environment: ProcessEnvironment) {
    variable = environment["AWS_CA_BUNDLE"].map { TrustSettings.File(path: $0, setting: "AWS_CA_BUNDLE") }
  }

  /// Has that setup say from now on which profile is selected.
  package func ask(_ setup: AWSSetup) {
    profile.withLock { $0 = { [weak setup] in setup?.certificateFile } }
  }

  /// The file of the moment, as another profile may be selected; `nil` when neither names one.
  package var file: TrustSettings.File? {
    if let variable { return variable }
    let ask = profile.withLock { $0 }
    return ask?().map { TrustSettings.File(path: $0, setting: "the profile's ca_bundle") }
  }
}
