import Protocol
import Providers
import Testing

/// The services' own words, and what is read from them.
@Suite struct `A refusal` {
  struct Row: CustomTestStringConvertible, Sendable {
    var text: String
    var place: Refusal.Place?
    var thinking = false
    var cure: Refusal.Cure?
    var testDescription: String { text }

    init(_ text: String, at place: Refusal.Place? = nil, thinking: Bool = false, cure: Refusal.Cure? = nil) {
      (self.text, self.place, self.thinking, self.cure) = (text, place, thinking, cure)
    }
  }

  private static let bound =
    "messages.3.content.1: Invalid `signature` in `thinking` block. The block is bound to a different conversation. "
  private static let setting =
    "Remove the block, or set `thinking.block_binding.prefix_mismatch_behavior` to \"drop_block\"."
  private static let header =
    " That setting requires the `thinking-binding-controls-2026-08-01` value in the `anthropic-beta` header."

  static let thoughts = [
    Row(bound + setting, at: .init(message: 3, block: 1), thinking: true),
    Row(bound + setting + header, at: .init(message: 3, block: 1), thinking: true),
    Row(
      bound + "The `system` prompt differs from the one this block was created with.",
      at: .init(message: 3, block: 1), thinking: true),
    Row(
      bound + "The `thinking` block that preceded this one when it was created is missing from this request.",
      at: .init(message: 3, block: 1), thinking: true),
    Row(
      bound + "Content that preceded this block when it was created is missing from this request, starting at "
        + "`messages.2`.", at: .init(message: 3, block: 1), thinking: true),
    Row(
      "messages.5.content.0: Invalid `signature` in `thinking` block", at: .init(message: 5, block: 0), thinking: true),
    Row("messages.1.content.0.thinking.signature: Field required", at: .init(message: 1, block: 0), thinking: true),
    Row(
      "messages.1.content.0: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be "
        + "modified. These blocks must remain as they were in the original response.",
      at: .init(message: 1, block: 0), thinking: true),
  ]

  static let settings = [
    Row("thinking.adaptive.block_binding: Extra inputs are not permitted", cure: .thinkingMember("block_binding")),
    Row("thinking.adaptive.display: Extra inputs are not permitted", cure: .thinkingMember("display")),
    Row("thinking.display: unknown value \"updates\"", cure: .thinkingMember("display")),
    Row(
      "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `text`. When `thinking` is "
        + "enabled, a final `assistant` message must start with a thinking block", cure: .noThinking),
    Row("invalid beta flag", cure: .betas(named: [])),
    Row(
      "Unexpected value(s) `one-2026-01-01` for the `anthropic-beta` header. Please consult our documentation",
      cure: .betas(named: ["one-2026-01-01"])),
    Row(
      "\"thinking.type.enabled\" is not supported for this model. Use \"thinking.type.adaptive\" and "
        + "\"output_config.effort\" to control thinking behavior.", cure: .thinkingType(betweenTools: false)),
    Row(
      "\"thinking.type.disabled\" is not supported for this model. Thinking defaults to adaptive mode when not "
        + "specified; use \"thinking.type.enabled\" with \"budget_tokens\"", cure: .thinkingType(betweenTools: false)),
    Row(
      "\"thinking.type.disabled\" is not supported for this model. Use {\"type\":\"between_tools\"} instead.",
      cure: .thinkingType(betweenTools: true)),
    Row(
      "\"thinking.type.between_tools\" is not supported for this model.", cure: .thinkingType(betweenTools: false)),
    Row("adaptive thinking is not supported on this model", cure: .thinkingType(betweenTools: false)),
    Row(
      "output_config.effort 'xhigh' is not supported when thinking is disabled on this model. Use effort 'high' or "
        + "below, or enable thinking.", cure: .effort(instead: [.high], withoutThinkingOnly: true)),
    Row(
      "output_config.effort: Input should be 'low', 'medium' or 'high'",
      cure: .effort(instead: [.low, .medium, .high], withoutThinkingOnly: false)),
    Row("output_config: Extra inputs are not permitted", cure: .effort(instead: [], withoutThinkingOnly: false)),
    Row("This model does not support the effort parameter.", cure: .effort(instead: [], withoutThinkingOnly: false)),
    Row(
      "tool_choice: type \"tool\" and \"any\" are not supported for this model.",
      cure: .toolChoice(withThinkingOnly: false)),
    Row("Thinking may not be enabled when tool_choice forces tool use.", cure: .toolChoice(withThinkingOnly: true)),
    Row(
      "max_tokens: 8192 > 4096, which is the maximum allowed number of output tokens for claude-3-haiku-20240307",
      cure: .maxTokens(4_096)),
    Row(
      "The maximum tokens you requested exceeds the model limit of 4096. Try again with a maximum tokens value that is "
        + "lower than 4096.", cure: .maxTokens(4_096)),
    Row("Malformed input request: extraneous key [cache_control] is not permitted", cure: .cacheMarks),
    Row("system.0.cache_control: Extra inputs are not permitted", cure: .cacheMarks),
    Row("messages.0.content.0.text.cache_control: Extra inputs are not permitted", cure: .cacheMarks),
    Row("You did not allow prompt caching", cure: .cacheMarks),
    Row("tools.12.custom.defer_loading: Extra inputs are not permitted", cure: .foundTools),
    Row("#/tools/12: extraneous key [defer_loading] is not permitted", cure: .foundTools),
    Row("Deferred custom tools are only supported on Anthropic models", cure: .foundTools),
    Row("Invalid Value: 'tools.defer_loading'. Deferred tools require tools.tool_search.", cure: .foundTools),
    Row("Tool reference 'mcp__a__b' not found in available tools", cure: .foundTools),
    Row(
      "messages.2.content.0.tool_result.content.0: Input tag 'tool_reference' found using 'type' does not match any of "
        + "the expected tags", cure: .foundTools),
    Row("role 'system' is not supported on this model", cure: .systemMessages),
    Row(
      "messages: Unexpected role \"system\". The Messages API accepts a top-level `system` parameter, not \"system\" as "
        + "an input message role.", cure: .systemMessages),
  ]

  static let places = [
    Row(
      "messages.2.content.0.tool_result.content.1.image.source.base64: image exceeds 5 MB maximum",
      at: .init(message: 2, block: 0)),
    Row("messages.4: all messages must have non-empty content", at: .init(message: 4)),
    Row("#/messages/2/content/3: required key [id] not found", at: .init(message: 2, block: 3)),
    Row("messages[2].content[3].input: must be an object", at: .init(message: 2, block: 3)),
    Row("messages.3.output_config: Extra inputs are not permitted", at: .init(message: 3)),
    Row(
      "messages.3: output_config.effort 'low' differs from the 'high' in effect before it", at: .init(message: 3)),
    Row(
      "messages.12.content.0: tool_addition/tool_removal references unknown tool 'x'", at: .init(message: 12, block: 0)),
  ]

  static let nothing = [
    Row("messages: at least one message is required"), Row("metadata.user_id: should be shorter"),
    Row("This model does not support assistant message prefill. The conversation must end with a user message."),
  ]

  @Test(arguments: thoughts + settings + places + nothing)
  func `is understood in the same way from either service`(row: Row) throws {
    let anthropic = AnthropicErrors.failure(
      status: 400, headers: HTTPHeaders(),
      body: JSON.object(["type": "error", "error": ["type": "invalid_request_error", "message": .string(row.text)]])
        .serialized,
      model: "m", now: 0)
    let bedrock = BedrockErrors.failure(
      status: 400, headers: HTTPHeaders([("x-amzn-errortype", "ValidationException")]),
      body: JSON.object(["message": .string(row.text)]).serialized,
      BedrockQuestion(model: "m", region: "us-east-1"), now: 0)
    for failure in [anthropic, bedrock] {
      #expect(failure.kind == .invalidRequest)
      #expect(failure.refusedPlace?.message == row.place?.message)
      #expect(failure.refusedPlace?.block == row.place?.block)
      #expect(failure.refusesThinking == row.thinking)
      #expect(failure.refusal?.cure == row.cure)
    }
  }

  @Test func `of a prompt that may not be cached is understood whoever is let in, and by whatever key`() {
    for bearer in [true, false] {
      let failure = BedrockErrors.failure(
        status: 403, headers: HTTPHeaders([("x-amzn-errortype", "AccessDeniedException")]),
        body: Array(#"{"message":"You did not allow prompt caching for this model"}"#.utf8),
        BedrockQuestion(model: "m", region: "us-east-1", usesBearer: bearer), now: 0)
      #expect(failure.refusal?.cure == .cacheMarks)
    }
  }

  @Test func `of a prompt that is too long is none`() {
    let text = "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000"
    let failure = AnthropicErrors.failure(
      status: 400, headers: HTTPHeaders(), body: JSON.object(["error": ["message": .string(text)]]).serialized,
      model: "m", now: 0)
    #expect(failure.kind == .contextWindowExceeded)
    #expect(failure.refusal == nil)
  }
}
