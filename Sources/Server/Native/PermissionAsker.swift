package import Protocol

/// Asks the client with `permission/request`, when it said that it answers such questions.
package struct PermissionAsker: PermissionAsking {
  private let client: NativeClient
  private let outbox: OutboxSink

  /// Questions to that client.
  package init(_ client: NativeClient, outbox: OutboxSink) {
    self.client = client
    self.outbox = outbox
  }

  package var canAsk: Bool { client.capabilities.permission == true }

  package func ask(_ question: PermissionQuestion, about call: ToolCallInfo, of run: RunName) async {
    let options = question.prompt.options.map { option in
      PermissionRequest.Option(
        optionId: option.id, kind: option.kind.rawValue, name: option.name,
        rules: option.rules.isEmpty ? nil : option.rules.map(\.text))
    }
    let request = PermissionRequest(
      sessionId: run.sessionId, runId: run.runId, toolCall: call, reason: question.prompt.why, options: options,
      expiresAt: question.expiresAt)
    let answer = try? await client.ask(request)
    guard !Task.isCancelled else { return }
    let chosen = answer?.optionId ?? question.defaultOption.id
    let receipt = question.answer(chosen, updatedInput: answer?.updatedInput, keep: answer?.keep == true)
    if receipt == .unknownOption { question.refuse() }
  }

  package func tell(_ outcome: PermissionResolved.Outcome, of call: ToolCallInfo, in run: RunName) {
    outbox.notify(
      PermissionResolved(sessionId: run.sessionId, runId: run.runId, toolCallId: call.toolCallId, outcome: outcome))
  }
}
