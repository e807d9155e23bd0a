internal import Protocol

/// Asks the client's person by a form: at once where the revision has a way back, else with the answer to the call.
struct AskPermissionAsker: PermissionAsking {
  private let peer: Peer
  private let asks: Asks

  /// Questions in those calls.
  init(_ peer: Peer, _ asks: Asks) {
    self.peer = peer
    self.asks = asks
  }

  var canAsk: Bool { asks.canAsk }

  func ask(_ question: PermissionQuestion, about call: ToolCallInfo, of run: RunName) async {
    guard canAsk, let ask = asks.ask(ofRun: run.runId), ask.terms.elicits else {
      return MCPElicitationForm.settle(question, by: nil)
    }
    let form = MCPElicitationForm.form(question, about: call, ask.terms)
    guard !ask.terms.revision.isModern else {
      ask.leave(Ask.Question(question: question, form: form))
      // The end of input may have come between the look and the question.
      if !canAsk { ask.refuseAll() }
      return
    }
    let answer = try? await peer.ask(form)
    guard !Task.isCancelled else { return }
    MCPElicitationForm.settle(question, by: answer)
  }

  /// A question that has ended is not put before the client again; a call whose client is away too long is given up.
  func tell(_ outcome: PermissionResolved.Outcome, of call: ToolCallInfo, in run: RunName) {
    if outcome == .expired { asks.questionExpired(inRun: run.runId) }
  }
}
