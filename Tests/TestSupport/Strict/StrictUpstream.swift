internal import Foundation
internal import Protocol
internal import Synchronization

/// Both services as they are documented today: an ``Upstream`` that knows the models, binds thinking to what came before
/// it, counts what a cache would read, and takes nothing that the real ones would refuse.
///
/// It says what its actions tell it, and without any answers with a text.
package final class StrictUpstream: Sendable {
  /// Thinking that a request has lost.
  package struct Left: Sendable {
    /// The question, from 1.
    package var number: Int
    package var path: String
    package var reason: String
  }

  fileprivate struct State {
    var actions: [StrictAction]
    var thinking = SealedThinking()
    var cache = PromptCache()
    var uses: [CacheUse] = []
  }

  fileprivate final class Core: Sendable {
    let state: Mutex<State>
    let otherwise: @Sendable (Upstream.Question) -> StrictAction

    init(_ actions: [StrictAction], _ otherwise: @escaping @Sendable (Upstream.Question) -> StrictAction) {
      state = Mutex(State(actions: actions))
      self.otherwise = otherwise
    }
  }

  private let core: Core
  private let upstream: Upstream
  /// The word that Bedrock takes in place of a signature.
  package static let bearer = "canary-bearer-5d2e"

  /// Starts both; what no action tells is decided by the question.
  package init(
    _ actions: [StrictAction] = [], window: Int? = nil, gone: Set<String> = [],
    otherwise: @escaping @Sendable (Upstream.Question) -> StrictAction = { .text("Answer \($0.number).") }
  ) throws {
    let core = Core(actions, otherwise)
    self.core = core
    var rules = UpstreamRules(knowsModels: true)
    (rules.window, rules.gone) = (window, gone)
    var access = UpstreamAccess()
    access.bearers = [Self.bearer]
    upstream = try Upstream(
      access: access, rules: rules, models: Self.bedrockModels(without: gone), profiles: Self.profiles(without: gone),
      apiModels: Self.apiModels()
    ) { question, connection in try core.answer(question, to: connection) }
  }

  /// Takes requests.
  package var server: LoopbackServer { upstream.server }
  /// What it was asked, in order, what was refused included.
  package var questions: [Upstream.Question] { upstream.questions }
  /// What no client should have sent.
  package var refused: [(number: Int?, text: String)] { upstream.refused }
  /// Thinking that was sent and left out.
  package var dropped: [Left] { core.state.withLock { $0.thinking.dropped } }
  /// Thinking that could have been sent and was not.
  package var missing: [Left] { core.state.withLock { $0.thinking.missing } }
  /// What each request read from the cache and wrote to it; none of what was refused.
  package var cache: [CacheUse] { core.state.withLock { $0.uses } }

  /// Says these after all that it still has to say.
  package func take(_ actions: StrictAction...) { core.state.withLock { $0.actions += actions } }

  /// Where requests fall short of what the services reward; `nil` where none does.
  ///
  /// `refusals` may have been refused. With `mayLose` there is a reason why thinking is left out, and why a conversation
  /// is begun anew.
  package func shortfall(refusals: Int = 0, mayLose: Bool = false) -> String? {
    let refused = refused
    if refused.count > refusals {
      let first = refused[0]
      return "\(refused.count) requests were refused (\(refusals) may be), first \(first.number ?? 0): \(first.text)"
    }
    if !mayLose, let first = dropped.first {
      return "\(dropped.count) blocks of thinking were left out, first \(first.path) of request \(first.number)"
    }
    if let first = missing.first {
      return "\(missing.count) blocks of thinking were not sent back, first in \(first.path) of request \(first.number)"
    }
    return cache.flaw(mayBeginAnew: mayLose)
  }

  /// What a server needs to ask it.
  package func environment(_ service: Upstream.Service) -> [String: String] {
    guard service == .bedrock else {
      return ["ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": "sk-ant-canary-8b1f"]
    }
    return [
      "CLAUDE_CODE_USE_BEDROCK": "1", "AWS_REGION": "us-west-2", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": server.url,
      "AWS_ENDPOINT_URL_BEDROCK": server.url, "AWS_ENDPOINT_URL": server.url,
      "AWS_ACCESS_KEY_ID": BedrockServer.accessKeyID, "AWS_SECRET_ACCESS_KEY": BedrockServer.secretAccessKey,
    ]
  }
}

// MARK: - Answers

extension StrictUpstream.Core {
  fileprivate func answer(_ question: Upstream.Question, to connection: LoopbackConnection) throws {
    guard let model = StrictModel.named(question.model, at: question.service) else { throw LoopbackError.closed }
    let (next, place, use) = try state.withLock { state in
      let place = try state.thinking.check(question, model)
      let use = state.cache.use(question, model)
      state.uses.append(use)
      return (state.actions.isEmpty ? nil : state.actions.removeFirst(), place, use)
    }
    var action = next ?? otherwise(question)
    while let choose = action.choose { action = choose(question) }
    if let refusal = action.refusal { throw refusal }
    let answer = StrictAnswer(action, to: question, at: place, use)
    state.withLock { state in
      for (thought, place, signature) in answer.thinking {
        state.thinking.seal(thought, at: place, as: signature)
      }
    }
    if question.operation == "invoke" || (question.service == .anthropic && question.body["stream"] != true) {
      return try Upstream.reply(answer.message, to: connection)
    }
    do {
      try stream(answer.events.map { Self.bytes($0, question.service) }, action, question.service, connection)
    } catch {
      // What did not arrive whole is not asked back.
      state.withLock { $0.thinking.settle(answer.thinking.map(\.signature)) }
      throw error
    }
  }

  private func stream(
    _ events: [[UInt8]], _ action: StrictAction, _ service: Upstream.Service, _ connection: LoopbackConnection
  ) throws {
    switch service {
    case .anthropic:
      try connection.beginChunks(200, [("content-type", "text/event-stream"), ("request-id", "req_1")])
    case .bedrock: try BedrockServer.beginStream(connection)
    }
    switch action.ending {
    case .whole:
      for event in events { try connection.chunk(event) }
      return try connection.endChunks()
    case .cutAfterEvents(let count): for event in events.prefix(count) { try connection.chunk(event) }
    case .cutAfterPart(let part):
      let all = events.flatMap(\.self)
      let sent = Array(all.prefix(Int(Double(all.count) * part)))
      if !sent.isEmpty { try connection.chunk(sent) }
    case .heldAfterEvents(let count):
      for event in events.prefix(min(count, events.count - 2)) { try connection.chunk(event) }
      action.whenHeld()
      connection.waitForPeerClose()
    }
    throw LoopbackError.closed
  }

  private static func bytes(_ event: JSON, _ service: Upstream.Service) -> [UInt8] {
    service == .bedrock ? EventStreamFrames.chunk(event.text) : Array(MessagesServer.event(event.text).utf8)
  }
}

// MARK: - Lists

extension StrictUpstream {
  private static func apiModels() -> [JSON] {
    let living = StrictModel.all.filter { !$0.ids.isEmpty && !$0.isGone(at: .anthropic) }
    return living.reversed().map { model in
      func supported(_ names: [String], _ all: [String]) -> JSON {
        .object(JSONObject(all.map { ($0, ["supported": .bool(names.contains($0))]) }))
      }
      return [
        "type": "model", "id": .string(model.ids[0]), "display_name": .string(model.name), "lifecycle": "active",
        "created_at": .string("\(model.released ?? "2026-01-01")T00:00:00Z"),
        "max_input_tokens": .number(JSONNumber(model.window)), "max_tokens": .number(JSONNumber(model.maxOutput)),
        "capabilities": [
          "thinking": [
            "types": supported(model.thinkingTypes, ["adaptive", "between_tools", "disabled", "enabled"])
          ],
          "effort": supported(model.efforts, ["low", "medium", "high", "xhigh", "max"]),
        ],
      ]
    }
  }

  private static func bedrockModels(without gone: Set<String>) -> [JSON] {
    living(without: gone).filter(\.hasFoundation).map { model in
      [
        "modelId": .string(model.bedrockID), "modelName": .string(model.name), "providerName": "Anthropic",
        "inferenceTypesSupported": [model.isOnDemand ? "ON_DEMAND" : "INFERENCE_PROFILE"],
        "responseStreamingSupported": true, "modelLifecycle": ["status": "ACTIVE"],
      ]
    }
  }

  private static func profiles(without gone: Set<String>) -> [JSON] {
    living(without: gone).flatMap { model in
      ["us", "global"].filter(model.profiles.contains).map { geography in
        [
          "inferenceProfileId": .string("\(geography).\(model.bedrockID)"), "status": "ACTIVE",
          "type": "SYSTEM_DEFINED",
          "models": [
            ["modelArn": .string("arn:aws:bedrock:us-west-2::foundation-model/\(model.bedrockID)")]
          ],
        ]
      }
    }
  }

  private static func living(without gone: Set<String>) -> [StrictModel] {
    StrictModel.all.filter { !$0.isGone(at: .bedrock) && !gone.contains($0.bedrockID) }
  }
}
