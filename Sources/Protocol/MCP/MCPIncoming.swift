/// What clients of the Model Context Protocol ask of a server (modelcontextprotocol.io, revisions 2024-11-05 to 2026-07-28).
package enum MCPIncoming {
  /// Whether a version is a revision of this protocol: a date, or the draft of one.
  package static func namesRevision(_ version: JSON?) -> Bool {
    guard let text = version?.string else { return false }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let isDate =
      parts.count >= 3
      && zip(parts, [4, 2, 2]).allSatisfy { part, count in
        part.utf8.count == count && part.utf8.allSatisfy { 0x30...0x39 ~= $0 }
      }
    return isDate || text.hasPrefix("DRAFT-")
  }

  /// Begins a conversation of the revisions with a handshake.
  package struct Initialize: RequestMessage, Hashable {
    package static let method = "initialize"
    package typealias Response = JSON
    /// The newest revision that the client speaks.
    package var protocolVersion: String
    /// What the client can do, as it came.
    package var capabilities: JSON?
  }

  /// Tells that the client has read the answer of `initialize`.
  package struct Initialized: NotificationMessage, Hashable {
    package static let method = "notifications/initialized"
  }

  /// Asks what the server is, in the revision without a handshake.
  package struct Discover: RequestMessage, Hashable {
    package static let method = "server/discover"
    package typealias Response = JSON
    /// The revision, and what the client can do, where there is no handshake.
    package var _meta: JSONObject?
  }

  /// Asks whether the server is there, in the revisions with a handshake.
  package struct Ping: RequestMessage, Hashable {
    package static let method = "ping"
    package typealias Response = JSON
    /// The revision, and what the client can do, where there is no handshake.
    package var _meta: JSONObject?
  }

  /// Asks which tools there are.
  package struct ToolsList: RequestMessage, Hashable {
    package static let method = "tools/list"
    package typealias Response = JSON
    /// Where to go on; nobody has one from here.
    package var cursor: String?
    /// As in ``Discover``.
    package var _meta: JSONObject?
  }

  /// Has a tool do its work, and waits for what comes of it.
  package struct ToolsCall: RequestMessage, Hashable {
    package static let method = "tools/call"
    package typealias Response = JSON
    /// Which tool, as `tools/list` names it.
    package var name: String
    /// What the tool is given, as it came.
    package var arguments: JSON?
    /// Answers to what an earlier answer asked, by name.
    package var inputResponses: JSONObject?
    /// That answer's state.
    package var requestState: String?
    /// The revision, the client's capabilities, and the token to tell progress under.
    package var _meta: JSONObject?
  }

  /// Asks the person at the client.
  package struct Elicit: RequestMessage, Hashable {
    package static let method = "elicitation/create"
    /// As it came: careless clients answer with less than they should.
    package typealias Response = JSON
    /// What to show.
    package var message: String
    /// What the answer is: a flat object of this JSON Schema.
    package var requestedSchema: JSON

    /// A question.
    package init(message: String, requestedSchema: JSON) {
      self.message = message
      self.requestedSchema = requestedSchema
    }
  }
}
