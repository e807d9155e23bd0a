import Protocol
import Server
import Testing

@Suite struct `The event log` {
  private func delta(_ text: String, index: Int = 0) -> AgentEvent { .delta(.text, index: index, text: text) }

  /// What is no delta, of every shape.
  private static let others: [AgentEvent] = [
    .messageEnd(reason: nil),
    .toolCall(ToolCallMade(index: 1, callId: "c", name: "n", input: ["a": [1.50, .null, "é"]])),
    .completed(
      RunEnd(
        stopReason: nil, failure: .failed("no", FailureData(kind: .network, retryable: true, hint: "wait")),
        usage: Usage(), turns: 2)),
    .modelChanged(ModelInUse(model: "m", provider: .bedrock, providerModelId: "p"), notice: nil),
  ]

  @Test func `gives back every event as it was, from any number on`() {
    var log = EventLog()
    var sent: [SessionEvent] = []
    for number in 1...200 {
      let event = number % 50 == 0 ? Self.others[number / 50 - 1] : delta("é\(number)", index: number / 60)
      sent.append(log.append(event, sessionId: "s", runId: number < 100 ? "r1" : "r2", at: 1_000 + number))
    }
    #expect(sent.map(\.seq) == Array(1...200))
    for after in [0, 1, 49, 50, 51, 99, 100, 199, 200, 500] {
      #expect(log.events(after: after, limit: 1_000, sessionId: "s") == Array(sent.dropFirst(after)))
    }
    #expect(log.events(after: 10, limit: 7, sessionId: "s") == Array(sent[10..<17]))
  }

  @Test func `drops the oldest when it is full, and says so`() {
    var log = EventLog(bytesMax: 1_000_000)
    for _ in 1...3_000 {
      _ = log.append(delta(String(repeating: "x", count: 1_000)), sessionId: "s", runId: "r", at: 0)
    }
    #expect(log.oldestSeq > 1)
    #expect(log.lastSeq == 3_000)
    let kept = log.events(after: 0, limit: 10_000, sessionId: "s")
    #expect(kept.first?.seq == log.oldestSeq)
    #expect(kept.count == 3_000 - log.oldestSeq + 1)
  }

  @Test func `counts what a tool gave, too`() {
    var log = EventLog(bytesMax: 1_000_000)
    for _ in 1...100 {
      let done = ToolCallDone(
        callId: "c", name: "read_file", title: "Read",
        content: [["type": "text", "text": .string(String(repeating: "x", count: 100_000))]], isError: false)
      _ = log.append(.toolResult(done), sessionId: "s", runId: "r", at: 0)
    }
    #expect(log.oldestSeq == 92)
  }
}
