/// Where an AWS service is reached, by what the environment or the caller says.
///
/// Strongest first: `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, the caller's rule, which knows the profile and
/// the partitions. `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true` switches the variables off (AWS SDKs and Tools Reference
/// Guide, "Service-specific endpoints").
package struct ServiceEndpoint: Sendable {
  private let service: String
  private let environment: ProcessEnvironment
  private let standard: @Sendable (_ region: String) -> String

  /// An endpoint; `service` is the service's id as variables have it, such as `STS` or `SECRETS_MANAGER`.
  package init(
    _ service: String, environment: ProcessEnvironment, standard: @escaping @Sendable (_ region: String) -> String
  ) {
    self.service = service
    self.environment = environment
    self.standard = standard
  }

  /// The address for a region, without a slash at its end.
  ///
  /// - Throws: ``CredentialsError`` for a variable that holds no URL, or a region that could lead to another host.
  package func url(region: String) throws(CredentialsError) -> String {
    guard ServiceEndpoint.isRegion(region) else {
      throw CredentialsError(
        .configuration, "the region for \(service) is not one: it has characters other than a-z, 0-9 and '-'",
        hint: "set AWS_REGION to a name like us-east-1")
    }
    let isIgnored = environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]?.lowercased() == "true"
    for name in isIgnored ? [] : ["AWS_ENDPOINT_URL_\(service)", "AWS_ENDPOINT_URL"] {
      if let url = environment[name] { return try ServiceEndpoint.checked(url, name: name) }
    }
    return try ServiceEndpoint.checked(standard(region), name: "the endpoint of \(service)")
  }

  /// A configured address, without a slash at its end; it is not quoted in errors, because it may hold a password.
  static func checked(_ url: String, name: String) throws(CredentialsError) -> String {
    let hint = "write it like https://host.example or http://127.0.0.1:4566"
    let host = url.firstRange(of: "://").map { url[$0.upperBound...].prefix { $0 != "/" } } ?? ""
    guard !host.contains("@") else {
      throw CredentialsError(
        .configuration, "\(name) has a user name or password, which an endpoint cannot have", hint: hint)
    }
    do { return try BaseURL.normalized(url, name: name) } catch {
      throw CredentialsError(.configuration, error.message, hint: hint)
    }
  }

  /// Whether a text may be a part of a host's name: anything else would send a signed request elsewhere.
  package static func isRegion(_ text: String) -> Bool {
    (1...63).contains(text.utf8.count) && text.utf8.first != UInt8(ascii: "-") && text.utf8.last != UInt8(ascii: "-")
      && text.utf8.allSatisfy { 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == UInt8(ascii: "-") }
  }
}
