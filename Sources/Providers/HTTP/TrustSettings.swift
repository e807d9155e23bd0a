package import OperatingSystem
package import Protocol

/// Whom connections trust, and who they say that they are.
package struct TrustSettings: Sendable, Hashable {
  /// A file, and the setting that named it.
  package struct File: Sendable, Hashable {
    /// Where it is.
    package var path: String
    /// The variable or the setting of a profile, for messages.
    package var setting: String

    /// A file.
    package init(path: String, setting: String) {
      self.path = path
      self.setting = setting
    }
  }

  /// A certificate of one's own, for servers and gateways that ask for one (mutual TLS).
  package struct Identity: Sendable, Hashable {
    /// The certificate, in PEM form (`CLAUDE_CODE_CLIENT_CERT`).
    package var certificate: String
    /// Its key; the same file where none is named (`CLAUDE_CODE_CLIENT_KEY`).
    package var key: String
    /// What the key is encrypted with (`CLAUDE_CODE_CLIENT_KEY_PASSPHRASE`).
    package var passphrase: Secret?
  }

  /// The certificates to trust in place of the system's, in PEM form (`SSL_CERT_FILE`); `nil` for the system's.
  package var authorities: File?
  /// Certificates to trust beside them (`NODE_EXTRA_CA_CERTS`).
  package var more: File?
  /// Who we are; `nil` for nobody.
  package var identity: Identity?

  /// The system's certificates, and none of one's own.
  package init() {}

  /// What the variables say; those for a client's certificate are named as Claude Code has them.
  package init(environment: ProcessEnvironment) {
    func file(_ name: String) -> File? { environment[name].map { File(path: $0, setting: name) } }
    authorities = file("SSL_CERT_FILE")
    more = file("NODE_EXTRA_CA_CERTS")
    identity = environment["CLAUDE_CODE_CLIENT_CERT"].map { certificate in
      Identity(
        certificate: certificate, key: environment["CLAUDE_CODE_CLIENT_KEY"] ?? certificate,
        passphrase: environment["CLAUDE_CODE_CLIENT_KEY_PASSPHRASE"].map(Secret.init))
    }
  }
}

/// Sends every request of one service by another transport, trusting other certificates where that service has its own.
package struct TrustingTransport: HTTPTransport {
  private let inner: any HTTPTransport
  private let authorities: @Sendable () -> TrustSettings.File?

  /// A transport that asks before each request whom to trust; `nil` leaves it at what the other transport trusts.
  package init(_ inner: any HTTPTransport, authorities: @escaping @Sendable () -> TrustSettings.File?) {
    self.inner = inner
    self.authorities = authorities
  }

  package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    try await inner.send(trusting(request))
  }

  package func send(_ request: HTTPRequest, whileSilent: (_ milliseconds: Int) async -> Void) async throws(HTTPError)
    -> HTTPResponse
  {
    try await inner.send(trusting(request), whileSilent: whileSilent)
  }

  private func trusting(_ request: HTTPRequest) -> HTTPRequest {
    var request = request
    request.authorities = authorities() ?? request.authorities
    return request
  }
}
