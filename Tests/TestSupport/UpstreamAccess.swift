internal import Protocol

/// Whom an ``Upstream`` lets in, and what it says to others.
package struct UpstreamAccess: Sendable {
  /// The secret of each access key.
  package var secrets = [BedrockServer.accessKeyID: BedrockServer.secretAccessKey]
  /// The token that must come with an access key.
  package var tokens: [String: String] = [:]
  /// Access keys that have ended.
  package var expired: Set<String> = []
  /// Keys for Bedrock alone.
  package var bearers: Set<String> = []

  /// The usual access key, without a token.
  package init() {}

  /// Who sends a request, whether it is true or not: an access key's id, or the word that comes as a key.
  static func name(of request: LoopbackRequest) -> String {
    if let signature = RequestSignature(request) { return signature.accessKeyID }
    return bearer(of: request) ?? request["x-api-key"] ?? "nobody"
  }

  private static func bearer(of request: LoopbackRequest) -> String? {
    request["authorization"].flatMap { $0.hasPrefix("Bearer ") ? String($0.dropFirst(7)) : nil }
  }

  /// Lets a request pass.
  func check(_ request: LoopbackRequest, _ service: Upstream.Service) throws(UpstreamRefusal) {
    guard service == .bedrock else {
      guard request["x-api-key"] != nil || request["authorization"] != nil else {
        throw UpstreamRefusal(401, "authentication_error", "x-api-key header is required", isFlaw: true)
      }
      return
    }
    if let bearer = Self.bearer(of: request) {
      guard bearers.contains(bearer) else {
        throw UpstreamRefusal(
          403, "AccessDeniedException", "Authentication failed: Please make sure your API Key is valid.")
      }
      return
    }
    guard let signature = RequestSignature(request) else {
      throw UpstreamRefusal(
        403, "MissingAuthenticationTokenException", "Missing Authentication Token", isFlaw: true)
    }
    let id = signature.accessKeyID
    guard let secret = secrets[id], tokens[id] == request["x-amz-security-token"] else {
      throw UpstreamRefusal(
        403, "UnrecognizedClientException", "The security token included in the request is invalid.",
        isFlaw: secrets[id] != nil)
    }
    if let flaw = signature.flaw(of: request, secret: secret) {
      throw UpstreamRefusal(403, "InvalidSignatureException", flaw, isFlaw: true)
    }
    guard !expired.contains(id) else {
      throw UpstreamRefusal(403, "ExpiredTokenException", "The security token included in the request is expired")
    }
  }
}

/// A refusal in the words of a service.
package struct UpstreamRefusal: Error {
  /// The HTTP status.
  package var status: Int
  /// The service's name of the error.
  package var type: String
  /// What it says.
  package var message: String
  /// Whether no client should ever be told this.
  var isFlaw: Bool

  /// A refusal.
  package init(_ status: Int, _ type: String, _ message: String, isFlaw: Bool = false) {
    (self.status, self.type, self.message, self.isFlaw) = (status, type, message, isFlaw)
  }

  /// What no client should ever be told: its request is wrong.
  static func invalid(_ message: String) -> UpstreamRefusal {
    UpstreamRefusal(400, "invalid_request_error", message, isFlaw: true)
  }

  /// Bedrock's name of the error.
  private var exception: String {
    guard !type.hasSuffix("Exception") else { return type }
    return switch status {
    case 400, 413: "ValidationException"
    case 401, 403: "AccessDeniedException"
    case 404: "ResourceNotFoundException"
    case 429: "ThrottlingException"
    default: "InternalServerException"
    }
  }

  /// Refuses as that service does.
  package func send(
    _ service: Upstream.Service, headers: [(String, String)] = [], to connection: LoopbackConnection
  ) throws {
    switch service {
    case .anthropic:
      let error: JSON = ["type": "error", "error": ["type": .string(type), "message": .string(message)]]
      try connection.reply(
        status, [("content-type", "application/json"), ("request-id", "req_1")] + headers, body: error.serialized)
    case .bedrock:
      let body: JSON = ["message": .string(message)]
      let own = [
        ("Content-Type", "application/json"), ("x-amzn-ErrorType", "\(exception):http://internal.amazon.com/coral/"),
        ("x-amzn-RequestId", "id-bedrock-1"),
      ]
      try connection.reply(status, own + headers, body: body.serialized)
    }
  }
}
