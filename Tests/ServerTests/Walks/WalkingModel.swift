import Protocol
import Providers
import Server
import Synchronization
import TestSupport

/// A provider in process that says what chance decides, as the API would say it, and holds every request against the
/// API's rules.
final class WalkingModel: Provider {
  /// What the walk does while the model speaks.
  typealias Interlude = @Sendable () async -> Void

  private struct State {
    var numbers: RandomNumbers
    var answers = WalkingAnswers()
    var flaws: [String] = []
    var requests = 0
    var policy = StopPolicy(continuesText: true)
    var interlude: Interlude?
    var isCancelled: @Sendable () -> Bool = { false }
    var expectation: @Sendable (ModelRequest) -> String? = { _ in nil }
  }

  private let state: Mutex<State>

  init(seed: UInt64) { state = Mutex(State(numbers: RandomNumbers(seed: seed))) }

  /// What was wrong, with the number of the request.
  var flaws: [String] { state.withLock { $0.flaws } }
  var requests: Int { state.withLock { $0.requests } }

  /// Whether the run that is going on has been cancelled: asked of the run, as its task hears of it a moment later.
  func onAsk(
    isCancelled: @escaping @Sendable () -> Bool, expecting expectation: @escaping @Sendable (ModelRequest) -> String?,
    interlude: @escaping Interlude
  ) {
    state.withLock {
      $0.isCancelled = isCancelled
      $0.expectation = expectation
      $0.interlude = interlude
    }
  }

  func note(_ flaw: String) { state.withLock { $0.flaws.append("request \($0.requests): \(flaw)") } }

  func answer(_ request: ModelRequest, receive: @Sendable ([ModelEvent]) async -> Void) async throws(ProviderError)
    -> ModelMessage
  {
    let (interlude, isCancelled) = state.withLock { state in
      state.requests += 1
      return (state.interlude, state.isCancelled)
    }
    check(request)
    let (answer, cut, mayFinish) = state.withLock { state in
      let answer = state.answers.next(to: request, &state.numbers)
      return (
        answer, WalkingAnswers.cut(answer, &state.numbers), Int.random(in: 0..<4, using: &state.numbers) == 0
      )
    }
    await interlude?()
    if isCancelled() {
      // A cancel may come too late: the whole message was there.
      guard mayFinish else { throw failure(.cancelled, cut) }
    } else if state.withLock({ Int.random(in: 0..<9, using: &$0.numbers) == 0 }) {
      throw failure(.network, cut)
    }
    await receive(answer.content.indices.map { .blockEnd(index: $0, block: answer.content[$0]) })
    check(answer, to: request)
    return answer
  }

  private func failure(_ kind: ProviderError.Kind, _ partial: ModelMessage?) -> ProviderError {
    var failure = ProviderError(kind, "as chance will have it")
    failure.partial = partial
    return failure
  }

  private func check(_ request: ModelRequest) {
    if let flaw = RequestRules.flaw(in: request) ?? state.withLock({ $0.expectation })(request) {
      return note("\(flaw) in \(JSON.array(request.messages).text)")
    }
    // Every conversation that occurs can also be taken to Bedrock, and to a model there that does not think.
    guard state.withLock({ $0.requests % 4 == 0 }) else { return }
    let target = ConversationTarget(provider: .bedrock, model: "anthropic.claude-3-haiku-20240307-v1:0")
    let moved = ConversationPort.fit(request.messages, for: target)
    if let flaw = Conversation.flaw(in: moved) { note("made fit: \(flaw) in \(JSON.array(moved).text)") }
    if ConversationPort.fit(moved, for: target) != moved { note("made fit twice: differs") }
    let left = moved.flatMap { $0["content"]?.array ?? [] }.compactMap { $0["type"]?.string }
    if let foreign = left.first(where: {
      $0.hasPrefix("server") || $0.hasSuffix("_tool_result") || $0.hasSuffix("thinking")
    }) {
      note("made fit, it still has '\(foreign)'")
    }
  }

  /// What the policy says of an answer leads to another sound request, or to a sound end.
  private func check(_ answer: ModelMessage, to request: ModelRequest) {
    let decision = state.withLock { $0.policy.decide(after: answer) }
    guard state.withLock({ $0.requests % 3 == 1 }) else { return }
    let base = request.messages + (Conversation.assistantMessage(answer).map { [$0] } ?? [])
    let question = Conversation.userMessage(Prompt("next"))
    let (more, asksAgain): ([JSON], Bool) =
      switch decision {
      case .finish(_, let results, _): (results.map { [$0] } ?? [], false)
      case .goOn(let remark, _): ([SystemMessages.reminding(remark)], true)
      case .askForMore: ([], false)
      case .sendBack: ([], true)
      case .runTools(let calls, let remark): ([Self.results(of: calls, remark: remark)], true)
      }
    var next = request
    next.messages = Conversation.messages(
      past: [], current: base + more + (asksAgain ? [] : [question]), target: nil)
    if let flaw = RequestRules.flaw(in: next) { note("after \(decision): \(flaw)") }
  }

  private static func results(of calls: [StopPolicy.ToolCall], remark: String?) -> JSON {
    let results = calls.map { call -> JSON in
      ["type": "tool_result", "tool_use_id": .string(call.id), "content": "done"]
    }
    let words: [JSON] = remark.map { [["type": "text", "text": .string($0)]] } ?? []
    return ["role": "user", "content": .array(results + words)]
  }
}
