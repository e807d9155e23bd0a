internal import Protocol

/// Asks the person with `question/ask`, when the client said that it answers such questions.
package struct PersonAsker: PersonAsking {
  private let client: NativeClient

  /// Questions to that client.
  package init(_ client: NativeClient) { self.client = client }

  package var canAskPerson: Bool { client.capabilities.question == true }

  package func ask(_ question: PersonQuestion) async -> PersonAnswer {
    let request = QuestionAsk(
      sessionId: question.sessionId, runId: question.runId, toolCallId: question.toolCallId, asker: question.asker,
      message: question.message, schema: question.form, expiresAt: question.expiresAt)
    let answer = try? await client.ask(request)
    return PersonAnswer(action: answer?.action, content: answer?.content)
  }
}
