package import Protocol

/// The seam between a provider and the network: libcurl in production, a recording in replay.
package protocol HTTPTransport: Sendable {
  /// Sends one request and returns as soon as the status and headers are there.
  ///
  /// Cancelling the task, then or while the body is read, ends the transfer and closes its socket.
  func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse
  /// The same, telling meanwhile for how many milliseconds no byte has come; the transfer goes on.
  func send(_ request: HTTPRequest, whileSilent: (_ milliseconds: Int) async -> Void) async throws(HTTPError)
    -> HTTPResponse
}

extension HTTPTransport {
  /// Nothing is told where a reply does not keep one waiting.
  package func send(_ request: HTTPRequest, whileSilent: (_ milliseconds: Int) async -> Void) async throws(HTTPError)
    -> HTTPResponse
  {
    try await send(request)
  }
}

/// One HTTP request, complete: what is here is what goes on the wire.
package struct HTTPRequest: Sendable {
  /// The method, in capitals.
  package var method: String
  /// The absolute URL, percent-encoded by the caller and never encoded again.
  package var url: String
  /// The headers in order; `Host`, `Content-Length` and `Accept-Encoding` are added by the transport.
  package var headers: [HTTPHeader]
  /// The body; empty for none.
  package var body: [UInt8]
  /// How long to wait for what.
  package var timeouts: HTTPTimeouts
  /// The numeric addresses that the host's name stands for, in place of what a look-up would give; empty to look it up.
  ///
  /// Whoever has checked them can be sure that no other one is connected to.
  package var addresses: [String] = []
  /// Whether a configured proxy carries it; what only this machine or its own link can answer must not leave by one.
  package var usesProxy = true
  /// The certificates to trust for this request in place of what the transport trusts; `nil` for those.
  package var authorities: TrustSettings.File?

  /// A request with the usual timeouts.
  package init(
    method: String, url: String, headers: [HTTPHeader] = [], body: [UInt8] = [], timeouts: HTTPTimeouts = .init()
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeouts = timeouts
  }
}

/// A request header, which may carry a secret.
package struct HTTPHeader: Sendable {
  /// A header's value: shown in logs, or not.
  package enum Value: Sendable {
    case plain(String)
    /// A secret behind a public prefix such as `Bearer `.
    case secret(prefix: String, Secret)
  }
  /// The name as sent.
  package var name: String
  /// The value as sent.
  package var value: Value

  /// A header that may be shown.
  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = .plain(value)
  }

  /// A header that may not be shown.
  package init(_ name: String, prefix: String = "", secret: Secret) {
    self.name = name
    self.value = .secret(prefix: prefix, secret)
  }
}

/// How long a transfer may wait, in milliseconds.
package struct HTTPTimeouts: Sendable {
  /// For the connection, TLS included.
  package var connectMax = HTTPLimits.connectMax
  /// Without a byte in either direction, headers included, before the transfer fails; a paused transfer does not count.
  package var idleMax = HTTPLimits.idleMax
  /// Without a byte, before and between notices that nothing comes; 0 for none.
  package var idleNotice = HTTPLimits.idleNotice
  /// For the whole transfer, from its start to the last byte; 0 for no limit.
  ///
  /// A server that dribbles is never idle.
  package var totalMax = 0

  /// The usual timeouts.
  package init() {}
}

/// Status and headers of a reply whose body is still coming.
package struct HTTPResponse: Sendable {
  /// The status code of the final response.
  package var status: Int
  /// The headers of the final response, in order.
  package var headers: HTTPHeaders
  /// The body, to be read to its end or dropped.
  package var body: any HTTPBody

  /// A reply.
  package init(status: Int, headers: HTTPHeaders, body: any HTTPBody) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// Response headers; names are compared without case (RFC 9110 section 5.1).
package struct HTTPHeaders: Sendable {
  /// Names and values in the order received, values trimmed.
  package var fields: [(name: String, value: String)]

  /// These headers.
  package init(_ fields: [(name: String, value: String)] = []) { self.fields = fields }

  /// The first value of that name, given in lower case.
  package subscript(name: String) -> String? { fields.first { $0.name.lowercased() == name }?.value }

  /// The moment at which the server replied, in milliseconds since 1970; `nil` where it does not say.
  var date: Int? { self["date"].flatMap(HTTPDate.milliseconds) }
}

/// A response body as it arrives.
///
/// A reader that does not ask makes the transfer pause: at most `HTTPLimits.bodyBufferedMax` bytes wait in memory.
/// Dropping the body unread closes the socket.
package protocol HTTPBody: AnyObject, Sendable {
  /// All that has arrived since the last call, waiting for at least one byte; `nil` at the end of the body.
  func next() async throws(HTTPError) -> HTTPChunk?
}

/// What reading a body gives.
package enum HTTPChunk: Sendable, Equatable {
  /// At least one byte.
  case bytes([UInt8])
  /// No byte has come for this many milliseconds; the transfer goes on.
  case idle(milliseconds: Int)
}

/// Why a transfer failed before its end.
package struct HTTPError: Error, Sendable, Hashable {
  /// What helps against a proxy that lets nobody through whom it does not know (407).
  static let proxyPasswordHint =
    "the proxy wants a user and a password: write them into its address, HTTPS_PROXY=http://user:password@host:port"
  /// What is said of a proxy's URL that is not written as one; it may hold a password, so it is not shown.
  static let unusableProxy = "the proxy's URL is not written as it should be"
  /// What helps against it.
  static let proxyURLHint =
    "write HTTPS_PROXY as http://user:password@host:port; in a password / is %2F, @ %40, : %3A, # %23, ? %3F and % %25"
  /// The kinds of failure that callers tell apart.
  package enum Kind: String, Sendable, Codable {
    case cancelled, libraryMissing, resolve, connect, tls, proxy, connectTimeout, idleTimeout, closedEarly, badRequest,
      protocolError, noDescriptor, other
  }
  /// What happened.
  package var kind: Kind
  /// What happened, for a person: which host, what the library said; never a secret.
  package var message: String
  /// Whether any byte of the response had been received.
  package var responseStarted: Bool
  /// The step that would help, where the failure says which; `nil` for the usual one of its kind.
  package var hint: String?
  /// Whether another try can do nothing about it: what is wrong stands in a setting, or in what the other side has.
  package var stays = false

  /// A failure.
  package init(_ kind: Kind, _ message: String, responseStarted: Bool = false) {
    self.kind = kind
    self.message = message
    self.responseStarted = responseStarted
  }
}
