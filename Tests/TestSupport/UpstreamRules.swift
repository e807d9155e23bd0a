internal import Protocol

/// What the services refuse in a request, whoever is asked; with ``knowsModels`` also what today's models do not take.
package struct UpstreamRules: Sendable {
  /// Whether only the models of ``StrictModel`` are known, and each is held to its facts.
  package var knowsModels = false
  /// A smaller window than the models have, in tokens.
  package var window: Int?
  /// The ids that the account has lost beside those that have ended.
  package var gone: Set<String> = []

  /// The rules that hold for every model.
  package init(knowsModels: Bool = false) { self.knowsModels = knowsModels }

  /// Throws what a service would answer.
  func check(_ request: LoopbackRequest, _ question: Upstream.Question) throws(UpstreamRefusal) {
    guard request["content-type"] == "application/json" else { throw .invalid("the content type is not supported") }
    guard question.body != .null else { throw .invalid("the body is no JSON") }
    if knowsModels { return try checkStrictly(request, question) }
    guard question.service == .bedrock else {
      try checkHead(request, question)
      return try checkContent(question, model: nil)
    }
    do throws(UpstreamRefusal) {
      try checkHead(request, question)
      try checkContent(question, model: nil)
    } catch {
      throw .invalid("Malformed input request: \(error.message), please reformat your input and try again.")
    }
  }

  private func checkStrictly(_ request: LoopbackRequest, _ question: Upstream.Question) throws(UpstreamRefusal) {
    try checkHead(request, question)
    let rules = ModelRules(question: question, window: window, gone: gone)
    let model = try rules.model()
    try rules.check(against: model)
    try checkContent(question, model: model)
  }

  /// Paths, headers and members.
  private func checkHead(_ request: LoopbackRequest, _ question: Upstream.Question) throws(UpstreamRefusal) {
    let members = (question.body.object ?? [:]).map(\.key)
    switch question.service {
    case .anthropic:
      guard !knowsModels || question.path == "/v1/messages" else {
        throw UpstreamRefusal(404, "not_found_error", "Not Found", isFlaw: true)
      }
      guard request["anthropic-version"] == "2023-06-01" else {
        throw .invalid("anthropic-version: header is required")
      }
      if let member = members.first(where: { !Self.members.contains($0) && !Self.apiMembers.contains($0) }) {
        throw .invalid("\(member): Extra inputs are not permitted")
      }
      guard question.body["model"]?.string?.isEmpty == false else { throw .invalid("model: Field required") }
    case .bedrock:
      let segment = request.target.split(separator: "/")[1]
      let kept = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%".utf8)
      guard segment.utf8.allSatisfy(kept.contains), !question.model.isEmpty else {
        throw .invalid("the path is not encoded")
      }
      guard ["invoke", "invoke-with-response-stream"].contains(question.operation) else {
        throw UpstreamRefusal(404, "UnknownOperationException", "no such operation", isFlaw: true)
      }
      guard question.body["anthropic_version"] == "bedrock-2023-05-31" else {
        throw .invalid("anthropic_version: is not supported")
      }
      if let member = members.first(where: { !Self.members.contains($0) && !Self.bedrockMembers.contains($0) }) {
        throw .invalid("\(member): Extra inputs are not permitted")
      }
      if Self.hasNull(question.body) { throw .invalid("#: expected another type, found: Null") }
    }
  }

  /// All that is said: the system prompt, tools, marks and messages.
  private func checkContent(_ question: Upstream.Question, model: StrictModel?) throws(UpstreamRefusal) {
    let body = question.body
    guard body["max_tokens"]?.int ?? 0 > 0 else { throw .invalid("max_tokens: must be at least 1") }
    if body["thinking"]?["type"] == "enabled" {
      let budget = body["thinking"]?["budget_tokens"]?.int ?? 0
      guard budget >= 1_024, budget < body["max_tokens"]?.int ?? 0 else {
        throw .invalid("`max_tokens` must be greater than `thinking.budget_tokens`, and that at least 1024")
      }
    }
    for (index, block) in ConversationRules.blocks(body["system"]).enumerated() {
      guard block["text"]?.string?.contains(where: { !$0.isWhitespace }) == true else {
        throw .invalid("system.\(index): text content blocks must contain non-whitespace text")
      }
    }
    try ToolRules.check(body, question.service)
    try ToolRules.checkMarks(body)
    try LoadedToolRules.check(body, question.service, model, question.betas)
    var rules = ConversationRules(
      service: question.service, name: question.model, model: model, betas: question.betas)
    try rules.check(body)
  }

  /// What both services take.
  private static let members: Set = [
    "cache_control", "context_management", "max_tokens", "messages", "output_config", "stop_sequences", "system",
    "temperature", "thinking", "tool_choice", "tools", "top_k", "top_p",
  ]
  private static let apiMembers: Set = [
    "compaction", "container", "diagnostics", "fallbacks", "inference_geo", "mcp_servers", "metadata", "model",
    "service_tier", "speed", "stream",
  ]
  private static let bedrockMembers: Set = ["anthropic_version", "anthropic_beta"]

  /// Whether there is a null where the schema has a say: a tool's input is the tool's own.
  private static func hasNull(_ json: JSON) -> Bool {
    switch json {
    case .null: true
    case .array(let elements): elements.contains(where: hasNull)
    case .object(let members): members.contains { !["input", "input_schema"].contains($0.key) && hasNull($0.value) }
    default: false
    }
  }
}
