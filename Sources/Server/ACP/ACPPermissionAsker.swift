internal import Protocol

/// Asks the client with `session/request_permission`, which every client of the protocol answers.
struct ACPPermissionAsker: PermissionAsking {
  private let peer: Peer
  private let events: ACPSink

  /// Questions to that client.
  init(_ peer: Peer, _ events: ACPSink) {
    self.peer = peer
    self.events = events
  }

  var canAsk: Bool { true }

  func ask(_ question: PermissionQuestion, about call: ToolCallInfo, of run: RunName) async {
    let options = question.prompt.options.map {
      ACPPermissionRequest.Option(optionId: $0.kind.acpName, kind: $0.kind.acpName, name: $0.name)
    }
    var update = ACPToolCall.known(call)
    update["status"] = "pending"
    update["content"] = .array(ACPToolCall.changes(call.diff, call.locations) ?? [ACPToolCall.text(call.shownInput)])
    // Several clients show nothing but what stands in the question, others nothing but what was told before it.
    events.tell([.other("tool_call_update", update)], in: run.sessionId)
    let request = ACPPermissionRequest(sessionId: run.sessionId, toolCall: .object(update), options: options)
    let answer = try? await peer.ask(
      request, isAnsweredAnyway: { [events] in events.isCancelled(run.sessionId) })
    guard !Task.isCancelled else { return }
    let choice = Self.choice(in: answer)
    let chosen = question.prompt.options.first { $0.kind.acpName == choice }
    if chosen == nil, choice != "cancelled" { events.warnOfAnswers(in: run.sessionId) }
    question.answer((chosen ?? question.defaultOption).id)
  }

  /// The turn ends soon, and clients of this protocol know of no other word.
  func tell(_ outcome: PermissionResolved.Outcome, of call: ToolCallInfo, in run: RunName) {}

  /// The option that was chosen: `{"outcome":{"outcome":"selected","optionId":…}}`, or by careless clients its id alone.
  private static func choice(in answer: JSON?) -> String? {
    let outcome = answer?["outcome"]
    if let said = outcome?["outcome"]?.string { return said == "selected" ? outcome?["optionId"]?.string : said }
    return outcome?.string
  }
}

extension ToolCallInfo {
  /// What the call is given, for people: a command is a command.
  fileprivate var shownInput: String { input["command"]?.string ?? input.text }
}

extension PermissionOption.Kind {
  /// The kind in the protocol's spelling, which is the option's id, too: clients that hard-code ids use these.
  fileprivate var acpName: String {
    switch self {
    case .allowOnce: "allow_once"
    case .allowAlways: "allow_always"
    case .rejectOnce: "reject_once"
    case .rejectAlways: "reject_always"
    }
  }
}
