/// Asks the person at the client whether a call of a tool may happen.
package struct ACPPermissionRequest: RequestMessage, Hashable {
  package static let method = "session/request_permission"
  /// As it came: careless clients answer with less than they should.
  package typealias Response = JSON
  package var sessionId: String
  /// The call, as a `tool_call_update` has it.
  package var toolCall: JSON
  /// The answers there are.
  package var options: [Option]

  /// One answer.
  package struct Option: Codable, Hashable, Sendable {
    /// The name to answer with.
    package var optionId: String
    /// `allow_once`, `allow_always`, `reject_once` or `reject_always`.
    package var kind: String
    /// Its words for people.
    package var name: String

    /// An answer.
    package init(optionId: String, kind: String, name: String) {
      self.optionId = optionId
      self.kind = kind
      self.name = name
    }
  }

  /// A question.
  package init(sessionId: String, toolCall: JSON, options: [Option]) {
    self.sessionId = sessionId
    self.toolCall = toolCall
    self.options = options
  }
}
