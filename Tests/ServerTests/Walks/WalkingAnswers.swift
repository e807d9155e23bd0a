import Protocol
import Providers
import Server
import TestSupport

/// Answers as the API gives them, one as likely as the other, the rare ones included.
struct WalkingAnswers {
  private var lastID = 0

  /// An answer to a request: what is open is answered, and a turn begins with thinking when that is asked for.
  mutating func next(to request: ModelRequest, _ numbers: inout RandomNumbers) -> ModelMessage {
    var content: [JSON] = openServerCalls(in: request.messages).map(serverResult)
    let goesOn =
      request.messages.last.map { last in
        last["role"] == "assistant"
          || (last["content"]?.array ?? []).allSatisfy { $0["type"] == "tool_result" }
      } ?? false
    if request.thinking?["type"] == "enabled", !goesOn || Bool.random(using: &numbers) {
      content.append(thinking(&numbers))
    }
    var message = ModelMessage()
    message.stopReason = end(&content, &message.incomplete, &numbers)
    message.content = content
    // Now and then the API's count is far above any estimate, and history is to be made shorter.
    message.usage.input = Int.random(in: 0..<4, using: &numbers) == 0 ? 190_000 : 10
    message.usage.output = 5
    return message
  }

  /// What is there of an answer when it is cut off; `nil` when nothing has come.
  static func cut(_ message: ModelMessage, _ numbers: inout RandomNumbers) -> ModelMessage? {
    guard Int.random(in: 0..<5, using: &numbers) > 0 else { return nil }
    var cut = message
    cut.stopReason = nil
    cut.content = Array(message.content.prefix(Int.random(in: 0...message.content.count, using: &numbers)))
    cut.incomplete = message.incomplete.filter { $0 < cut.content.count }
    guard Bool.random(using: &numbers), let last = cut.content.indices.last, var block = cut.content[last].object else {
      return cut
    }
    cut.incomplete.insert(last)
    if block["signature"] != nil { block["signature"] = "" }
    if block["text"] != nil { block["text"] = Bool.random(using: &numbers) ? " " : "hal" }
    if block["input"] != nil { block["input"] = [:] }
    cut.content[last] = .object(block)
    return cut
  }

  /// Adds what the model says last.
  ///
  /// - Returns: Why it stops.
  private mutating func end(_ content: inout [JSON], _ incomplete: inout Set<Int>, _ numbers: inout RandomNumbers)
    -> String
  {
    switch Int.random(in: 0..<20, using: &numbers) {
    case 0: content += [text("I would rather not")]
    case 1:
      content += [text("so long"), Bool.random(using: &numbers) ? text(" \n") : text("and more  ")]
      return "max_tokens"
    case 2:
      content += [text("writing"), call(&numbers)]
      incomplete.insert(content.count - 1)
      return "max_tokens"
    case 3:
      content += [call(&numbers), call(&numbers, input: [:])]
      return "max_tokens"
    case 4: return "max_tokens"
    case 5, 6:
      let search = serverCall()
      content += [text("searching "), search]
      if Bool.random(using: &numbers), let id = search["id"]?.string { content += [serverResult(id), text("hm \n")] }
      return "pause_turn"
    case 7:
      let search = serverCall()
      content += [search, serverResult(search["id"]?.string ?? ""), text("found", cites: true)]
      return "end_turn"
    case 8:
      content += [text("no")]
      return "refusal"
    case 9:
      content += [text("a"), text("")]
      return "stop_sequence"
    case 10:
      content += [serverCall()]
      incomplete.insert(content.count - 1)
      return "model_context_window_exceeded"
    case 11: return "end_turn"
    case 12:
      content += [["type": "future_block", "payload": 1]]
      return "some_new_reason"
    case 13:
      content += [call(&numbers)]
      incomplete.insert(content.count - 1)
      return "tool_use"
    case 14, 15, 16:
      content += [text("let me look"), call(&numbers), call(&numbers)]
      return "tool_use"
    case 17:
      content += [call(&numbers)]
      return "end_turn"
    default: content += [text("here you are\n")]
    }
    return "end_turn"
  }

  private func text(_ text: String, cites: Bool = false) -> JSON {
    guard cites else { return ["type": "text", "text": .string(text)] }
    return [
      "type": "text", "text": .string(text),
      "citations": [["type": "web_search_result_location", "url": "https://example.com", "encrypted_index": "x"]],
    ]
  }

  private func thinking(_ numbers: inout RandomNumbers) -> JSON {
    let thoughts: [JSON] = [
      ["type": "thinking", "thinking": "hm", "signature": "sig"], ["type": "redacted_thinking", "data": "xx"],
      ["type": "thinking", "thinking": "", "signature": "sig"],
    ]
    return thoughts[Int.random(in: 0..<thoughts.count, using: &numbers)]
  }

  private mutating func call(_ numbers: inout RandomNumbers, input: JSON = ["path": "a"]) -> JSON {
    lastID += 1
    let (name, input) =
      input.object?.isEmpty == true ? ("read_file", input) : Self.calls.randomElement(using: &numbers) ?? ("", input)
    // Some gateways count the calls of each message anew.
    let id = Int.random(in: 0..<4, using: &numbers) == 0 ? "call_\(lastID % 2)" : "toolu_\(lastID)"
    return ["type": "tool_use", "id": .string(id), "name": .string(name), "input": input]
  }

  /// Calls that succeed, are asked about, or are wrong in one way or another.
  private static let calls: [(String, JSON)] = [
    ("read_file", ["path": "a"]), ("read_file", ["path": "none"]), ("read_file", ["pth": "a"]), ("no_such_tool", [:]),
    ("write_file", ["path": "b", "content": "x"]), ("write_file", ["path": "c/d", "content": "x"]),
    ("write_file", ["path": "/proc/e", "content": "x"]), ("list_files", [:]),
    ("update_plan", ["steps": [["content": "go on", "status": "pending"]]]),
    ("switch_model", ["model": "claude-opus-4-5-20251101"]), ("delete_file", ["path": "b"]),
    ("read file", ["path": "a"]), ("", .null), ("list_files", ""), ("read_file", ["a"]),
  ]

  private mutating func serverCall() -> JSON {
    lastID += 1
    return [
      "type": "server_tool_use", "id": .string("srvtoolu_\(lastID)"), "name": "web_search", "input": ["query": "q"],
    ]
  }

  private func serverResult(_ id: String) -> JSON {
    ["type": "web_search_tool_result", "tool_use_id": .string(id), "content": []]
  }

  private func openServerCalls(in messages: [JSON]) -> [String] {
    let blocks = messages.flatMap { $0["content"]?.array ?? [] }
    let answered = Set(blocks.compactMap { $0["tool_use_id"]?.string })
    return blocks.compactMap { block in
      guard block["type"] == "server_tool_use", let id = block["id"]?.string, !answered.contains(id) else { return nil }
      return id
    }
  }
}
