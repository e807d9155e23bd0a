internal import Protocol
internal import Providers

/// The headers that say what a message says, in the form of each era.
enum MCPHeaders {
  /// Both forms of an answer are read.
  static let accept = HTTPHeader("Accept", "application/json, text/event-stream")
  /// A stream is wanted.
  static let acceptStream = HTTPHeader("Accept", "text/event-stream")
  /// What a message is.
  static let contentType = HTTPHeader("Content-Type", "application/json")

  /// The revision that a request of the modern era names; `nil` for one of the handshake's.
  static func modernRevision(of params: JSONObject) -> String? {
    params["_meta"]?[MCPMeta.protocolVersion]?.string
  }

  /// What a request of the modern era says outside its body, for whoever passes it on.
  static func modern(_ request: MCPRequest, revision: String) -> [HTTPHeader] {
    var headers = [
      HTTPHeader("MCP-Protocol-Version", encoded(revision)), HTTPHeader("Mcp-Method", encoded(request.method)),
    ]
    let named: String? =
      switch request.method {
      case "tools/call", "prompts/get": "name"
      case "resources/read": "uri"
      default: nil
      }
    if let named, let name = request.params[named]?.string { headers.append(HTTPHeader("Mcp-Name", encoded(name))) }
    for (name, value) in request.argumentHeaders { headers.append(HTTPHeader(name, encoded(value))) }
    return headers
  }

  /// What goes with the messages of a session.
  static func legacy(session: String?, revision: MCPRevision?) -> [HTTPHeader] {
    var headers: [HTTPHeader] = []
    if let session { headers.append(HTTPHeader("Mcp-Session-Id", secret: Secret(session))) }
    if let revision { headers.append(HTTPHeader("MCP-Protocol-Version", encoded(revision.rawValue))) }
    return headers
  }

  /// A value as a header carries it: in Base64 where it would not arrive as it is, or looks as if it were so already.
  static func encoded(_ value: String) -> String {
    let (start, end) = ("=?base64?", "?=")
    let isPlain = value.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    let hasEdge = value.utf8.first == 0x20 || value.utf8.last == 0x20
    let looksEncoded = value.hasPrefix(start) && value.hasSuffix(end)
    guard !isPlain || hasEdge || looksEncoded else { return value }
    return start + Base64.encode(Array(value.utf8).span) + end
  }
}
