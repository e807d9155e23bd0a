import Protocol
import TestSupport
import Testing

/// What binds thinking, what does not, and what a cache of prompts would read.
@Suite(.hangGuard) struct `The thinking that the strict services have signed` {
  private static let sonnet = "claude-sonnet-5-5"

  /// Asks, and gives what was answered.
  private func content(
    _ upstream: StrictUpstream, _ messages: [JSON], _ more: JSONObject = [:], model: String = sonnet
  ) async throws -> [JSON] {
    var body = more
    body["messages"] = .array(messages)
    let reply = try await Verdict("asked", 200, model, body).send(to: upstream)
    try #require(reply.status == 200, "\(reply.text)")
    return try #require(try JSON.parse(Array(reply.text.utf8))["content"]?.array)
  }

  private func status(
    _ upstream: StrictUpstream, _ messages: [JSON], _ more: JSONObject = [:], model: String = sonnet
  ) async throws -> Int {
    var body = more
    body["messages"] = .array(messages)
    return try await Verdict("asked", 200, model, body).send(to: upstream).status
  }

  private func said(_ content: [JSON]) -> JSON { ["role": "assistant", "content": .array(content)] }

  /// Two rounds and a third question.
  private func conversation(_ upstream: StrictUpstream) async throws -> [JSON] {
    var messages = [Piece.user("1")]
    for next in ["2", "3"] {
      messages.append(said(try await content(upstream, messages)))
      messages.append(Piece.user(.string(next)))
    }
    return messages
  }

  private func without(_ block: Int, of message: Int, in messages: [JSON]) -> [JSON] {
    var messages = messages
    var content = messages[message]["content"]?.array ?? []
    content.remove(at: block)
    messages[message] = said(content)
    return messages
  }

  @Test func `is taken back as it was, and may be left out at either end`() async throws {
    let upstream = try StrictUpstream()
    let messages = try await conversation(upstream)
    #expect(try await status(upstream, messages) == 200)
    #expect(upstream.missing.isEmpty)
    #expect(try await status(upstream, without(0, of: 1, in: messages)) == 200)
    #expect(try await status(upstream, without(0, of: 3, in: messages)) == 200)
    #expect(upstream.dropped.isEmpty)
    #expect(upstream.missing.map(\.path) == ["messages.1", "messages.3"])
  }

  @Test func `is refused from the middle, from another conversation, and when it was changed`() async throws {
    let upstream = try StrictUpstream([.text("a1").with { $0.thought = "first idea" }])
    var messages = try await conversation(upstream)
    messages.append(said(try await content(upstream, messages)))
    messages.append(Piece.user("4"))
    #expect(try await status(upstream, without(0, of: 3, in: messages)) == 400)
    #expect(upstream.refused.last?.text.contains("that preceded this one") == true)
    #expect(try await status(upstream, messages, ["system": "new"]) == 400)
    #expect(upstream.refused.last?.text.contains("The `system` prompt differs") == true)
    #expect(try await status(upstream, messages, ["tools": Piece.tools]) == 400)
    #expect(upstream.refused.last?.text.contains("The `tools` differ") == true)
    var other = messages
    other[0] = Piece.user("0")
    #expect(try await status(upstream, other) == 400)
    #expect(upstream.refused.last?.text.contains("bound to a different conversation") == true)
    var changed = messages
    let thinking: JSON = ["type": "thinking", "thinking": "something else", "signature": "sig-1-0-claude-sonnet-5-5"]
    changed[1] = said([thinking, Piece.text("a1")])
    #expect(try await status(upstream, changed) == 400)
    #expect(upstream.refused.last?.text.contains("cannot be modified") == true)
    #expect(upstream.refused.count == 5)
  }

  @Test func `stays valid where only marks, blanks, defaults and order differ`() async throws {
    let upstream = try StrictUpstream()
    let tools: [JSON] = [
      ["name": "a", "input_schema": ["type": "object"]], ["name": "b", "input_schema": ["type": "object"]],
    ]
    var messages = [Piece.user("1")]
    messages.append(said(try await content(upstream, messages, ["tools": .array(tools)])))
    messages.append(Piece.user("2"))
    messages[0] = Piece.user([["type": "text", "text": " 1\n", "cache_control": Piece.mark]])
    let spelled: [JSON] = [
      ["name": "b", "input_schema": ["type": "object"], "strict": false],
      ["name": "a", "input_schema": ["type": "object"], "description": "", "cache_control": Piece.mark],
      ["name": "late", "defer_loading": true, "input_schema": ["type": "object"]],
    ]
    #expect(try await status(upstream, messages, ["tools": .array(spelled), "max_tokens": 5]) == 200)
    #expect(upstream.refused.isEmpty && upstream.dropped.isEmpty && upstream.missing.isEmpty)
  }

  @Test func `stays valid when a tool is loaded behind it, and no longer when that tool changes`() async throws {
    let upstream = try StrictUpstream()
    let find: JSON = ["name": "find", "input_schema": ["type": "object"]]
    func late(_ words: String) -> JSON {
      ["name": "late", "description": .string(words), "defer_loading": true, "input_schema": ["type": "object"]]
    }
    var messages = [Piece.user("1")]
    func thought(_ more: JSON, _ tools: JSON...) async throws -> JSON {
      let told = try await content(upstream, messages, ["tools": .array(tools)])
      return said(Array(told.prefix { $0["type"] == "thinking" }) + [more])
    }
    messages.append(try await thought(["type": "tool_use", "id": "t1", "name": "find", "input": [:]], find))
    messages.append(
      Piece.user([
        [
          "type": "tool_result", "tool_use_id": "t1",
          "content": [["type": "tool_reference", "tool_name": "late"]],
        ]
      ]))
    messages.append(
      try await thought(["type": "tool_use", "id": "t2", "name": "late", "input": [:]], find, late("One.")))
    messages.append(Piece.user([["type": "tool_result", "tool_use_id": "t2", "content": "ok"]]))
    #expect(try await status(upstream, messages, ["tools": [find, late("One.")]]) == 200)
    #expect(try await status(upstream, messages, ["tools": [find, late("Another.")]]) == 400)
    #expect(upstream.refused.first?.text.contains("bound to a different conversation") == true)
    #expect(try await status(upstream, messages, ["tools": [find]]) == 400)
    #expect(upstream.refused.last?.text == "Tool reference 'late' not found in available tools")
  }

  @Test func `is left out by a model that does not read it`() async throws {
    let upstream = try StrictUpstream()
    let messages = try await conversation(upstream)
    #expect(try await status(upstream, messages, model: "claude-opus-4-8") == 200)
    #expect(upstream.dropped.map(\.path) == ["messages.1.content.0", "messages.3.content.0"])
    #expect(try await status(upstream, messages) == 200)
    #expect(upstream.dropped.count == 2)
  }

  @Test func `and the cache: of one model, from a length on`() async throws {
    let long: JSON = [
      ["type": "text", "text": .string(String(repeating: "s", count: 40_000)), "cache_control": Piece.mark]
    ]
    let upstream = try StrictUpstream()
    for model in ["claude-opus-5", "claude-sonnet-5", "claude-opus-5"] {
      _ = try await status(upstream, [Piece.user("hi")], ["system": long], model: model)
    }
    #expect(upstream.cache.map { $0.read > 40_000 } == [false, false, true])
    let short: JSON = [["type": "text", "text": "tiny", "cache_control": Piece.mark]]
    for _ in 0..<2 { _ = try await status(upstream, [Piece.user("hi")], ["system": short], model: "claude-haiku-4-5") }
    #expect(upstream.cache.suffix(2).map(\.read) == [0, 0])
    #expect(upstream.shortfall() == nil)
    _ = try await status(upstream, [Piece.user("other")], ["system": short], model: "claude-haiku-4-5")
    #expect(upstream.shortfall() == "request 6 continues none before it")
  }
}
