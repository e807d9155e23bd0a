import OperatingSystem
import Protocol
import Providers
import Synchronization
import TestSupport
import Testing

/// Refusals that name their cure, over real HTTP, from both services.
@Suite(.hangGuard, .ownThread) struct `A setting that a service refuses` {
  /// One thing that a service does not take, and what it says then.
  struct Row: Sendable, CustomTestStringConvertible {
    var name: String
    /// What the caller wants.
    var ask: @Sendable (inout ModelRequest) -> Void
    /// What the service says to a body that it does not take; `nil` to others.
    var refusal: @Sendable (JSON) -> String?
    /// What has to stand in the body that it takes.
    var sent: [String: JSON?] = [:]
    var status = 400
    var testDescription: String { name }
  }

  private static func thinks(_ type: String) -> @Sendable (JSON) -> Bool { { $0["thinking"]?["type"]?.string == type } }

  static let rows = [
    Row(
      name: "a budget of thinking", ask: { $0.thinking = ["type": "enabled", "budget_tokens": 5_000] },
      refusal: {
        thinks("enabled")($0)
          ? "\"thinking.type.enabled\" is not supported for this model. Use \"thinking.type.adaptive\" and "
            + "\"output_config.effort\" to control thinking behavior." : nil
      }, sent: ["thinking": ["type": "adaptive"], "output_config": ["effort": "medium"]]),
    Row(
      name: "adaptive thinking", ask: { $0.thinking = ["type": "adaptive"] },
      refusal: { thinks("adaptive")($0) ? "adaptive thinking is not supported on this model" : nil },
      sent: ["thinking": ["type": "enabled", "budget_tokens": 4_000]]),
    Row(
      name: "no thinking, where there is some between tools", ask: { $0.thinking = ["type": "disabled"] },
      refusal: {
        thinks("disabled")($0)
          ? "\"thinking.type.disabled\" is not supported for this model. Use {\"type\":\"between_tools\"} instead."
          : nil
      }, sent: ["thinking": ["type": "between_tools"], "output_config": nil]),
    Row(
      name: "no thinking at all", ask: { $0.thinking = ["type": "disabled"] },
      refusal: { thinks("disabled")($0) ? "\"thinking.type.disabled\" is not supported for this model." : nil },
      sent: ["thinking": nil, "output_config": ["effort": "low"]]),
    Row(
      name: "an effort without thinking", ask: { ($0.thinking, $0.effort) = (["type": "disabled"], .max) },
      refusal: {
        $0["output_config"]?["effort"] == "max"
          ? "output_config.effort 'max' is not supported when thinking is disabled on this model. Use effort 'high' or "
            + "below, or enable thinking." : nil
      }, sent: ["output_config": ["effort": "high"]]),
    Row(
      name: "any effort", ask: { $0.effort = .low },
      refusal: { $0["output_config"] != nil ? "output_config: Extra inputs are not permitted" : nil },
      sent: ["output_config": nil]),
    Row(
      name: "the choice of a tool",
      ask: {
        $0.tools = [["name": "pick", "input_schema": ["type": "object"]]]
        $0.toolChoice = ["type": "tool", "name": "pick"]
      },
      refusal: {
        $0["tool_choice"] != nil ? "tool_choice: type \"tool\" and \"any\" are not supported for this model." : nil
      }, sent: ["tool_choice": nil]),
    Row(
      name: "a long answer", ask: { _ in },
      refusal: {
        $0["max_tokens"]?.int ?? 0 > 4_096
          ? "max_tokens: 8000 > 4096, which is the maximum allowed number of output tokens" : nil
      }, sent: ["max_tokens": 4_096]),
    Row(
      name: "marks for the cache", ask: { $0.caching = true },
      refusal: { $0.text.contains("cache_control") ? "extraneous key [cache_control] is not permitted" : nil }),
    Row(
      name: "caching", ask: { $0.caching = true },
      refusal: { $0.text.contains("cache_control") ? "You did not allow prompt caching" : nil }, status: 403),
    Row(
      name: "a display", ask: { $0.thinking = ["type": "adaptive", "display": "summarized"] },
      refusal: {
        $0["thinking"]?["display"] != nil ? "thinking.adaptive.display: Extra inputs are not permitted" : nil
      }, sent: ["thinking": ["type": "adaptive"]]),
  ]

  private let log = EventLog()
  private let time = ManualClock(.passes)

  private func provider(_ service: Upstream.Service, at url: String) -> any Provider {
    guard service == .bedrock else {
      var configuration = AnthropicConfiguration(version: "1")
      configuration.apiKey = Secret("sk-ant-1")
      configuration.baseURL = url
      return AnthropicProvider(configuration, transport: CurlTransport(), time: time.source)
    }
    let configuration = BedrockConfiguration(
      region: "us-east-1", baseURL: url, authorization: TestAuthorization(.bearer(Secret("bedrock-key"))), version: "1")
    return BedrockProvider(configuration, transport: CurlTransport(), time: time.source)
  }

  /// A service that refuses by that rule.
  private func upstream(status: Int = 400, _ refusal: @escaping @Sendable (JSON) -> String?) throws -> Upstream {
    var access = UpstreamAccess()
    access.bearers = ["bedrock-key"]
    return try Upstream(access: access) { question, connection in
      if let text = refusal(question.body) {
        let type =
          question.service == .anthropic
          ? status == 400 ? "invalid_request_error" : "permission_error"
          : status == 400 ? "ValidationException" : "AccessDeniedException"
        return try UpstreamRefusal(status, type, text).send(question.service, to: connection)
      }
      let answer = ModelAnswer("Well.")
      if question.service == .anthropic { try answer.overSSE(connection) } else { try answer.overFrames(connection) }
    }
  }

  private func hello(_ change: (inout ModelRequest) -> Void = { _ in }) -> ModelRequest {
    var request = ModelRequest(
      model: "claude-next", messages: [["role": "user", "content": "hi"]], maxTokens: 8_000)
    request.caching = false
    change(&request)
    return request
  }

  private var notices: [String] {
    log.events.compactMap { event in if case .notice(let text) = event { text } else { nil } }
  }

  @Test(arguments: rows, [Upstream.Service.anthropic, .bedrock])
  func `is changed once, told, and not sent again`(row: Row, service: Upstream.Service) async throws {
    let upstream = try upstream(status: row.status, row.refusal)
    let provider = provider(service, at: upstream.server.url)
    let message = try await provider.answer(hello(row.ask)) { [log] in log.note($0) }
    #expect(Conversation.text(of: message) == "Well.")
    #expect(upstream.questions.count == 2)
    #expect(notices.count == 1, "\(notices)")
    #expect(log.retries == [])
    let body = try #require(upstream.questions.last?.body)
    for (name, value) in row.sent { #expect(body[name] == value, "\(name)") }
    // The next one is right from the start, and nobody is told again.
    _ = try await provider.answer(hello(row.ask)) { [log] in log.note($0) }
    #expect(upstream.questions.count == 3)
    #expect(upstream.questions.last?.body == body)
    #expect(notices.count == 1)
    // Another model may take it.
    var other = hello(row.ask)
    other.model = "claude-other"
    _ = try await provider.answer(other) { _ in }
    #expect(upstream.questions.count == 5)
    #expect(upstream.flaws == [])
  }

  @Test(arguments: [Upstream.Service.anthropic, .bedrock])
  func `in trial goes with the members that it opens`(service: Upstream.Service) async throws {
    let upstream = try upstream { $0["thinking"]?["display"] != nil ? "invalid beta flag" : nil }
    let request = hello {
      $0.betas = ["thinking-display-updates-2026-08-18"]
      $0.thinking = ["type": "adaptive", "display": "updates"]
    }
    _ = try await provider(service, at: upstream.server.url).answer(request) { [log] in log.note($0) }
    #expect(upstream.questions.last?.body["thinking"] == ["type": "adaptive"])
    #expect(upstream.questions.last?.body["anthropic_beta"] == nil)
    #expect(upstream.server.requests.last?["anthropic-beta"] == nil)
    #expect(notices == ["features in trial were refused, and are left out: thinking-display-updates-2026-08-18"])
  }

  @Test(
    arguments: [
      "tools.1.custom.defer_loading: Extra inputs are not permitted", "invalid beta flag",
      "Unexpected item type in content.", "messages.2.content.0: is not what we know",
    ], [Upstream.Service.anthropic, .bedrock])
  func `is tools that are loaded as they are found, which are told in words then`(
    words: String, service: Upstream.Service
  ) async throws {
    // The API has it without a feature in trial.
    guard words != "invalid beta flag" || service == .bedrock else { return }
    let upstream = try upstream { $0["tools"]?.text.contains("defer_loading") == true ? words : nil }
    let tool: JSON = ["description": "", "input_schema": ["type": "object"], "name": "late"]
    let plain = hello {
      $0.model = "claude-opus-4-8"
      $0.tools = [["name": "find", "input_schema": ["type": "object"]]]
      $0.messages += [
        ["role": "assistant", "content": [["type": "tool_use", "id": "t", "name": "find", "input": [:]]]],
        [
          "role": "user",
          "content": [
            [
              "type": "tool_result", "tool_use_id": "t",
              "content": [["type": "text", "text": .string(FoundTools.text([tool]))]],
            ]
          ],
        ],
      ]
    }
    var request = plain
    request.load(
      foundBy: "find", for: ModelCatalog.traits(of: request.model), onBedrock: service == .bedrock)
    #expect(request.tools.count == 2)
    let provider = provider(service, at: upstream.server.url)
    for count in [2, 3] {
      _ = try await provider.answer(request) { [log] in log.note($0) }
      #expect(upstream.questions.count == count)
      let body = try #require(upstream.questions.last?.body)
      #expect(body["messages"]?.array == plain.messages)
      #expect(body["tools"]?.array == plain.tools)
      #expect(body["anthropic_beta"] == nil)
      #expect(notices.count == 1, "\(notices)")
    }
    #expect(upstream.flaws == [])
  }

  @Test func `in trial is the only one to go when the API names it`() async throws {
    let transport = ScriptedTransport(
      .plain(
        400,
        #"{"error":{"type":"invalid_request_error","message":"Unexpected value(s) `old-1` for the `anthropic-beta` header."}}"#
      ),
      AnthropicProviderTests.answer)
    var configuration = AnthropicConfiguration(version: "1")
    configuration.apiKey = Secret("sk-ant-1")
    configuration.betas = ["old-1", "new-2"]
    let provider = AnthropicProvider(configuration, transport: transport, time: time.source)
    _ = try await provider.answer(hello()) { _ in }
    #expect(transport.requests.map { AnthropicRequestTests.headers($0)["anthropic-beta"] } == ["old-1,new-2", "new-2"])
  }

  @Test func `may be the role of a message, which the user's message then carries`() async throws {
    let transport = ScriptedTransport(
      .plain(
        400,
        #"{"error":{"type":"invalid_request_error","message":"role 'system' is not supported on this model"}}"#),
      AnthropicProviderTests.answer)
    var configuration = AnthropicConfiguration(version: "1")
    configuration.apiKey = Secret("sk-ant-1")
    let provider = AnthropicProvider(configuration, transport: transport, time: time.source)
    _ = try await provider.answer(hello { $0.messages.append(["role": "system", "content": "Today."]) }) { _ in }
    let body = try JSON.parse(try #require(transport.requests.last?.body))
    #expect(
      body["messages"] == [
        [
          "role": "user",
          "content": [
            ["type": "text", "text": "<system-reminder>\nToday.\n</system-reminder>"],
            ["type": "text", "text": "hi"],
          ],
        ]
      ])
  }

  @Test func `that is put in words says so, for it has to stay in the conversation`() async throws {
    let upstream = try upstream { $0["tool_choice"] != nil ? "tool_choice: not supported for this model." : nil }
    let message = try await provider(.anthropic, at: upstream.server.url).answer(
      hello {
        $0.tools = [["name": "pick", "input_schema": ["type": "object"]]]
        $0.toolChoice = ["type": "any"]
      }
    ) { _ in }
    let words = "Use one of your tools now, before you answer."
    #expect(message.addedToPrompt == words)
    #expect(
      upstream.questions.last?.messages.last?["content"]?.array
        == [["type": "text", "text": "hi"], SystemMessages.reminder(words)])
  }

  @Test(arguments: [Upstream.Service.anthropic, .bedrock])
  func `again after its cure ends the call, and is not remembered`(service: Upstream.Service) async throws {
    let upstream = try upstream { _ in "output_config: Extra inputs are not permitted" }
    let provider = provider(service, at: upstream.server.url)
    for calls in [2, 4] {
      let failure = await #expect(throws: ProviderError.self) {
        try await provider.answer(hello { $0.effort = .low }) { _ in }
      }
      #expect(failure?.kind == .invalidRequest)
      #expect(upstream.questions.count == calls)
    }
    _ = await #expect(throws: ProviderError.self) { try await provider.answer(hello()) { _ in } }
    #expect(upstream.questions.count == 5)
  }

  @Test func `is not changed after something was heard, or when the conversation is what is wrong`() async throws {
    let refused =
      #"{"type":"error","error":{"type":"invalid_request_error","message":"output_config: Extra inputs are not permitted"}}"#
    let sealed =
      #"{"error":{"type":"invalid_request_error","message":"messages.1.content.0: Invalid `signature` in `thinking` block. The block is bound to a different conversation. Remove the block, or set `thinking.block_binding.prefix_mismatch_behavior`"}}"#
    for reply in [
      ScriptedTransport.Reply.stream(Wire.start, Wire.delta("a"), "event: error\ndata: \(refused)\n\n"),
      .plain(400, sealed),
    ] {
      let transport = ScriptedTransport(reply, AnthropicProviderTests.answer)
      var configuration = AnthropicConfiguration(version: "1")
      configuration.apiKey = Secret("sk-ant-1")
      let provider = AnthropicProvider(configuration, transport: transport, time: time.source)
      _ = await #expect(throws: ProviderError.self) {
        try await provider.answer(hello { $0.effort = .low }) { _ in }
      }
      #expect(transport.requests.count == 1)
    }
  }
}
