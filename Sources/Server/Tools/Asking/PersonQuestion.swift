package import Protocol

/// A question to the person at the client: a message, and a form to fill in.
package struct PersonQuestion: Hashable, Sendable {
  /// The session that it is about.
  package var sessionId: String
  /// The run that waits; `nil` where none does.
  package var runId: String?
  /// The provider's id of the call that asks; `nil` where none does.
  package var toolCallId: String?
  /// The name of the program that asks, if it is not this one: a server that serves tools.
  package var asker: String?
  /// What is asked, for people.
  package var message: String
  /// What is to be filled in: the JSON Schema of an object whose members are texts, numbers, truth values or choices, none of
  /// them an object.
  package var form: JSON
  /// When it expires, in milliseconds since 1970; ``QuestionDesk`` says it.
  package internal(set) var expiresAt = 0

  /// A question.
  package init(
    sessionId: String, runId: String? = nil, toolCallId: String? = nil, asker: String? = nil, message: String,
    form: JSON
  ) {
    self.sessionId = sessionId
    self.runId = runId
    self.toolCallId = toolCallId
    self.asker = asker
    self.message = message
    self.form = form
  }
}

/// What became of a question to a person.
package enum PersonAnswer: Hashable, Sendable {
  /// The form, filled in.
  case accepted(JSONObject)
  /// The person does not want to answer; so count answers that make no sense.
  case declined
  /// The person turned away, or the question was taken back.
  case cancelled
  /// Nobody answered in time.
  case expired

  /// The answer that the words of the wire mean: `accept` with what was filled in, `cancel`, and everything else declines.
  package init(action: String?, content: JSONObject?) {
    switch action {
    case "accept": self = .accepted(content ?? [:])
    case "cancel": self = .cancelled
    default: self = .declined
    }
  }
}

/// Somebody who has a person to ask.
package protocol PersonAsking: Sendable {
  /// Whether there is a person who can be asked, for all that is known now.
  var canAskPerson: Bool { get }
  /// Asks, and waits for the answer; cancelling the task takes the question back.
  func ask(_ question: PersonQuestion) async -> PersonAnswer
}
