package import OperatingSystem

/// Where a service of AWS is asked, and for which region requests are signed: the two always go together.
package struct Endpoint: Sendable, Hashable {
  /// Whose address it is, which the signature names, too.
  package var service: AWSService
  /// The address, without a slash at its end; a path is to be put before the request's own.
  package var url: String
  /// The region in the signature.
  package var region: Region
}

/// What decides where services are asked: the environment, a profile, and what a client wants.
package struct EndpointSettings: Sendable {
  /// The variables.
  package var environment: ProcessEnvironment
  /// A setting of the profile in use, by its name, such as `endpoint_url` or `use_fips_endpoint`.
  package var profile: @Sendable (_ name: String) -> String?
  /// The `endpoint_url` of a service in the profile's `services` section, by the service's name in settings.
  package var profileService: @Sendable (_ service: String) -> String?

  /// Settings without a profile, unless one is given.
  package init(
    environment: ProcessEnvironment,
    profile: @escaping @Sendable (_ name: String) -> String? = { _ in nil },
    profileService: @escaping @Sendable (_ service: String) -> String? = { _ in nil }
  ) {
    self.environment = environment
    self.profile = profile
    self.profileService = profileService
  }

  /// The settings of the environment and of the profile in use.
  package init(environment: ProcessEnvironment, profiles: Profiles) {
    self.init(
      environment: environment, profile: { profiles.selected?[$0] }, profileService: { profiles.serviceEndpoint($0) })
  }

  /// Where a service is asked for a region.
  ///
  /// The first of these decides: for models `ANTHROPIC_BEDROCK_BASE_URL`; for all services
  /// `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, the profile's for the service, the profile's for all, AWS's own
  /// host. `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` leaves out the four that AWS's SDKs read.
  ///
  /// - Throws: ``SettingError`` for an address that could lead elsewhere than it seems to, and for FIPS or dual-stack
  ///   hosts together with one: whoever demands them must not get another host instead.
  package func endpoint(of service: AWSService, region: Region) throws(SettingError) -> Endpoint {
    let fips = try flag("AWS_USE_FIPS_ENDPOINT", profileName: "use_fips_endpoint")
    let dualStack = try flag("AWS_USE_DUALSTACK_ENDPOINT", profileName: "use_dualstack_endpoint")
    guard let override = try override(of: service) else {
      let host = service.host(region: region, fips: fips, dualStack: dualStack)
      return Endpoint(service: service, url: "https://\(host)", region: region)
    }
    for (isOn, name, variable) in [
      (fips, "FIPS", "AWS_USE_FIPS_ENDPOINT"), (dualStack, "Dualstack", "AWS_USE_DUALSTACK_ENDPOINT"),
    ] where isOn {
      throw SettingError(
        "Invalid Configuration: \(name) and custom endpoint are not supported (the endpoint is \(override.name))",
        hint: "unset \(variable), or the custom endpoint")
    }
    let url = try BaseURL.normalized(
      override.url, name: override.name, example: "https://\(service.usualHost)",
      credentialsHint: "credentials come from AWS's credential chain or AWS_BEARER_TOKEN_BEDROCK")
    return Endpoint(service: service, url: url, region: region)
  }

  /// Where a model is asked: in its ARN's own region when it has one, else in the region given.
  ///
  /// - Returns: The endpoint, and what a person should know when the region is another than the one configured.
  package func endpoint(ofModel model: String, region: Region) throws(SettingError) -> (Endpoint, notice: String?) {
    guard let arn = ModelARN(model), let name = arn.region, name != region.name else {
      return (try endpoint(of: .bedrockRuntime, region: region), nil)
    }
    let own = try Region(name, source: .model)
    let notice =
      "the model's ARN belongs to \(own.name), so it is asked there and not in \(region.name) (\(region.source))"
    return (try endpoint(of: .bedrockRuntime, region: own), notice)
  }

  /// The address of a service for the region of that name, for the sources of credentials.
  ///
  /// - Throws: ``CredentialsError`` that names the setting which is wrong: a token must not go where nobody meant it to.
  package func url(of service: AWSService, region name: String) throws(CredentialsError) -> String {
    let region: Region
    do { region = try Region(name) } catch {
      throw CredentialsError(.configuration, "\(service.title) cannot be asked: \(error.message)", hint: error.hint)
    }
    do { return try endpoint(of: service, region: region).url } catch { throw CredentialsError(misconfigured: error) }
  }

  private func override(of service: AWSService) throws(SettingError) -> (url: String, name: String)? {
    if service == .bedrockRuntime, let url = environment["ANTHROPIC_BEDROCK_BASE_URL"] {
      return (url, "ANTHROPIC_BEDROCK_BASE_URL")
    }
    if try flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", profileName: "ignore_configured_endpoint_urls") { return nil }
    for variable in ["AWS_ENDPOINT_URL_\(service.settingsName.uppercased())", "AWS_ENDPOINT_URL"] {
      if let url = environment[variable] { return (url, variable) }
    }
    if let url = set(profileService(service.settingsName)) {
      return (url, "the profile's \(service.settingsName) endpoint_url")
    }
    return set(profile("endpoint_url")).map { ($0, "the profile's endpoint_url") }
  }

  /// A switch; the variable goes before the profile.
  ///
  /// A value that is neither yes nor no is refused: FIPS hosts must not be missed because of a typing error.
  private func flag(_ variable: String, profileName: String) throws(SettingError) -> Bool {
    let inProfile = set(profile(profileName)).map { ($0, "the profile's \(profileName)") }
    guard let (value, name) = environment[variable].map({ ($0, variable) }) ?? inProfile else { return false }
    switch value.lowercased() {
    case "true", "1": return true
    case "false", "0": return false
    default:
      throw SettingError("\(name) is neither 'true' nor 'false'", hint: "set it to one of them")
    }
  }

  private func set(_ text: String?) -> String? { text.flatMap(ProcessEnvironment.value) }
}
