package import OperatingSystem

/// Where the instance metadata service is, and whether it may be asked.
///
/// Strongest first: an address (`AWS_EC2_METADATA_SERVICE_ENDPOINT`, the profile's
/// `ec2_metadata_service_endpoint`), then a mode (`AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE`, the profile's
/// `ec2_metadata_service_endpoint_mode`), then IPv4. (AWS SDKs and Tools Reference Guide, "IMDS credential provider".)
package struct MetadataEndpoint: Sendable {
  private let environment: ProcessEnvironment
  /// The profile's address; `nil` when it has none.
  package var profileAddress: String?
  /// The profile's mode; `nil` when it has none.
  package var profileMode: String?
  /// The profile's `metadata_service_timeout` and `metadata_service_num_attempts`.
  package var profilePatience: (timeout: String?, tries: String?) = (nil, nil)

  /// What the environment and, if they are given, the profile's values say.
  package init(environment: ProcessEnvironment, profileAddress: String? = nil, profileMode: String? = nil) {
    self.environment = environment
    self.profileAddress = profileAddress
    self.profileMode = profileMode
  }

  /// Whether `AWS_EC2_METADATA_DISABLED` is `true`, in any case: then nothing is asked.
  package var isDisabled: Bool { environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true" }

  /// The address, without a slash at its end.
  ///
  /// - Throws: ``CredentialsError`` for what is no URL, and for a mode that is neither `IPv4` nor `IPv6`.
  package func url() throws(CredentialsError) -> String {
    let addresses = [
      (environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"], "AWS_EC2_METADATA_SERVICE_ENDPOINT"),
      (profileAddress, "the profile's ec2_metadata_service_endpoint"),
    ]
    for case (let address?, let name) in addresses where !address.isEmpty {
      do { return try BaseURL.normalized(address, name: name, example: MetadataEndpoint.version4) } catch {
        throw CredentialsError(misconfigured: error)
      }
    }
    let modes = [
      (environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"], "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"),
      (profileMode, "the profile's ec2_metadata_service_endpoint_mode"),
    ]
    for case (let mode?, let name) in modes where !mode.isEmpty {
      switch mode.lowercased() {
      case "ipv4": return MetadataEndpoint.version4
      case "ipv6": return MetadataEndpoint.version6
      default:
        throw CredentialsError(
          .configuration, "\(name): `\(mode.prefix(40))` is not a valid endpoint mode", hint: "use IPv4 or IPv6")
      }
    }
    return MetadataEndpoint.version4
  }

  /// Milliseconds for one call that somebody chose, by `AWS_METADATA_SERVICE_TIMEOUT` in seconds; `nil` for nobody.
  func callMax() throws(CredentialsError) -> Int? {
    let limit = RemoteCredentialLimits.metadataCallChosenMax
    guard let text = environment["AWS_METADATA_SERVICE_TIMEOUT"] ?? profilePatience.timeout else { return nil }
    guard let seconds = Double(text), seconds > 0, seconds * 1_000 <= Double(limit) else {
      throw CredentialsError(
        .configuration, "AWS_METADATA_SERVICE_TIMEOUT is not a number of seconds up to \(limit / 1_000)",
        hint: "1 is usual")
    }
    return Int(seconds * 1_000)
  }

  /// Tries of one call that somebody chose, by `AWS_METADATA_SERVICE_NUM_ATTEMPTS`; `nil` for nobody.
  func tries() throws(CredentialsError) -> Int? {
    let limit = RemoteCredentialLimits.metadataTriesChosenMax
    guard let text = environment["AWS_METADATA_SERVICE_NUM_ATTEMPTS"] ?? profilePatience.tries else { return nil }
    guard let number = Int(text), 1...limit ~= number else {
      throw CredentialsError(
        .configuration, "AWS_METADATA_SERVICE_NUM_ATTEMPTS is not a number from 1 to \(limit)", hint: "1 is usual")
    }
    return number
  }

  private static let version4 = "http://169.254.169.254"
  private static let version6 = "http://[fd00:ec2::254]"
}
