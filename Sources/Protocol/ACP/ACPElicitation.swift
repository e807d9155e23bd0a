/// Asks the person at the client to fill in a form.
package struct ACPElicitation: RequestMessage, Hashable {
  package static let method = "elicitation/create"
  /// As it came: whatever is no `accept` with what was asked for declines.
  package typealias Response = JSON
  package var sessionId: String
  /// The call that asks, if one does.
  package var toolCallId: String?
  /// `form`: there are others, which are not asked for.
  package var mode = "form"
  /// What is asked, for people.
  package var message: String
  /// What is to be filled in: the JSON Schema of an object, flat.
  package var requestedSchema: JSON

  /// A question.
  package init(sessionId: String, toolCallId: String?, message: String, requestedSchema: JSON) {
    self.sessionId = sessionId
    self.toolCallId = toolCallId
    self.message = message
    self.requestedSchema = requestedSchema
  }
}
