package import OperatingSystem
import Protocol

/// Credentials of the role that a container runs as, from the agent beside it: ECS, EKS Pod Identity, and what imitates
/// them.
package struct ContainerCredentials: CredentialSource {
  private let environment: ProcessEnvironment
  private let files: FileSource
  private let transport: any HTTPTransport
  private let time: TimeSource

  /// The source; nothing is read or asked yet.
  package init(
    environment: ProcessEnvironment, files: FileSource, transport: any HTTPTransport, time: TimeSource
  ) {
    self.environment = environment
    self.files = files
    self.transport = transport
    self.time = time
  }

  /// The role's credentials; `nil` unless the environment names the agent.
  package func credentials() async throws(CredentialsError) -> AWSCredentials? {
    guard let url = try ContainerEndpoint.url(environment) else { return nil }
    let token = try token()
    var request = HTTPRequest(method: "GET", url: url, headers: [HTTPHeader("accept", "application/json")])
    if let token { request.headers.append(HTTPHeader("authorization", secret: token)) }
    // Without TLS it is this machine or its own link, which no proxy can reach.
    request.usesProxy = url.lowercased().hasPrefix("https:")
    request.timeouts.connectMax = RemoteCredentialLimits.containerConnectMax
    request.timeouts.totalMax = RemoteCredentialLimits.containerCallMax
    request.timeouts.idleNotice = 0
    let mask = SecretMask(token.map { [$0] } ?? [])
    return try await CredentialsError.trying(
      times: RemoteCredentialLimits.containerTriesMax, firstDelay: RemoteCredentialLimits.containerRetryDelayFirst,
      time: time
    ) { () throws(CredentialsError) in try await ask(request, mask) }
  }

  /// What the agent is to be shown: the token file's content, else the variable's.
  ///
  /// The file is read each time, as EKS replaces it. It is sent as it is: a line break in it is refused, not trimmed,
  /// since a header would end there.
  private func token() throws(CredentialsError) -> Secret? {
    let name = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
    guard let path = environment[name] else {
      return try environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"].map {
        (text) throws(CredentialsError) in try checked(text, "AWS_CONTAINER_AUTHORIZATION_TOKEN")
      }
    }
    let bytes: [UInt8]?
    do { bytes = try files.read(path) } catch {
      throw CredentialsError(.configuration, "the file of \(name) cannot be read: \(error.message)")
    }
    guard let bytes, let text = String(validating: bytes, as: UTF8.self) else {
      throw CredentialsError(
        .configuration, "the file of \(name) is \(bytes == nil ? "not there" : "no text"): '\(path)'",
        hint: "check the variable, or the mount that should hold the file")
    }
    return try checked(text, "the file of \(name)")
  }

  private func checked(_ token: String, _ name: String) throws(CredentialsError) -> Secret {
    guard !token.isEmpty, token.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
      throw CredentialsError(
        .configuration,
        "\(name) \(token.isEmpty ? "is empty" : "has a line break or another character no header may have")",
        hint: "it must hold the token and nothing else, not even a line end")
    }
    return Secret(token)
  }

  private func ask(_ request: HTTPRequest, _ mask: SecretMask) async throws(CredentialsError)
    -> CredentialAttempt<AWSCredentials?>
  {
    try await transport.credentialReply(
      to: request, failing: "the container's credentials could not be asked for",
      hint: "check that the agent runs where the AWS_CONTAINER_CREDENTIALS_ variables say", mask: mask
    ).then { reply throws(CredentialsError) in
      guard reply.status == 200 else {
        let failure = refusal(reply, mask)
        guard reply.mayPass else { throw failure }
        return .mayPass(failure)
      }
      do throws(CredentialsError) {
        // An agent of one's own may give out credentials that do not end.
        return .settled(
          try CredentialDocument(reply.body, origin: "the reply of the container's agent")
            .roleCredentials(isTemporary: false, source: "container"))
      } catch {
        // An agent that is starting answers before it has what to say.
        return .mayPass(error)
      }
    }
  }

  private func refusal(_ reply: WholeReply, _ mask: SecretMask) -> CredentialsError {
    let said = try? CredentialDocument(reply.body, origin: "")
    let texts = [said?.text("code"), said?.text("message")].compactMap(\.self).joined(separator: ": ")
    let quoted = texts.isEmpty ? "" : ": " + mask.masked(String(texts.prefix(RemoteCredentialLimits.messageMax)))
    let isRefused = reply.status == 401 || reply.status == 403
    return CredentialsError(
      isRefused ? .denied : .unavailable, "the container's agent answered \(reply.status)\(quoted)",
      hint: isRefused ? "check AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, and the role of the task or pod" : nil)
  }
}
