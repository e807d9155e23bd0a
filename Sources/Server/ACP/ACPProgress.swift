internal import Protocol

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

  private var messages = 0
  private var messageId = ""
  private var open: [String: Command] = [:]
  private var title: String?
  private var mode: JSON?
  private var options: JSON?

  /// What an event is in this protocol; nothing for what has no form here.
  mutating func updates(for event: SessionEvent, at now: Int) -> [Update] {
    switch event.event {
    case .delta(.text, _, let text): return [.chunk(isThought: false, text: text, messageId: messageId)]
    case .delta(.thinking, _, let text):
      return [.chunk(isThought: true, text: text, messageId: messageId + "-thought")]
    case .delta(.toolInput, _, _), .usage, .messageEnd, .retry, .stalled, .notice, .modelChanged: return []
    case .started:
      messages = 0
      return []
    case .messageStart:
      messageId = Self.messageId(of: event.runId, messages)
      messages += 1
      return []
    case .toolCall(let call):
      guard let id = call.callId else { return [] }
      open[id] = Command()
      return [.other("tool_call", ACPToolCall.begun(call, id: id))]
    case .toolOutput(let id, let text): return output(text, of: id, at: now)
    case .toolResult(let result):
      var update = ACPToolCall.done(result)
      // What the call has as content takes the place of what it had.
      if let screen = open.removeValue(forKey: result.callId)?.screen {
        update["content"] = [screen.content(of: result.callId)]
      }
      return [.other("tool_call_update", update)]
    case .plan(let steps): return [.other("plan", ["entries": .array(steps.map(Self.entry))])]
    case .compaction(_, let summary):
      return [.other("tool_call", ACPToolCall.compaction("compaction-\(event.seq)", summary))]
    case .completed:
      let left = open.keys.sorted()
      open = [:]
      return left.map { id in
        var update = ACPToolCall.update(id)
        update["status"] = "failed"
        return .other("tool_call_update", update)
      }
    }
  }

  /// The name of a run's message, the same live and when it is told again.
  static func messageId(of runId: String, _ number: Int) -> String { "\(runId)-\(number)" }

  /// What the client is to be told of a session that was changed.
  mutating func changes(title: String?, mode: JSON?, options: JSON) -> [(kind: String, update: JSONObject)] {
    var changes: [(String, JSONObject)] = []
    if title != self.title, let title { changes.append(("session_info_update", ["title": .string(title)])) }
    if mode != self.mode, let mode { changes.append(("current_mode_update", ["currentModeId": mode])) }
    if options != self.options { changes.append(("config_option_update", ["configOptions": options])) }
    (self.title, self.mode, self.options) = (title, mode, options)
    return changes
  }

  private mutating func output(_ text: String, of id: String, at now: Int) -> [Update] {
    guard var command = open[id] else { return [] }
    if case .display = command.screen { return [Screen.update(id, "terminal_output", ["data": .string(text)])] }
    command.output = UTF8Cut.end(of: command.output + text, bytesMax: ACPLimits.outputShown)
    defer { open[id] = command }
    guard now >= command.shownAt &+ ACPLimits.outputEvery || command.shownAt == .min else { return [] }
    command.shownAt = now
    var update = ACPToolCall.update(id)
    update["status"] = "in_progress"
    update["content"] = [ACPToolCall.text(command.output)]
    return [.other("tool_call_update", update)]
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
