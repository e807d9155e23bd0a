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

  private func planned(_ past: [Exchange], keeping kept: Int = 2, size: Int? = 200_000) -> Compaction? {
    Compaction(of: past, keeping: kept, size: size, overhead: 1_000, model: "m")
  }

  private let usual = ModelRequest(model: "m", messages: [], maxTokens: 8_192)

  @Test(
    arguments: [
      (160_000, 200_000, 8_192, false), (160_001, 200_000, 8_192, true), (140_000, 200_000, 64_000, true),
      (136_000, 200_000, 64_000, false), (100_000, 200_000, 500_000, false), (100_001, 200_000, 500_000, true),
      (1_000_000, nil, 8_192, false), (Int.max, Int.max, 1, true),
    ] as [(Int, Int?, Int, Bool)]) func `is due before the window is full`(
      used: Int, size: Int?, most: Int, isDue: Bool
    )
  {
    #expect(Compaction.isDue(used: used, size: size, maxTokens: most) == isDue)
  }

  @Test func `cuts whole exchanges, the oldest, and leaves the newest word for word`() throws {
    let past = (1...6).map { exchange("r\($0)") }
    let plan = try #require(planned(past))
    #expect(plan.count == 4)
    let after = plan.exchanges(after: past + [exchange("r7")], summary: "it was so", name: "1", at: 5, usage: Usage())
    #expect(after.map(\.runId) == ["compaction-1", "r5", "r6", "r7"])
    #expect(Array(after.dropFirst()) == Array(past.suffix(2)) + [exchange("r7")])
    #expect(after.map { Compaction.isSummary($0) } == [true, false, false, false])
    #expect(Conversation.flaw(in: after.flatMap(\.messages)) == nil)
    #expect(after[0].messages[0]["content"]?.array?[0]["text"]?.string?.hasSuffix("it was so") == true)
  }

  @Test func `has nothing to do when there is nothing but the newest, or a summary`() throws {
    #expect(planned([]) == nil)
    #expect(planned([exchange("r1"), exchange("r2")]) == nil)
    let past = (1...3).map { exchange("r\($0)") }
    let after = try #require(planned(past)).exchanges(after: past, summary: "s", name: "1", at: 0, usage: Usage())
    #expect(planned(after) == nil)
    #expect(planned(after + [exchange("r4")])?.exchanges.map(\.runId) == ["compaction-1", "r2"])
  }

  @Test func `asks with the conversation as it was, then with the question`() throws {
    let past = [exchange("r1", result: "ok"), exchange("r2"), exchange("r3")]
    var usual = usual
    usual.system = [["type": "text", "text": "s"]]
    usual.tools = [["name": "n"]]
    usual.thinking = ["type": "enabled", "budget_tokens": 2_048]
    let request = try #require(planned(past, keeping: 1)).request(like: usual)
    #expect(RequestRules.flaw(in: request) == nil)
    #expect(Array(request.messages.dropLast()) == past[0].messages + past[1].messages)
    #expect(request.system == usual.system && request.tools.map(\.text) == usual.tools.map(\.text))
    #expect(request.thinking == nil)
    #expect(request.toolChoice == ["type": "none"])
    let question = try #require(request.messages.last?["content"]?.array?.first?["text"]?.string)
    for word in ["Goals", "Decisions", "Files", "exact names", "Open work"] { #expect(question.contains(word)) }
  }

  @Test func `joins the question to words that got no answer`() throws {
    var past = [exchange("r1"), exchange("r2")]
    past[0].messages.removeLast()
    let request = try #require(planned(past, keeping: 1)).request(like: usual)
    #expect(RequestRules.flaw(in: request) == nil)
    #expect(request.messages.count == 1)
  }

  @Test func `shortens what tools gave when it does not fit, then cuts less`() throws {
    let long = String(repeating: "é", count: 30_000)
    let past = (1...4).map { exchange("r\($0)", result: long) }
    let whole = try #require(planned(past, keeping: 0))
    #expect(!whole.isLightened)
    let short = try #require(planned(past, keeping: 0, size: 40_000))
    #expect(short.isLightened && short.count == 4)
    let request = short.request(like: usual)
    #expect(RequestRules.flaw(in: request) == nil)
    #expect(TokenEstimate.messages(request.messages) < 40_000)
    #expect(!JSON.array(request.messages).text.contains("\u{FFFD}"))
    #expect(JSON.array(request.messages).text.contains("bytes left out"))
    let some = try #require(planned(past, keeping: 0, size: 15_000))
    #expect((1..<4).contains(some.count))
    #expect(TokenEstimate.messages(some.request(like: usual).messages) < 15_000)
    #expect(planned([exchange("r1", words: long)], keeping: 0, size: 10_000) == nil)
  }

  @Test func `takes only a whole answer for a summary`() {
    var message = ModelMessage(content: [["type": "text", "text": "it was so"]])
    #expect(Compaction.summary(in: message) == nil)
    message.stopReason = "max_tokens"
    #expect(Compaction.summary(in: message) == nil)
    message.stopReason = "end_turn"
    #expect(Compaction.summary(in: message) == "it was so")
    message.content = [["type": "text", "text": " \n"]]
    #expect(Compaction.summary(in: message) == nil)
  }

  @Test func `loses nothing, however often it is done`() throws {
    var all: [Exchange] = []
    var past: [Exchange] = []
    var archive = CompactionArchive()
    for number in 1...40 {
      all.append(exchange("r\(number)"))
      past.append(exchange("r\(number)"))
      guard number % 3 == 0, let plan = planned(past, keeping: number % 4) else { continue }
      archive.add(plan)
      past = plan.exchanges(after: past, summary: "s\(number)", name: "\(number)", at: 0, usage: Usage())
      #expect(past.count { Compaction.isSummary($0) } == 1)
      let rest = past.filter { !Compaction.isSummary($0) }
      #expect(archive.exchanges + rest == all)
    }
    #expect(past.count < 10)
    #expect(try JSON(encoding: archive).decode(CompactionArchive.self) == archive)
  }

  @Test func `lets the oldest go when the archive is full`() throws {
    let past = (1...10).map { exchange("r\($0)") }
    let plan = try #require(planned(past))
    var archive = CompactionArchive()
    archive.add(plan, bytesMax: past[0].memoryBytes * 3)
    #expect(archive.exchanges.map(\.runId) == ["r6", "r7", "r8"])
  }

  @Test func `shows the newest summary however many exchanges came after it`() {
    let summary = exchange("compaction-1", words: Compaction.heading + "\n\nit was so")
    let past = [summary] + (1...5).map { exchange("r\($0)", words: "w\($0)") }
    #expect(Compaction.visible(past, maxHistory: 2).map(\.runId) == ["compaction-1", "r4", "r5"])
    #expect(Compaction.visible(past, maxHistory: 9).map(\.runId).count == 6)
    #expect(Compaction.visible(past, maxHistory: 0) == [])
    // Whoever names a run so has not made a summary of it.
    #expect(!Compaction.isSummary(exchange("compaction-2")))
  }
}
