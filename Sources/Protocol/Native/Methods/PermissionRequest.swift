/// Asks the client whether a call of a tool may happen; only a client that said so in its capabilities is asked.
///
/// An error, no `optionId`, or silence until `expiresAt` refuses the call. The question is taken back with
/// `$/cancelRequest` when nobody needs to answer it any more.
package struct PermissionRequest: RequestMessage, Hashable {
  package static let method = "permission/request"
  package var sessionId: String
  /// The run that waits.
  package var runId: String
  package var toolCall: ToolCallInfo
  /// Why it is asked, in a sentence.
  package var reason: String
  /// The answers there are.
  package var options: [Option]
  /// When the question expires, in milliseconds since 1970.
  package var expiresAt: Int

  /// One answer.
  package struct Option: Codable, Hashable, Sendable {
    /// The name to answer with.
    package var optionId: String
    /// What it does: `allowOnce`, `allowAlways`, `rejectOnce` or `rejectAlways`.
    package var kind: String
    /// Its words for people.
    package var name: String
    /// The rules that it adds to the session.
    package var rules: [String]?

    /// An answer.
    package init(optionId: String, kind: String, name: String, rules: [String]?) {
      self.optionId = optionId
      self.kind = kind
      self.name = name
      self.rules = rules
    }
  }

  /// The choice.
  package struct Response: Codable, Hashable, Sendable {
    /// The answer that was chosen; absent when the person turned away.
    package var optionId: String?
    /// Another input to run the tool with, with an answer that allows.
    package var updatedInput: JSON?
    /// Whether an answer that is to hold always is kept beyond the session, in the person's folder of settings.
    package var keep: Bool?
  }

  /// A question.
  package init(
    sessionId: String, runId: String, toolCall: ToolCallInfo, reason: String, options: [Option], expiresAt: Int
  ) {
    self.sessionId = sessionId
    self.runId = runId
    self.toolCall = toolCall
    self.reason = reason
    self.options = options
    self.expiresAt = expiresAt
  }
}
