internal import Foundation
package import Protocol
internal import Synchronization

/// Both services that give models, on this machine: one loopback server that lets in whom it knows, takes no request that
/// the real ones would refuse, notes what it is asked, and answers as a script says.
///
/// ``MessagesServer``, ``BedrockServer``, ``BedrockGate``, ``ScriptedModel`` and ``AgentModel`` are its scripts.
package final class Upstream: Sendable {
  /// The services, told apart by the paths of their requests.
  package enum Service: Sendable {
    /// The Messages API.
    case anthropic
    /// Bedrock, its lists of models included.
    case bedrock
  }

  /// What a model is asked.
  package struct Question: Sendable {
    /// Who is asked.
    package var service: Service
    /// Which question it is, from 1.
    package var number: Int
    /// The model, from the body or from Bedrock's path, decoded.
    package var model: String
    /// The region of the signature; with a key of either service `nil`.
    package var region: String?
    /// Who asks: the access key's id, or the word that came as a key.
    package var caller: String
    /// What is done with the model: `messages`, or Bedrock's `invoke-with-response-stream`, `invoke` or `count-tokens`.
    package var operation: String
    /// The path as it came.
    package var path: String
    /// The body.
    package var body: JSON
    /// The bytes of the body.
    package var size: Int
    /// The beta features that it asks for, by header or in the body.
    package var betas: Set<String>

    /// The conversation.
    package var messages: [JSON] { body["messages"]?.array ?? [] }
    /// The user's last message.
    private var said: JSON? { messages.last { $0["role"] == "user" } }
    /// The text at the end of it.
    package var prompt: String { said?["content"]?.array?.last?["text"]?.string ?? "" }
    /// What was told the model between the messages, as system messages or as marked texts of the user's.
    package var told: String {
      messages.flatMap { message -> [String] in
        let texts =
          message["content"]?.string.map { [$0] } ?? (message["content"]?.array ?? []).compactMap { $0["text"]?.string }
        return message["role"] == "system" ? texts : texts.filter { $0.hasPrefix("<system-reminder>") }
      }.joined(separator: "\n")
    }
    /// The results in it.
    package var results: [JSON] {
      (said?["content"]?.array ?? []).filter { $0["type"] == "tool_result" }
    }
    /// The texts of those results.
    package var resultTexts: [String] {
      results.map { result in
        result["content"]?.string
          ?? (result["content"]?.array ?? []).compactMap { $0["text"]?.string }.joined(separator: "\n")
      }
    }
    /// All of the system prompt.
    package var system: String {
      (body["system"]?.array ?? []).compactMap { $0["text"]?.string }.joined(separator: "\n")
    }
  }

  /// What answers a question.
  package typealias Script = @Sendable (Question, LoopbackConnection) throws -> Void

  private struct State {
    var questions: [Question] = []
    var callers: [String] = []
    var flaws: [(number: Int?, text: String)] = []
  }

  private final class Log: Sendable {
    let state = Mutex(State())
    func add(flaw: String, of number: Int? = nil) { state.withLock { $0.flaws.append((number, flaw)) } }
  }

  /// Takes requests.
  package let server: LoopbackServer
  private let log: Log

  /// Starts both; `meanwhile` is called when somebody asks, before anything else.
  ///
  /// `models` and `profiles` are what Bedrock's lists hold, `apiModels` what the Messages API's list holds. A script
  /// that throws an ``UpstreamRefusal`` refuses.
  package init(
    access: UpstreamAccess = UpstreamAccess(), rules: UpstreamRules = UpstreamRules(), models: [JSON] = [],
    profiles: [JSON] = [], apiModels: [JSON] = [],
    meanwhile: @escaping @Sendable () -> Void = {}, _ script: @escaping Script
  ) throws {
    let log = Log()
    self.log = log
    server = try LoopbackServer { request, connection in
      if request.method == "HEAD" { return try connection.reply(404, body: []) }
      guard let service = Self.service(of: request) else {
        return try UpstreamRefusal(404, "not_found_error", "no such operation").send(.anthropic, to: connection)
      }
      log.state.withLock { $0.callers.append(UpstreamAccess.name(of: request)) }
      meanwhile()
      do throws(UpstreamRefusal) {
        try access.check(request, service)
      } catch {
        if error.isFlaw { log.add(flaw: "\(error.type): \(error.message)") }
        return try error.send(service, to: connection)
      }
      if request.method == "GET" {
        let list: JSON =
          if service == .anthropic {
            ["data": .array(apiModels), "has_more": false]
          } else if request.target.hasPrefix("/inference-profiles") {
            ["inferenceProfileSummaries": .array(profiles)]
          } else {
            ["modelSummaries": .array(models)]
          }
        return try Self.reply(list, to: connection)
      }
      let question = log.state.withLock { state in
        let question = Question(request, service, number: state.questions.count + 1)
        state.questions.append(question)
        return question
      }
      do {
        switch question.operation {
        case "count-tokens": try Self.reply(["inputTokens": 12], to: connection)
        case "count_tokens": try Self.reply(["input_tokens": 12], to: connection)
        case "invoke" where !rules.knowsModels:
          try rules.check(request, question)
          try Self.reply(Self.whole, to: connection)
        default:
          try rules.check(request, question)
          try script(question, connection)
        }
      } catch let refusal as UpstreamRefusal {
        if refusal.isFlaw { log.add(flaw: refusal.message, of: question.number) }
        try refusal.send(service, to: connection)
      }
    }
  }

  /// What models were asked, in order, what was refused for its content included.
  package var questions: [Question] { log.state.withLock { $0.questions } }
  /// Who has asked, in order, who was refused included.
  package var callers: [String] { log.state.withLock { $0.callers } }
  /// Why requests were refused that no client should send.
  package var flaws: [String] { log.state.withLock { $0.flaws.map(\.text) } }
  /// The same, each with the number of its question.
  package var refused: [(number: Int?, text: String)] { log.state.withLock { $0.flaws } }

  private static func service(of request: LoopbackRequest) -> Service? {
    let words = request.target.prefix { $0 != "?" }.split(separator: "/")
    switch (request.method, words.first, words.count) {
    case ("GET", "foundation-models", _), ("GET", "inference-profiles", _), ("POST", "model", 3): return .bedrock
    case ("POST", _, _) where words.suffix(2) == ["v1", "messages"] || words.last == "count_tokens": return .anthropic
    case ("GET", "v1", 2) where words.last == "models": return .anthropic
    default: return nil
    }
  }

  /// The answer to a question that wants it in one piece.
  private static let whole: JSON = [
    "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-test", "stop_reason": "max_tokens",
    "content": [["type": "text", "text": "."]], "usage": ["input_tokens": 8, "output_tokens": 1],
  ]

  static func reply(_ json: JSON, to connection: LoopbackConnection) throws {
    try connection.reply(
      200, [("Content-Type", "application/json"), ("x-amzn-RequestId", "id-bedrock-list")], body: json.serialized)
  }
}

extension Upstream.Question {
  fileprivate init(_ request: LoopbackRequest, _ service: Upstream.Service, number: Int) {
    let body = (try? JSON.parse(request.body)) ?? .null
    let words = request.target.split(separator: "/").map(String.init)
    let inPath = service == .bedrock
    let path = request.target.prefix { $0 != "?" }
    let betas =
      inPath
      ? (body["anthropic_beta"]?.array ?? []).compactMap(\.string)
      : (request["anthropic-beta"] ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    self.init(
      service: service, number: number,
      model: inPath ? words[1].removingPercentEncoding ?? "" : body["model"]?.string ?? "",
      region: RequestSignature(request)?.region, caller: UpstreamAccess.name(of: request),
      operation: inPath ? words[2] : path.hasSuffix("count_tokens") ? "count_tokens" : "messages",
      path: String(path), body: body, size: request.body.count, betas: Set(betas))
  }
}
