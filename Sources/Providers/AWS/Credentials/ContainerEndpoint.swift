package import OperatingSystem

/// Where a container's agent gives out credentials, by the environment (AWS SDKs and Tools Reference Guide, "Container
/// credential provider").
///
/// `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` is a path on the agent of ECS and goes before
/// `AWS_CONTAINER_CREDENTIALS_FULL_URI`. A full URL without TLS may lead to this machine or to one of AWS's own agents
/// only, as the task's token is sent there. A host name other than `localhost` is refused without TLS: what it means
/// could change between a check and the request.
package enum ContainerEndpoint {
  /// The URL to ask; `nil` when the environment names none.
  ///
  /// - Throws: ``CredentialsError`` that names the variable and, because a URL may hold a secret, not its value.
  package static func url(_ environment: ProcessEnvironment) throws(CredentialsError) -> String? {
    if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
      guard path.utf8.first == UInt8(ascii: "/"), isWritable(path) else {
        throw CredentialsError(
          .configuration, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is no path",
          hint: "it begins with '/' and has no blanks, as ECS sets it")
      }
      return "http://169.254.170.2" + path
    }
    guard let url = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] else { return nil }
    try check(url)
    return url
  }

  private static func check(_ url: String) throws(CredentialsError) {
    func refuse(_ reason: String) -> CredentialsError {
      CredentialsError(
        .configuration, "AWS_CONTAINER_CREDENTIALS_FULL_URI \(reason)",
        hint: "use https, or http to localhost, 169.254.170.2, 169.254.170.23 or [fd00:ec2::23]")
    }
    guard isWritable(url) else { throw refuse("has a character that no URL may have") }
    guard let mark = url.firstRange(of: "://") else { throw refuse("did not specify a host: it is no whole URL") }
    let scheme = url[..<mark.lowerBound].lowercased()
    guard scheme == "https" || scheme == "http" else { throw refuse("is neither https nor http") }
    let authority = url[mark.upperBound...].prefix { $0 != "/" && $0 != "?" }
    guard !authority.contains("@") else { throw refuse("has a user name in it") }
    let host = authority.hasPrefix("[") ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
    guard authority.hasPrefix(host) else { throw refuse("has a host that cannot be read") }
    guard !host.isEmpty else { throw refuse("did not specify a host") }
    let port = authority.dropFirst(host.count)
    guard port.isEmpty || port.first == ":" && port.dropFirst().utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else {
      throw refuse("has a host that cannot be read")
    }
    guard scheme == "https" || isAllowedWithoutTLS(host) else {
      throw refuse("did not refer to the loopback interface or an agent of AWS, and is not https")
    }
  }

  private static func isAllowedWithoutTLS(_ host: some StringProtocol) -> Bool {
    guard let address = NetworkAddress(host: host) else { return host.lowercased() == "localhost" }
    return address.isLoopback || agents.contains(address)
  }

  /// The agents of ECS, and of EKS by IPv4 and IPv6.
  private static let agents: Set<NetworkAddress> = [
    .version4([169, 254, 170, 2]), .version4([169, 254, 170, 23]), .version6([0xFD00, 0xEC2, 0, 0, 0, 0, 0, 0x23]),
  ]

  /// Whether a text has only characters that a URL may have (RFC 3986); a fragment never reaches a server.
  private static func isWritable(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"<>\\^`{|}#".utf8.contains($0) }
  }
}
