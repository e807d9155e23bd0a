internal import Protocol

/// Tool calls as the protocol tells of them.
enum ACPToolCall {
  /// What a tool does, in the protocol's words; clients allow reads and searches by themselves, so that everything with
  /// effects that cannot be told is `other`.
  static func kind(of tool: String) -> String {
    switch tool {
    case "read_file", "list_files", "project_info": "read"
    case "search_files", "find_files": "search"
    case "edit_file", "write_file", "create_directory": "edit"
    case "delete_file": "delete"
    case "move_file": "move"
    case "execute_command": "execute"
    case "fetch_url": "fetch"
    case "update_plan": "think"
    default: "other"
    }
  }

  /// A call's beginning: a title that needs nothing but the name.
  static func begun(_ call: ToolCallMade, id: String) -> JSONObject {
    let name = call.name ?? "tool"
    var update: JSONObject = ["toolCallId": .string(id), "title": .string(title(of: name))]
    update["kind"] = .string(kind(of: name))
    update["status"] = "pending"
    if let input = call.input { update["rawInput"] = input }
    return update
  }

  private static func title(of tool: String) -> String {
    tool.prefix(1).uppercased()
      + tool.dropFirst().split(separator: "_", omittingEmptySubsequences: false).joined(separator: " ")
  }

  /// A summary that stands for what was said before it.
  static func compaction(_ id: String, _ summary: String) -> JSONObject {
    [
      "toolCallId": .string(id), "title": "Compact the conversation", "kind": "think", "status": "completed",
      "content": [text(summary)],
    ]
  }

  /// An update of a call.
  static func update(_ id: String, title: String? = nil, kind: String? = nil) -> JSONObject {
    var update: JSONObject = ["toolCallId": .string(id)]
    if let title { update["title"] = .string(title) }
    if let kind { update["kind"] = .string(kind) }
    return update
  }

  /// How a call ended.
  static func done(_ call: ToolCallDone) -> JSONObject {
    var update = update(call.callId, title: call.title, kind: kind(of: call.name))
    update["status"] = call.isError ? "failed" : "completed"
    if let locations = locations(call.locations) { update["locations"] = locations }
    let changed = call.isError ? nil : changes(call.diff, call.locations)
    update["content"] = .array(changed ?? call.content.compactMap(content))
    return update
  }

  /// A text in a call's content.
  static func text(_ text: String) -> JSON {
    ["type": "content", "content": ["type": "text", "text": .string(text)]]
  }

  /// A block of the Messages API in a call's content; what has no form here is left out.
  private static func content(_ block: JSON) -> JSON? {
    switch block["type"]?.string {
    case "text": return block["text"]?.string.map { text(UTF8Cut.beginning(of: $0, bytesMax: ACPLimits.contentMax)) }
    case "image":
      guard let source = block["source"], let type = source["media_type"]?.string, let data = source["data"] else {
        return nil
      }
      return ["type": "content", "content": ["type": "image", "mimeType": .string(type), "data": data]]
    default: return nil
    }
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

  /// A unified diff as the texts before and after, a hunk each; `nil` without one.
  static func changes(_ diff: String?, _ locations: [ToolLocation]?) -> [JSON]? {
    guard let diff, let path = locations?.last?.path else { return nil }
    let hunks = DiffHunks(diff)
    guard !hunks.all.isEmpty else { return nil }
    return hunks.all.map { hunk in
      [
        "type": "diff", "path": .string(path), "oldText": hunks.isNew ? .null : .string(hunk.old),
        "newText": .string(hunk.new),
      ]
    }
  }
}
