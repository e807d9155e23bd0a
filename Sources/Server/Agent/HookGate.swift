internal import Protocol

/// Hooks before a call: the first of its gates, so that rules and persons decide on what is really done.
struct HookGate: ToolGate {
  let hooks: Hooks
  let desk: PermissionDesk

  func judge(_ call: GatedCall, of run: Run) async -> GateVerdict {
    let answer = await hooks.before(call, of: run, mode: desk.mode(of: run.session))
    if let refusal = answer.refusal { return .no("A hook of the person's refused this: \(refusal)") }
    return .told(updatedInput: answer.input, question: answer.question, words: answer.words)
  }

  func refusal(ofEdited call: GatedCall, of run: Run) async -> String? { nil }
}
