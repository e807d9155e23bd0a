import Protocol
import Providers
import Server
import TestSupport
import Testing

@Suite struct `What models see of a session's past` {
  private static let sealed = "claude-sonnet-5-5"

  private func exchange(_ number: Int, by model: String = sealed) -> Exchange {
    let thought: JSON = ["type": "thinking", "thinking": "", "signature": "s"]
    var exchange = Exchange(
      runId: "r\(number)", at: 0,
      messages: [
        ["role": "user", "content": [["type": "text", "text": .string("q\(number)")]]],
        ["role": "assistant", "content": [thought, ["type": "text", "text": "a"]]],
      ], usage: Usage(), stopReason: .endTurn)
    exchange.model = model
    exchange.told = ["date": .string("day \(number)")]
    return exchange
  }

  private func session(_ past: [Exchange], prefix: ConversationPrefix? = nil) -> Session {
    var before = SessionPast()
    (before.exchanges, before.prefix) = (past, prefix)
    let defaults = SharedDefaults(SessionDefaults(model: "sonnet", provider: .anthropic))
    return Session(
      id: "s", options: SessionOptions(), defaults: defaults, sink: SilentSink(), time: ManualClock(now: 0).source,
      past: before)
  }

  private func prefix(system: String = "be", caller: String? = nil, tools: [String] = ["a"]) -> ConversationPrefix {
    ConversationPrefix(
      system: [["text": .string(system), "type": "text"]], tools: tools.map { ["name": .string($0)] },
      told: ["date": "day 0"], caller: caller)
  }

  private func seen(_ session: Session) -> [String] { session.view(fresh: prefix()).exchanges.map(\.runId) }

  private func thinks(_ session: Session) -> Bool {
    session.record.exchanges.contains { Conversation.hasThinking($0.messages) }
  }

  @Test(
    arguments: [
      (5, 6, ["r1", "r2", "r3", "r4", "r5"]), (5, 5, ["r1", "r2", "r3", "r4", "r5"]), (5, 4, ["r4", "r5"]),
      (5, 1, ["r5"]), (5, 0, []), (1, 0, []), (0, 0, []),
    ] as [(Int, Int, [String])])
  func `is cut to half where there is more than it may be`(count: Int, most: Int, names: [String]) {
    let session = session((0..<count).map { exchange($0 + 1) })
    #expect(session.show(most) == count - names.count)
    #expect(seen(session) == names)
    #expect(session.record.exchanges.count == count)
    // Only what may no longer be read goes.
    #expect(thinks(session) == (names.count == count && count > 0))
    #expect(session.show(most) == 0)
  }

  @Test func `comes back where there is room for all of it`() {
    let session = session((1...5).map { exchange($0) })
    _ = session.show(2)
    #expect(seen(session) == ["r5"])
    #expect(session.show(4) == 0)
    #expect(seen(session) == ["r5"])
    #expect(session.show(nil) == 0)
    #expect(seen(session).count == 5)
  }

  @Test func `keeps a summary, which does not count`() {
    let summary = Compaction.exchange(summary: "so", name: "1", at: 0, usage: Usage())
    let session = session([summary] + (1...3).map { exchange($0) })
    #expect(session.show(2) == 2)
    #expect(seen(session) == ["compaction-1", "r3"])
    #expect(session.replace(with: summary, and: nil) == 2)
    #expect(session.record.exchanges == [summary])
  }

  @Test func `begins with what a model spoke over first, until that cannot serve`() {
    let session = session([exchange(1)], prefix: prefix())
    #expect(session.settle(fresh: prefix(system: "another day", tools: [])) == nil)
    #expect(session.view(fresh: prefix(system: "another day")).prefix == prefix())
    #expect(thinks(session))
    let reason = session.settle(fresh: prefix(system: "new", tools: ["a", "b"]))
    #expect(reason?.contains("new tools: b") == true)
    #expect(!thinks(session))
    // What is fresh serves until a model has spoken over it, and is told once.
    #expect(session.settle(fresh: prefix(system: "newer", tools: ["a", "b"])) == nil)
    #expect(session.view(fresh: prefix(system: "newer")).prefix == prefix(system: "newer"))
    session.freeze(prefix(system: "newer"))
    session.freeze(prefix(system: "newest"))
    #expect(session.view(fresh: prefix()).prefix == prefix(system: "newer"))
    #expect(session.settle(fresh: prefix(caller: "be brief"))?.contains("'system' has changed") == true)
  }

  @Test func `was told what its prefix and its exchanges tell`() {
    let session = session([exchange(1), exchange(2)], prefix: prefix())
    #expect(session.view(fresh: prefix()).told == ["date": "day 2"])
    _ = session.show(0)
    #expect(session.view(fresh: prefix()).told == ["date": "day 0"])
  }

  @Test func `loses the oldest images for good where one too many comes, and thinking sealed over them`() {
    let image: JSON = [
      "type": "image", "source": ["type": "base64", "media_type": "image/png", "data": .string(Picture.png)],
    ]
    var past = exchange(1)
    past.messages[0] = ["role": "user", "content": .array(Array(repeating: image, count: ImageLimits.imagesMax))]
    let session = session([past], prefix: prefix())
    let current: [JSON] = [["role": "user", "content": [["type": "text", "text": "q"]]]]
    #expect(session.letImagesGo(before: current, for: .anthropic)?.count == nil)
    #expect(thinks(session))
    let more: [JSON] = [["role": "user", "content": [image]]]
    let gone = session.letImagesGo(before: more, for: .anthropic)
    #expect(gone?.current == more)
    #expect(gone?.count == ImageLimits.imagesMax / ImageLimits.stepsPerBound)
    #expect(!thinks(session))
    // What is left counts from there.
    #expect(session.letImagesGo(before: more, for: .anthropic)?.count == nil)
  }
}
