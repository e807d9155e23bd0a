internal import Protocol
internal import Providers

/// What a client of the protocol has been told of a session: where the message that streams belongs, which calls are open,
/// which options it knows.
struct ACPProgress {
  /// One `session/update`.
  enum Update {
    /// A piece of text, by far the most frequent: `agent_message_chunk` or `agent_thought_chunk`.
    case chunk(isThought: Bool, text: String, messageId: String)
    /// Any other, by its kind.
    case other(String, JSONObject)
  }

  private struct Command {
    var output = ""
    var shownAt = Int.min
    /// Where it is shown instead of as text.
    var screen: Screen?
  }

  /// Where the client shows a command.
  enum Screen {
    /// In the terminal of that id, where it runs.
    case terminal(String)
    /// In a display of what it prints here, in that folder; the call's id is the display's, as clients have it.
    case display(folder: String)
  }

  /// Whether the client has been told the session's commands at a prompt.
  var knowsCommands = false
  /// Whether the client has cancelled the run that goes on.
  var isCancelled = false
  /// The window of the session's model in tokens; `nil` where it is not known.
  var window: Int?
  /// The tokens of the answer that streams, its prompt among them.
  private var used = 0
  private let client: ACPClient
  private var message = ACPMessageName()
  private var open: [String: Command] = [:]
  private var title: String?
  private var mode: PermissionMode?
  private var options: [ACPOption]?

  /// Nothing was told to that client.
  init(client: ACPClient) { self.client = client }

  /// What events are in this protocol; nothing for what has no form here.
  mutating func updates(for batch: [SessionEvent], at now: Int) -> [Update] {
    var updates: [Update] = []
    updates.reserveCapacity(batch.count)
    for event in batch {
      // Nearly all are of these kinds.
      switch event.event {
      case .delta(.text, _, let text):
        updates.append(.chunk(isThought: false, text: text, messageId: message.text()))
      case .delta(.thinking, _, let text):
        updates.append(.chunk(isThought: true, text: text, messageId: message.thought()))
      default: updates += others(for: event, at: now)
      }
    }
    return updates
  }

  private mutating func others(for event: SessionEvent, at now: Int) -> [Update] {
    switch event.event {
    case .delta: return []
    case .usage(let usage):
      used = usage.all
      return []
    case .started:
      message = ACPMessageName(of: event.runId)
      isCancelled = false
      return []
    case .messageStart:
      message.begin()
      return []
    case .messageEnd(let reason):
      message.end(because: reason)
      return Self.usage(used, of: window).map { [.other("usage_update", $0)] } ?? []
    case .toolCallBegun, .toolCall, .toolStarted, .toolOutput, .toolResult: return tool(event.event, at: now)
    case .delegated(let id, let event): return delegated(event, by: id, at: now)
    case .plan(let steps): return [.other("plan", ["entries": .array(steps.map(Self.entry))])]
    case .compaction(_, let summary): return [compaction("compaction-\(event.seq)", summary)]
    case .retry(let retry):
      message.isDropped()
      let wait = "Try \(retry.attempt) of \(retry.of) follows in \(retry.delayMs) ms."
      return notice(.warning, retry.reason, wait)
    case .stalled(let idleMs): return notice(.warning, "Nothing has come from the model for \(idleMs / 1_000) s")
    case .notice(let text): return notice(.info, text)
    case .modelChanged(let model, let text): return notice(.info, "Now asked: \(model.providerModelId)", text)
    case .completed(let end): return completed(end)
    }
  }

  /// How full the window is; `nil` where nothing is known of that.
  static func usage(_ used: Int, of window: Int?) -> JSONObject? {
    guard used > 0, let window else { return nil }
    return ["used": .number(JSONNumber(used)), "size": .number(JSONNumber(window))]
  }

  private mutating func tool(_ event: AgentEvent, at now: Int) -> [Update] {
    switch event {
    case .toolCallBegun(_, let id, let name):
      open[id] = Command()
      return [.other("tool_call", ACPToolCall.begun(id, name: name, input: nil))]
    case .toolCall(let call):
      guard let id = call.callId else { return [] }
      guard open[id] != nil else {
        open[id] = Command()
        return [.other("tool_call", ACPToolCall.begun(id, name: call.name ?? "tool", input: call.input))]
      }
      guard let input = call.input else { return [] }
      return [.other("tool_call_update", ["toolCallId": .string(id), "rawInput": input])]
    case .toolStarted(let call):
      var update = ACPToolCall.known(call)
      update["status"] = "in_progress"
      return [.other("tool_call_update", update)]
    case .toolOutput(let id, let text): return output(text, of: id, at: now)
    case .toolResult(let result):
      let command = open.removeValue(forKey: result.callId)
      var update = ACPToolCall.done(result)
      // What the call has as content takes the place of what it had.
      if let screen = command?.screen { update["content"] = [screen.content(of: result.callId)] }
      return [.other(command != nil ? "tool_call_update" : "tool_call", update)]
    default: return []
    }
  }

  /// Calls that are open when a run ends will not be made any more.
  private mutating func completed(_ end: RunEnd) -> [Update] {
    let left = open.keys.sorted()
    open = [:]
    let failed = left.map { Update.other("tool_call_update", ["toolCallId": .string($0), "status": "failed"]) }
    guard let failure = end.failure else { return failed }
    return failed
      + notice(.error, failure.message, failure.details?.hint, details: try? JSON(encoding: failure.details))
  }

  /// A summary in the place of what was said, in the form that the client shows.
  func compaction(_ id: String, _ summary: String) -> Update { ACPToolCall.compaction(id, summary, for: client) }

  // MARK: What is told beside

  private enum Severity: String {
    case info, warning, error
  }

  /// What a person should know, for a client that shows it: never as the agent's text.
  private func notice(_ severity: Severity, _ title: String, _ description: String? = nil, details: JSON? = nil)
    -> [Update]
  {
    guard client.takesNotices else { return [] }
    var notice: JSONObject = ["severity": .string(severity.rawValue), "title": .string(title)]
    notice["description"] = description.map { .string($0) }
    if let details, !details.isNull { notice["_meta"] = ["wyn360": details] }
    return [.other("notice", notice)]
  }

  /// A warning that has to do with the client itself.
  func warning(_ title: String) -> [Update] { notice(.warning, title) }

  /// What the client is to be told of a session that was changed.
  mutating func changes(_ info: SessionInfo, mode: PermissionMode, options: [ACPOption]) -> [Update] {
    var changes: [Update] = []
    if info.title != title, let title = info.title {
      let at = Timestamp.text(milliseconds: info.updatedAt)
      changes.append(.other("session_info_update", ["title": .string(title), "updatedAt": .string(at)]))
    }
    if mode != self.mode { changes.append(.other("current_mode_update", ["currentModeId": .string(mode.rawValue)])) }
    if options != self.options {
      changes.append(.other("config_option_update", ["configOptions": .array(options.map(\.json))]))
    }
    (title, self.mode, self.options) = (info.title, mode, options)
    return changes
  }

  /// What happens in a call's own work, as lines that it prints.
  private mutating func delegated(_ event: AgentEvent, by id: String, at now: Int) -> [Update] {
    switch event {
    case .toolResult(let result): output("\(result.isError ? "✗" : "•") \(result.title)\n", of: id, at: now)
    case .retry(let retry): notice(.warning, retry.reason)
    case .stalled(let idleMs): notice(.warning, "Nothing has come from the model for \(idleMs / 1_000) s")
    case .notice(let text): notice(.info, text)
    default: []
    }
  }

  private mutating func output(_ text: String, of id: String, at now: Int) -> [Update] {
    if case .display = open[id]?.screen { return [Screen.update(id, "terminal_output", ["data": .string(text)])] }
    guard var command = open.removeValue(forKey: id) else { return [] }
    command.output = UTF8Cut.end(of: command.output + text, bytesMax: ACPLimits.outputShown)
    defer { open[id] = command }
    guard now >= command.shownAt &+ ACPLimits.outputEvery || command.shownAt == .min else { return [] }
    command.shownAt = now
    let content: JSON = [ACPToolCall.text(command.output)]
    return [.other("tool_call_update", ["toolCallId": .string(id), "status": "in_progress", "content": content])]
  }

  private static func entry(_ step: PlanStep) -> JSON {
    [
      "content": .string(step.content), "priority": .string((step.priority ?? .medium).rawValue),
      "status": .string(step.status.rawValue),
    ]
  }
}

extension ACPProgress.Update {
  /// Writes the notification.
  func write(of sessionId: String, to writer: inout JSONWriter) {
    writer.raw(#"{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"#)
    writer.write(sessionId)
    writer.raw(#","update":"#)
    switch self {
    case .chunk(let isThought, let text, let messageId):
      writer.raw(#"{"sessionUpdate":"#)
      if isThought { writer.raw(#""agent_thought_chunk""#) } else { writer.raw(#""agent_message_chunk""#) }
      writer.raw(#","content":{"type":"text","text":"#)
      writer.write(text)
      writer.raw(#"},"messageId":"#)
      writer.write(messageId)
      writer.raw("}")
    case .other(let kind, let members):
      writer.write(JSONObject([("sessionUpdate", .string(kind))] + members.members.map { ($0.key, $0.value) }))
    }
    writer.raw("}}")
  }
}

// MARK: - Commands on screens

extension ACPProgress {
  /// From now on a command is shown on a screen.
  mutating func show(_ screen: Screen, of id: String) -> [Update] {
    guard open[id] != nil else { return [] }
    open[id]?.screen = screen
    var update: JSONObject = ["toolCallId": .string(id), "status": "in_progress", "content": [screen.content(of: id)]]
    if case .display(let folder) = screen {
      update["_meta"] = ["terminal_info": ["terminal_id": .string(id), "cwd": .string(folder)]]
    }
    return [.other("tool_call_update", update)]
  }

  /// How a command that is on a display ended.
  func endDisplay(of id: String, status: Int?, signal: Int?) -> [Update] {
    guard case .display = open[id]?.screen else { return [] }
    return [
      Screen.update(
        id, "terminal_exit",
        [
          "exit_code": status.map { .number(JSONNumber($0)) } ?? .null,
          "signal": signal.map { .string("\($0)") } ?? .null,
        ])
    ]
  }
}

extension ACPProgress.Screen {
  /// The screen in a call's content.
  func content(of callId: String) -> JSON {
    switch self {
    case .terminal(let id): ["type": "terminal", "terminalId": .string(id)]
    case .display: ["type": "terminal", "terminalId": .string(callId)]
    }
  }

  /// An update of a display, in the words that clients have for it beside the protocol.
  fileprivate static func update(_ id: String, _ name: String, _ members: JSONObject) -> ACPProgress.Update {
    var members = members
    members["terminal_id"] = .string(id)
    return .other("tool_call_update", ["toolCallId": .string(id), "_meta": .object([name: .object(members)])])
  }
}
