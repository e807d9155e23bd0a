internal import Protocol

/// What a service refuses because of the model that is asked.
struct ModelRules {
  let question: Upstream.Question
  let window: Int?
  let gone: Set<String>

  private static let binding = "thinking-binding-controls-2026-08-01"
  private static let updates = "thinking-display-updates-2026-08-18"
  /// What Bedrock's InvokeModel knows; anything else ends the request.
  private static let bedrockBetas: Set = [
    SystemMessageRules.clearing, SystemMessageRules.effort, binding, updates, "compact-2026-01-12",
    "context-management-2025-06-27", "context-1m-2025-08-07", "effort-2025-11-24",
    "fine-grained-tool-streaming-2025-05-14", "interleaved-thinking-2025-05-14", "tool-search-tool-2025-10-19",
  ]

  private var body: JSON { question.body }
  private var isBedrock: Bool { question.service == .bedrock }

  /// The model that is asked, which is known and has not ended.
  func model() throws(UpstreamRefusal) -> StrictModel {
    guard let model = StrictModel.named(question.model, at: question.service) else {
      guard isBedrock else {
        throw UpstreamRefusal(404, "not_found_error", "model: \(question.model)", isFlaw: true)
      }
      throw .invalid("The provided model identifier is invalid.")
    }
    guard !model.isGone(at: question.service), !gone.contains(question.model) else {
      throw UpstreamRefusal(
        404, isBedrock ? "ResourceNotFoundException" : "not_found_error",
        isBedrock
          ? "This model version has reached the end of its life. Please refer to the AWS documentation for more details."
          : "model: \(question.model)", isFlaw: true)
    }
    return model
  }

  /// All that depends on the model, but for what its messages say.
  func check(against model: StrictModel) throws(UpstreamRefusal) {
    try checkDoor(model)
    let most = isBedrock ? model.bedrockMaxOutput : model.maxOutput
    let asked = body["max_tokens"]?.int ?? 0
    guard asked <= most else {
      throw .invalid(
        "max_tokens: \(asked) > \(most), which is the maximum allowed number of output tokens for \(question.model)")
    }
    try checkThinking(model)
    try checkEffort(model)
    try checkFormat(model)
    try checkChoice(model)
    try checkSampling(model)
    try checkSize(model)
  }

  // MARK: The door

  private func checkDoor(_ model: StrictModel) throws(UpstreamRefusal) {
    guard question.size <= (isBedrock ? 20 << 20 : 32 << 20) else {
      throw UpstreamRefusal(413, "request_too_large", "Request exceeds the maximum size", isFlaw: true)
    }
    if isBedrock {
      let unknown = question.betas.subtracting(Self.bedrockBetas)
      let isBound = question.betas.contains(Self.binding) && !model.thinkingTypes.contains("adaptive")
      guard unknown.isEmpty, !isBound else { throw .invalid("invalid beta flag") }
      guard model.isOnDemand || question.model != model.bedrockID else {
        throw .invalid(
          "Invocation of model ID \(question.model) with on-demand throughput isn’t supported. "
            + "Retry your request with the ID or ARN of an inference profile that contains this model.")
      }
    } else if let odd = question.betas.first(where: {
      $0.hasPrefix("no-such") || $0.wholeMatch(of: /[a-z0-9.-]+-20\d\d-\d\d-\d\d/) == nil
    }) {
      throw .invalid("Unexpected value(s) `\(odd)` for the `anthropic-beta` header.")
    }
    guard model.cacheMinimum != nil || !PlainJSON.hasMarks(body) else {
      throw .invalid("messages.0.content.0.cache_control: Extra inputs are not permitted")
    }
  }

  private func checkSize(_ model: StrictModel) throws(UpstreamRefusal) {
    let said: [JSON] = [body["system"] ?? .null, body["tools"] ?? .null, body["messages"] ?? .null]
    let tokens = PlainJSON.size(.array(said)) / 4
    let most = window ?? model.window
    guard tokens <= most else { throw .invalid("prompt is too long: \(tokens) tokens > \(most) maximum") }
  }

  // MARK: Settings

  private func checkThinking(_ model: StrictModel) throws(UpstreamRefusal) {
    guard let thinking = body["thinking"], let type = thinking["type"]?.string else { return }
    guard model.thinkingTypes.contains(type) else {
      throw .invalid(
        "\"thinking.type.\(type)\" is not supported for this model. "
          + "Use \"thinking.type.adaptive\" and \"output_config.effort\" to control thinking behavior.")
    }
    let taken: Set<String> =
      switch type {
      case "disabled", "between_tools": ["type"]
      case "adaptive": ["type", "display", "block_binding"]
      default: ["type", "display", "block_binding", "budget_tokens"]
      }
    let members = (thinking.object ?? [:]).map(\.key)
    if let odd = members.first(where: { !taken.contains($0) }) {
      throw .invalid("thinking.\(type).\(odd): Extra inputs are not permitted")
    }
    guard thinking["block_binding"] == nil || question.betas.contains(Self.binding) else {
      throw .invalid("thinking.\(type).block_binding: Extra inputs are not permitted")
    }
    if thinking["display"] == "updates" {
      guard question.betas.contains(Self.updates), model.name.contains(#/fable-5|mythos-5-|opus-5-5|sonnet-5-5/#) else {
        throw .invalid("thinking.\(type).display: unknown value 'updates'")
      }
    }
  }

  private func checkEffort(_ model: StrictModel) throws(UpstreamRefusal) {
    guard let effort = body["output_config"]?["effort"] else { return }
    let word = effort.string ?? ""
    guard model.efforts.contains(word) else {
      throw .invalid("output_config.effort: '\(word)' is not supported for this model")
    }
    let type = body["thinking"]?["type"]?.string ?? ""
    let isUpToHigh = ["claude-opus-5", "claude-haiku-5-5", "claude-sonnet-5-5"].contains(model.name)
    guard isUpToHigh, ["xhigh", "max"].contains(word), ["disabled", "between_tools"].contains(type) else { return }
    throw .invalid(
      "output_config.effort '\(word)' is not supported when thinking is disabled on this model. "
        + "Use effort 'high' or below, or enable thinking.")
  }

  private func checkFormat(_ model: StrictModel) throws(UpstreamRefusal) {
    let hasGrammars = model.name.contains(#/(opus|sonnet|haiku)-4-[5-9]|opus-5|sonnet-5|haiku-5|fable|mythos/#)
    let strict = (body["tools"]?.array ?? []).enumerated().filter { $0.element["strict"] == true }
    for (index, tool) in strict {
      guard hasGrammars else { throw .invalid("tools.\(index).custom.strict: Extra inputs are not permitted") }
      try checkClosed(tool["input_schema"] ?? .null, "")
    }
    guard strict.count <= 20 else { throw .invalid("tools: too many strict tools") }
    guard let format = body["output_config"]?["format"] else { return }
    guard hasGrammars else { throw .invalid("output_config.format: not supported for this model") }
    try checkClosed(format["schema"] ?? .null, "")
  }

  /// Keywords that no grammar has.
  private static let unsupported: Set = [
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "maxItems",
    "uniqueItems", "oneOf", "not", "if", "patternProperties", "propertyNames", "prefixItems", "contains",
  ]

  /// Every object of a schema says that it has no other members.
  private func checkClosed(_ schema: JSON, _ path: String) throws(UpstreamRefusal) {
    switch schema {
    case .array(let elements):
      for (index, element) in elements.enumerated() { try checkClosed(element, "\(path).\(index)") }
    case .object(let members):
      if schema["type"] == "object", schema["additionalProperties"] != false {
        throw .invalid(
          "output_config.format.schema\(path): For 'object' type, 'additionalProperties' must be explicitly set to false"
        )
      }
      if schema["type"] != nil, let odd = members.first(where: { Self.unsupported.contains($0.key) }) {
        throw .invalid("output_config.format.schema\(path): '\(odd.key)' is not supported")
      }
      for member in members { try checkClosed(member.value, "\(path).\(member.key)") }
    default: break
    }
  }

  private func checkChoice(_ model: StrictModel) throws(UpstreamRefusal) {
    guard let type = body["tool_choice"]?["type"]?.string, ["any", "tool"].contains(type) else { return }
    guard model.takesForcedTools else {
      throw .invalid("tool_choice: type \"tool\" and \"any\" are not supported for this model.")
    }
    guard body["thinking"]?["type"] != "enabled" else {
      throw .invalid("Thinking may not be enabled when tool_choice forces tool use.")
    }
  }

  private func checkSampling(_ model: StrictModel) throws(UpstreamRefusal) {
    let sent = ["temperature", "top_p", "top_k"].filter { body[$0] != nil }
    guard model.sampling != .free, let first = sent.first else { return }
    guard sent.count == 1 else {
      throw .invalid("`temperature` and `top_p` cannot both be specified for this model")
    }
    guard model.sampling == .defaults else { return }
    let isDefault = first == "top_k" ? false : body[first]?.double == (first == "top_p" ? 0.99 : 1)
    guard isDefault else { throw .invalid("\(first): not supported for this model") }
  }
}
