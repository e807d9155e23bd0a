import Protocol
import Providers
import Server
import TestSupport
import Testing

@Suite struct `Making a conversation short` {
  private func exchange(_ name: String, words: String = "w", result: String? = nil) -> Exchange {
    var messages: [JSON] = [["role": "user", "content": [["type": "text", "text": .string(words)]]]]
    if let result {
      messages += [
        [
          "role": "assistant",
          "content": [["type": "tool_use", "id": .string("t_\(name)"), "name": "n", "input": ["x": .string(result)]]],
        ],
        [
          "role": "user",
          "content": [
            ["type": "tool_result", "tool_use_id": .string("t_\(name)"), "content": .string(result)],
            ["type": "image", "source": ["type": "base64", "media_type": "image/png", "data": .string(Picture.png)]],
          ],
        ],
      ]
    }
    messages.append(["role": "assistant", "content": [["type": "text", "text": "a"]]])
    return Exchange(runId: name, at: 0, messages: messages, usage: Usage(), stopReason: .endTurn)
  }

  private let usual = ModelRequest(model: "m", messages: [], maxTokens: 8_192)

  @Test(
    arguments: [
      (nil, 200_000, nil, 80_000), (nil, 1_000_000, nil, 160_000), (nil, 1_000_000, 100_000, 90_000),
      (120_000, 200_000, nil, 120_000), (190_000, 200_000, nil, 160_000), (50_000, 1_000_000, 100_000, 50_000),
      (nil, nil, nil, nil), (50_000, nil, nil, 50_000), (nil, Int.max, nil, 160_000),
    ] as [(Int?, Int?, Int?, Int?)]) func `is due long before the window is full`(
      wish: Int?, window: Int?, dearAbove: Int?, threshold: Int?
    )
  {
    #expect(Compaction.threshold(wish: wish, window: window, dearAbove: dearAbove) == threshold)
  }

  @Test func `is asked for behind the conversation as it stands`() throws {
    var usual = usual
    usual.messages = exchange("r1", result: "ok").messages + exchange("r2").messages
    usual.system = [["type": "text", "text": "s"]]
    usual.tools = [["name": "n"]]
    usual.thinking = ["type": "enabled", "budget_tokens": 2_048]
    usual.remake = ModelRequest.Remake(madeFor: "m") { _ in ModelRequest(model: "n", messages: [], maxTokens: 1) }
    let request = Compaction.request(like: usual)
    #expect(RequestRules.flaw(in: request) == nil)
    #expect(Array(request.messages.dropLast()) == usual.messages)
    #expect(request.system == usual.system && request.tools.map(\.text) == usual.tools.map(\.text))
    #expect(request.thinking == usual.thinking)
    // Asked another model anew, it would ask for an answer, and that would pass for the summary.
    #expect(request.remake == nil)
    #expect(request.toolChoice == nil)
    let question = try #require(request.messages.last?["content"]?.array?.first?["text"]?.string)
    for word in ["Goals", "Decisions", "Files", "exact names", "Open work"] { #expect(question.contains(word)) }
  }

  @Test func `joins the question to words that got no answer`() {
    var usual = usual
    usual.messages = Array(exchange("r1").messages.dropLast())
    let request = Compaction.request(like: usual)
    #expect(RequestRules.flaw(in: request) == nil)
    #expect(request.messages.count == 1)
  }

  @Test(arguments: [40_000, 100_000, 1_000_000]) func `is asked for in less where it does not fit`(bytes: Int) {
    let long = String(repeating: "é", count: 30_000)
    var usual = usual
    usual.messages = (1...6).flatMap { exchange("r\($0)", result: long).messages }
    usual.messages[0] = ["role": "user", "content": [["type": "text", "text": "it was asked for first"]]]
    usual.messages[1] = [
      "role": "assistant",
      "content": .array(
        [["type": "thinking", "thinking": "", "signature": "s"]] + (usual.messages[1]["content"]?.array ?? [])),
    ]
    let request = Compaction.lightened(Compaction.request(like: usual), bytesMax: bytes)
    #expect(RequestRules.flaw(in: request) == nil)
    let text = JSON.array(request.messages).text
    #expect(text.utf8.count < bytes + 5_000)
    #expect(!Conversation.hasThinking(request.messages))
    #expect(!text.contains("\u{FFFD}"))
    #expect(text.contains("bytes left out"))
    #expect(text.contains("it was asked for first") && text.contains("Goals"))
    #expect(request.messages.last?.text.contains("Goals") == true)
    #expect(text.contains("messages are left out here") == (bytes == 40_000))
  }

  @Test func `takes only a whole answer for a summary, and says why not`() throws {
    var message = ModelMessage(content: [["type": "text", "text": "it was so"]])
    for (stop, word) in [
      ("max_tokens", "cut off"), ("tool_use", "called a tool"), ("refusal", "refused"), ("odd", "'odd'"),
    ] {
      message.stopReason = stop
      guard case .failure(let refusal) = Compaction.summary(in: message) else {
        Issue.record("a summary in spite of \(stop)")
        continue
      }
      #expect(refusal.reason.contains(word))
    }
    message.stopReason = "end_turn"
    #expect(try Compaction.summary(in: message).get() == "it was so")
    message.content = [["type": "text", "text": " \n"]]
    #expect(throws: Compaction.Refusal.self) { try Compaction.summary(in: message).get() }
  }

  @Test func `is itself an exchange that the API takes, told from one that has its name`() {
    let summary = Compaction.exchange(summary: "it was so", name: "1", at: 5, usage: Usage())
    #expect(summary.runId == "compaction-1")
    #expect(Compaction.isSummary(summary))
    #expect(Conversation.flaw(in: summary.messages) == nil)
    #expect(summary.messages[0]["content"]?.array?[0]["text"]?.string?.hasSuffix("it was so") == true)
    // Whoever names a run so has not made a summary of it.
    #expect(!Compaction.isSummary(exchange("compaction-2")))
  }

  @Test func `keeps what it stands for, the oldest going when the archive is full`() throws {
    let past = (1...10).map { exchange("r\($0)") }
    var archive = CompactionArchive()
    archive.add([Compaction.exchange(summary: "s", name: "1", at: 0, usage: Usage())] + past)
    #expect(archive.exchanges == past)
    #expect(try JSON(encoding: archive).decode(CompactionArchive.self) == archive)
    archive = CompactionArchive()
    archive.add(past, bytesMax: past[0].memoryBytes * 3)
    #expect(archive.exchanges.map(\.runId) == ["r8", "r9", "r10"])
  }
}
