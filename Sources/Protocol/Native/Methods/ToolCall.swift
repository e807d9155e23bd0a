/// Asks the client to run one of the tools that it registered.
package struct ToolCall: RequestMessage, Hashable {
  package static let method = "tool/call"
  package var sessionId: String
  /// The run that waits.
  package var runId: String
  /// The provider's id of the call.
  package var toolCallId: String
  /// Which of the tools that the client offered.
  package var name: String
  /// What it is given; it follows the tool's schema.
  package var input: JSON

  /// What the tool gave.
  package struct Response: Codable, Hashable, Sendable {
    /// Content blocks as MCP's tools give them: `text`, `image`, `audio`, `resource`, `resource_link`; a plain string will do.
    package var content: JSON?
    /// The same as a value, which stands for content where there is none.
    package var structuredContent: JSON?
    /// Whether the model should take it for a failure.
    package var isError: Bool?

    package init(from decoder: any Decoder) throws {
      let members = try decoder.container(keyedBy: CodingKeys.self)
      content = try members.decodeIfPresent(JSON.self, forKey: .content)
      structuredContent = try members.decodeIfPresent(JSON.self, forKey: .structuredContent)
      isError = try members.decodeIfPresent(Bool.self, forKey: .isError)
      guard content != nil || structuredContent != nil else {
        throw JSONDecodingError(
          path: "content", reason: "is missing: a tool answers with 'content' or 'structuredContent'")
      }
    }
  }

  /// A call.
  package init(sessionId: String, runId: String, toolCallId: String, name: String, input: JSON) {
    self.sessionId = sessionId
    self.runId = runId
    self.toolCallId = toolCallId
    self.name = name
    self.input = input
  }
}
