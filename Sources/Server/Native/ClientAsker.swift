package import Protocol

/// Asks the client, when it said that it answers such questions.
package struct ClientAsker: PermissionAsking {
  private let client: ClientCalls
  private let sink: any EventSink

  /// Questions to that client.
  package init(_ client: ClientCalls, sink: any EventSink) {
    self.client = client
    self.sink = sink
  }

  package var canAsk: Bool { client.capabilities.permission == true }

  package func ask(_ question: PermissionQuestion, about call: ToolCallInfo, of run: Run) async {
    let options = question.prompt.options.map { option in
      PermissionRequest.Option(
        optionId: option.id, kind: option.kind.rawValue, name: option.name,
        rules: option.rules.isEmpty ? nil : option.rules.map(\.text))
    }
    let request = PermissionRequest(
      sessionId: run.session.id, runId: run.id, toolCall: call, reason: question.prompt.why, options: options,
      expiresAt: question.expiresAt)
    let answer = try? await client.ask(request)
    guard !Task.isCancelled else { return }
    let chosen = answer?.optionId ?? question.defaultOption.id
    if question.answer(chosen, updatedInput: answer?.updatedInput) == .unknownOption {
      question.answer(question.defaultOption.id)
    }
  }

  package func tell(_ outcome: PermissionResolved.Outcome, of call: ToolCallInfo, in run: Run) {
    sink.tell(
      PermissionResolved(sessionId: run.session.id, runId: run.id, toolCallId: call.toolCallId, outcome: outcome))
  }
}
