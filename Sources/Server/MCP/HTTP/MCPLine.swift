internal import Protocol
internal import Providers

/// Where one server is reached, with what goes along to it and to nobody else.
struct MCPLine: Sendable {
  /// Its address.
  let address: WebAddress
  /// Hides what was configured, where a server echoes it.
  let mask: SecretMask
  /// Whether the headers that were configured say who asks.
  let saysWho: Bool
  private let headers: [HTTPHeader]
  private let transport: any HTTPTransport

  /// Headers that say what a message is: they are ours to write.
  private static let own: Set = [
    "accept", "content-type", "content-length", "transfer-encoding", "connection", "mcp-session-id",
    "mcp-protocol-version", "mcp-method", "mcp-name", "last-event-id",
  ]

  /// The line to that address.
  ///
  /// - Throws: ``MCPFailure/unusable(_:)`` when it is no URL.
  init(
    _ url: String, headers: [MCPServerSettings.Variable], by transport: any HTTPTransport
  ) throws(MCPFailure) {
    do throws(ToolError) { address = try WebAddress(url) } catch {
      throw .unusable("its url cannot be used: \(error.message)")
    }
    self.transport = transport
    var sent = headers.filter { !Self.own.contains($0.name.lowercased()) }
    if !sent.contains(where: { $0.name.lowercased() == "user-agent" }) {
      sent.insert(.init("User-Agent", "\(Version.name)/\(Version.number)"), at: 0)
    }
    self.headers = sent.map { HTTPHeader($0.name, secret: Secret($0.value)) }
    saysWho = headers.contains { $0.name.lowercased() == "authorization" }
    mask = MCPServerSettings.mask(
      of: headers, query: address.path.split(separator: "?", maxSplits: 1).dropFirst().first ?? "")
  }

  /// An address as it is shown: without its query, which may hold a secret.
  static func shown(_ address: WebAddress) -> String {
    "\(address.scheme)://\(address.place)\(address.path.prefix { $0 != "?" })"
  }

  /// Whether two addresses are of one origin (RFC 6454): what may be sent to one may be sent to the other.
  static func isSameOrigin(_ one: WebAddress, _ other: WebAddress) -> Bool {
    one.scheme == other.scheme && one.host == other.host && one.port == other.port
  }

  /// Sends a request, also where the server says within its origin that it is now.
  ///
  /// - Throws: A failure of the connection, or that the server leads elsewhere.
  func send(
    _ method: String, _ headers: [HTTPHeader], body: [UInt8] = [], to place: WebAddress? = nil, totalMax: Int = 0,
    idleMax: Int = MCPHTTPLimits.connectionIdleMax
  ) async throws(HTTPError) -> HTTPResponse {
    var place = place ?? address
    for _ in 0...MCPHTTPLimits.redirectsMax {
      var request = HTTPRequest(method: method, url: place.text, headers: self.headers + headers, body: body)
      request.timeouts.connectMax = MCPHTTPLimits.connectMax
      request.timeouts.idleMax = idleMax
      request.timeouts.idleNotice = MCPHTTPLimits.restIdleMax
      request.timeouts.totalMax = totalMax
      let response = try await transport.send(request)
      guard [301, 302, 303, 307, 308].contains(response.status), let location = response.headers["location"] else {
        return response
      }
      place = try next(location, from: place, response.status)
    }
    throw HTTPError(.protocolError, "\(Self.shown(address)) leads on and on", responseStarted: true)
  }

  /// Where a redirect leads: a message goes on only within the origin, and as it is.
  private func next(_ location: String, from place: WebAddress, _ status: Int) throws(HTTPError) -> WebAddress {
    let next = try? place.following(location)
    if let next, status == 307 || status == 308, Self.isSameOrigin(next, place) { return next }
    let there = next.map { ", to \(Self.shown($0))" } ?? ""
    throw HTTPError(
      .protocolError,
      "\(Self.shown(place)) leads elsewhere (\(status)\(there)), which is not followed: if that is the server, set its url "
        + "to it",
      responseStarted: true)
  }

  /// Reads the rest of an answer that has said what it is to say, so that its connection serves the next request; for as
  /// long as it comes at once.
  static func hearOut(_ body: any HTTPBody) {
    Task {
      for _ in 0..<MCPHTTPLimits.restPiecesMax {
        guard case .bytes? = try? await body.next() else { return }
      }
    }
  }

  /// A document of anybody's, fetched within some milliseconds without saying who asks; `nil` when there is none.
  func document(at place: WebAddress, addresses: [String], within limit: Int) async -> JSON? {
    var request = HTTPRequest(
      method: "GET", url: place.text,
      headers: [
        HTTPHeader("User-Agent", "\(Version.name)/\(Version.number)"), HTTPHeader("Accept", "application/json"),
        HTTPHeader("MCP-Protocol-Version", MCPRevision.modern.rawValue),
      ])
    request.addresses = addresses
    request.timeouts.connectMax = limit
    request.timeouts.totalMax = limit
    guard let response = try? await transport.send(request), response.status == 200,
      let body = try? await response.body.whole(bytesMax: MCPHTTPLimits.documentBytesMax)
    else { return nil }
    return try? JSON.parse(body.span)
  }

  /// A failure of the connection as it is told.
  func failure(_ error: HTTPError) -> MCPFailure {
    if error.kind == .cancelled { return .cancelled }
    let hint = error.hint.map { ": \($0)" } ?? ""
    return .gone(mask.masked(error.message + hint))
  }
}
