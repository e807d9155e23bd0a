/// Where a service of AWS is asked, beside Bedrock itself: a configured address, or AWS's own for a region.
///
/// Source: the SDKs' "service-specific endpoints" and "dual-stack and FIPS endpoints".
package struct ConfiguredEndpoint: Sendable {
  /// A service by its names.
  package struct Service: Sendable, Hashable {
    /// Its name in variables, `AWS_ENDPOINT_URL_SSO_OIDC`, and in lower case in `services` sections.
    package var name: String
    /// The beginning of its host: `oidc` in `oidc.us-east-1.amazonaws.com`.
    package var host: String

    /// A service.
    package init(name: String, host: String) {
      self.name = name
      self.host = host
    }
  }

  private let environment: ProcessEnvironment
  private let profiles: Profiles

  /// The addresses that these variables and files configure.
  package init(environment: ProcessEnvironment, profiles: Profiles) {
    self.environment = environment
    self.profiles = profiles
  }

  /// The service's address, without a slash at its end.
  ///
  /// - Throws: ``CredentialsError`` when an address is none, or the region could not stand in a host name: it would
  ///   send tokens elsewhere.
  package func url(_ service: Service, region: String) throws(CredentialsError) -> String {
    if let override = override(service) {
      do { return try BaseURL.normalized(override.address, name: override.name) } catch {
        throw CredentialsError(.configuration, error.message, hint: error.hint)
      }
    }
    guard !region.isEmpty, region.utf8.count <= 63, region.utf8.allSatisfy(Self.isLabel), region.utf8.first != hyphen
    else {
      throw CredentialsError(
        .configuration, "the region of \(service.host) is not a region: it may hold a-z, 0-9 and '-' only",
        hint: "write it like us-east-1")
    }
    let isFIPS = isOn("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")
    let isDualStack = isOn("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")
    let domains = Self.domains(of: region)
    return
      "https://\(service.host)\(isFIPS ? "-fips" : "").\(region).\(isDualStack ? domains.dualStack : domains.usual)"
  }

  /// A configured address and what configured it, the strongest first.
  private func override(_ service: Service) -> (address: String, name: String)? {
    let ignored =
      environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"].map { $0.lowercased() == "true" }
      ?? profiles.isOn("ignore_configured_endpoint_urls")
    guard !ignored else { return nil }
    for name in ["AWS_ENDPOINT_URL_\(service.name)", "AWS_ENDPOINT_URL"] {
      if let address = environment[name] { return (address, name) }
    }
    let profile = profiles.selectedName
    if let address = profiles.serviceEndpoint(service.name.lowercased()) {
      return (address, "endpoint_url of \(service.name.lowercased()) in the services of profile \(profile)")
    }
    return profiles.endpoint.map { ($0, "endpoint_url of profile \(profile)") }
  }

  private func isOn(_ variable: String, _ property: String) -> Bool {
    environment[variable].map { $0.lowercased() == "true" } ?? profiles.isOn(property)
  }

  private static func isLabel(_ byte: UInt8) -> Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == hyphen
  }

  /// The domains of a region's part of AWS, for hosts with IPv4 only and with IPv6 too.
  private static func domains(of region: String) -> (usual: String, dualStack: String) {
    let known: [(String, String, String)] = [
      ("cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"), ("us-iso-", "c2s.ic.gov", "api.aws.ic.gov"),
      ("us-isob-", "sc2s.sgov.gov", "api.aws.scloud"), ("eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
      ("us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
      ("eusc-", "amazonaws.eu", "api.amazonwebservices.eu"),
    ]
    let found = known.first { region.hasPrefix($0.0) }
    return (found?.1 ?? "amazonaws.com", found?.2 ?? "api.aws")
  }
}

private let hyphen = UInt8(ascii: "-")
