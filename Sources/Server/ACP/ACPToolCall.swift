internal import Protocol

/// Tool calls as the protocol tells of them.
enum ACPToolCall {
  /// What a tool does, in the protocol's words; clients allow reads and searches by themselves, so that everything with
  /// effects that cannot be told is `other`.
  static func kind(of tool: String) -> String {
    switch tool {
    case "read_file", "list_files", "project_info", "command_output": "read"
    case "search_files", "find_files": "search"
    case "edit_file", "write_file", "create_directory": "edit"
    case "delete_file": "delete"
    case "move_file": "move"
    case "execute_command", "command_stop": "execute"
    case "fetch_url", "web_fetch", "web_search": "fetch"
    case "update_plan": "think"
    case MCPTools.searchName: "search"
    default: "other"
    }
  }

  /// A call's beginning: a title that needs nothing but the name.
  static func begun(_ id: String, name: String, input: JSON?) -> JSONObject {
    var update: JSONObject = [
      "toolCallId": .string(id), "title": .string(title(of: name)), "kind": .string(kind(of: name)),
      "status": "pending",
    ]
    update["rawInput"] = input
    return update
  }

  /// What is known of a call when its input is whole.
  static func known(_ call: ToolCallInfo) -> JSONObject {
    var update: JSONObject = [
      "toolCallId": .string(call.toolCallId), "title": .string(call.title), "kind": .string(kind(of: call.name)),
      "rawInput": call.input,
    ]
    update["locations"] = locations(call.locations)
    return update
  }

  private static func title(of tool: String) -> String {
    tool.prefix(1).uppercased()
      + tool.dropFirst().split(separator: "_", omittingEmptySubsequences: false).joined(separator: " ")
  }

  /// A summary that stands for what was said before it.
  ///
  /// Clients that know of no such thing are shown a call that thinks.
  static func compaction(_ id: String, _ summary: String, for client: ACPClient) -> ACPProgress.Update {
    guard !client.takesCompactions else {
      let text: JSON = ["type": "text", "text": .string(summary)]
      return .other("compaction_update", ["compactionId": .string(id), "status": "completed", "summary": [text]])
    }
    return .other(
      "tool_call",
      [
        "toolCallId": .string(id), "title": "Compact conversation", "kind": "think", "status": "completed",
        "content": [text(summary)],
      ])
  }

  /// How a call ended.
  static func done(_ call: ToolCallDone) -> JSONObject {
    var update: JSONObject = [
      "toolCallId": .string(call.callId), "title": .string(call.title), "kind": .string(kind(of: call.name)),
      "status": call.isError ? "failed" : "completed",
    ]
    update["locations"] = locations(call.locations)
    let shown = call.content.compactMap(content)
    guard !call.isError, let changed = changes(call.diff, call.locations) else {
      update["content"] = .array(shown)
      return update
    }
    update["content"] = .array(changed)
    // What the model was told stands nowhere else.
    let told = call.content.compactMap { $0["text"]?.string }.joined(separator: "\n")
    update["rawOutput"] = .string(UTF8Cut.beginning(of: told, bytesMax: ACPLimits.contentMax))
    return update
  }

  /// A text in a call's content.
  static func text(_ text: String) -> JSON {
    ["type": "content", "content": ["type": "text", "text": .string(text)]]
  }

  /// A block of the Messages API in a call's content; what has no form here is left out.
  private static func content(_ block: JSON) -> JSON? {
    switch block["type"]?.string {
    case "text": return block["text"]?.string.map { text(bounded($0)) }
    case "image": return image(block).map { ["type": "content", "content": $0] }
    default: return nil
    }
  }

  /// A text as far as it is shown: of a long one more of the end, where a command says what came of it.
  private static func bounded(_ text: String) -> String {
    guard text.utf8.count > ACPLimits.contentMax else { return text }
    let beginning = UTF8Cut.beginning(of: text, bytesMax: ACPLimits.contentMax / 4)
    return beginning + "\n…\n" + UTF8Cut.end(of: text, bytesMax: ACPLimits.contentMax / 4 * 3)
  }

  /// An image of the Messages API; `nil` for one that is somewhere else.
  static func image(_ block: JSON) -> JSON? {
    guard let source = block["source"], let type = source["media_type"], let data = source["data"] else { return nil }
    return ["type": "image", "mimeType": type, "data": data]
  }

  /// The places that a call is about; `nil` for none.
  static func locations(_ locations: [ToolLocation]?) -> JSON? {
    guard let locations, !locations.isEmpty else { return nil }
    return .array(
      locations.map { place in
        var location: JSONObject = ["path": .string(place.path)]
        if let line = place.line { location["line"] = .number(JSONNumber(line)) }
        return .object(location)
      })
  }

  /// A unified diff as the texts before and after, a hunk each, and a text where the rest was left out; `nil` without one.
  static func changes(_ diff: String?, _ locations: [ToolLocation]?) -> [JSON]? {
    guard let diff, let path = locations?.last?.path else { return nil }
    let hunks = DiffHunks(diff)
    let all = hunks.all
    guard !all.isEmpty else { return nil }
    let changes = all.map { hunk -> JSON in
      [
        "type": "diff", "path": .string(path), "oldText": hunks.isNew ? .null : .string(hunk.old),
        "newText": .string(hunk.new),
      ]
    }
    return UnifiedDiff.isCut(diff) ? changes + [text("(\(UnifiedDiff.cutNote))")] : changes
  }
}
