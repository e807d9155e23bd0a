/// Asks the person at the client something; only a client that said so in its capabilities is asked.
///
/// An error, another `action`, content that does not fit the schema, or silence until `expiresAt` is no answer. The question
/// is taken back with `$/cancelRequest` when nobody needs the answer any more.
package struct QuestionAsk: RequestMessage, Hashable {
  package static let method = "question/ask"
  package var sessionId: String
  /// The run that waits, if one does.
  package var runId: String?
  /// The provider's id of the call that asks, if one does.
  package var toolCallId: String?
  /// The name of the program that asks, if it is not this one: a server that serves tools.
  package var asker: String?
  /// What is asked, for people.
  package var message: String
  /// What is to be filled in: the JSON Schema of an object, flat as MCP's elicitation has it.
  package var schema: JSON
  /// When the question expires, in milliseconds since 1970.
  package var expiresAt: Int

  /// The answer.
  package struct Response: Codable, Hashable, Sendable {
    /// `accept`, `decline` or `cancel`.
    package var action: String
    /// What was filled in, with `accept`.
    package var content: JSONObject?
  }

  /// A question.
  package init(
    sessionId: String, runId: String?, toolCallId: String?, asker: String?, message: String, schema: JSON,
    expiresAt: Int
  ) {
    self.sessionId = sessionId
    self.runId = runId
    self.toolCallId = toolCallId
    self.asker = asker
    self.message = message
    self.schema = schema
    self.expiresAt = expiresAt
  }
}
