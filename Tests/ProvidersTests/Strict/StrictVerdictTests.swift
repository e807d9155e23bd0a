import Foundation
import Protocol
import TestSupport
import Testing

/// What the strict double of the services takes and refuses, each as the services document it.
@Suite(.hangGuard) struct `The strict services` {
  private static let clearing = "mid-conversation-system-clear-at-2026-08-21"
  private static let effort = "mid-conversation-output-config-2026-07-01"
  private static let lowEffort: JSONObject = ["output_config": ["effort": "low"]]
  private static let sonnet = "us.anthropic.claude-sonnet-5-5"

  private static let taken: [Verdict] = [
    Verdict("5 MB of image", ["messages": Piece.said(Piece.text("x"), Piece.image(padding: 5_000_000))]),
    Verdict(
      "900 kB of image and a small window", 200, "claude-haiku-4-5",
      ["messages": Piece.said(Piece.text("x"), Piece.image(padding: 900_000))]),
    Verdict(
      "temperature where it is free", bedrock: "us.anthropic.claude-opus-4-1-20250805-v1:0", ["temperature": 0.5]),
    Verdict("temperature 1 on haiku 5.5", 200, "claude-haiku-5-5", ["temperature": 1]),
    Verdict("temperature 1 on opus 5.5", 200, "claude-opus-5-5", ["temperature": 1]),
    Verdict(
      "xhigh without thinking on opus 4.8", 200, "claude-opus-4-8",
      ["thinking": ["type": "disabled"], "output_config": ["effort": "xhigh"]]),
    Verdict(
      "xhigh without thinking on sonnet 5", 200, "claude-sonnet-5",
      ["thinking": ["type": "disabled"], "output_config": ["effort": "xhigh"]]),
    Verdict(
      "clear_at at Bedrock with its beta", bedrock: sonnet, betas: [clearing],
      ["messages": Piece.told("y", ["clear_at": "next_user_message"])]),
    Verdict(
      "a compaction block at the beginning", 200, "claude-opus-5", betas: ["compact-2026-09-04"],
      [
        "messages": [
          Piece.assistant(["type": "compaction", "content": "Goal", "signature": "Eu"]), Piece.user("next"),
        ]
      ]),
    Verdict("a deferred tool beside another", 200, ["tools": Piece.withLate]),
    Verdict(
      "a deferred tool on sonnet 4.5", 200, "claude-sonnet-4-5", ["tools": Piece.withLate]),
    Verdict(
      "a deferred tool at Bedrock", 200, bedrock: "us.anthropic.claude-sonnet-5-5",
      betas: ["tool-search-tool-2025-10-19"], ["tools": Piece.withLate]),
    Verdict(
      "a reference to a deferred tool", 200,
      [
        "tools": Piece.withLate,
        "messages": Piece.result(["content": [["type": "tool_reference", "tool_name": "late"]]]),
      ]),
    Verdict(
      "an empty result", 200, "claude-opus-5", ["tools": Piece.tools, "messages": Piece.result(["content": ""])]),
    Verdict(
      "an application's profile",
      bedrock: "arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/abcd1234"),
    Verdict("two messages of the user in a row", ["messages": [Piece.user("a"), Piece.user("b")]]),
    Verdict("mythos 5.1 at Bedrock", bedrock: "us.anthropic.claude-mythos-5-1"),
    Verdict(
      "the word cache_control to a model without a cache", bedrock: "anthropic.claude-3-sonnet-20240229-v1:0",
      ["messages": Piece.said(Piece.text("what is \"cache_control\"?"))]),
    Verdict("the first 3.5 sonnet at Bedrock", bedrock: "anthropic.claude-3-5-sonnet-20240620-v1:0"),
    Verdict("the second 3.5 sonnet at Bedrock", bedrock: "anthropic.claude-3-5-sonnet-20241022-v2:0"),
  ]

  private static let refusedAtTheDoor: [Verdict] = [
    Verdict("no key", 401).with { $0.headers["x-api-key"] = nil },
    Verdict("no version", 400).with { $0.headers["anthropic-version"] = nil },
    Verdict("nobody at Bedrock", 403, bedrock: sonnet).with { $0.headers = [:] },
    Verdict("/v1 twice", 404).with { $0.path = "/v1/v1/messages" },
    Verdict("no such operation", 404, bedrock: sonnet, operation: "nonsense"),
    Verdict("a model in Bedrock's body", 400, bedrock: sonnet, ["model": "claude-sonnet-5-5"]),
    Verdict("an unknown member", 400, ["nonsense": 1]),
    Verdict("an unknown beta", 400, betas: ["no-such-beta-2026-01-01"]),
    Verdict(
      "binding controls on sonnet 4.5 at Bedrock", 400, bedrock: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
      betas: ["thinking-binding-controls-2026-08-01"]),
    Verdict("a name that only the API knows, at Bedrock", 400, bedrock: "us.anthropic.claude-haiku-4-5"),
    Verdict("a name with [1m]", 404, "claude-sonnet-5-5[1m]"),
    Verdict("a name with a vendor", 404, "anthropic/claude-sonnet-5-5"),
    Verdict("a model that has ended", 404, "claude-sonnet-4-20250514"),
    Verdict("Bedrock's own id without a profile", 400, bedrock: "anthropic.claude-sonnet-5-5"),
  ]

  private static let refusedForSettings: [Verdict] = [
    Verdict(
      "the turn's effort on sonnet 5.5 at Bedrock", 400, bedrock: sonnet, betas: [effort],
      ["messages": Piece.told([], lowEffort)]),
    Verdict(
      "the turn's effort on opus 4.8", 400, "claude-opus-4-8", betas: [effort],
      ["messages": Piece.told([], lowEffort)]),
    Verdict(
      "a forced tool beside a budget on haiku 4.5", 400, "claude-haiku-4-5",
      [
        "max_tokens": 4_000, "tools": Piece.tools, "tool_choice": ["type": "any"],
        "thinking": ["type": "enabled", "budget_tokens": 2_000],
      ]),
    Verdict(
      "a forced tool beside a budget on sonnet 4.6", 400, "claude-sonnet-4-6",
      [
        "max_tokens": 4_000, "tools": Piece.tools, "tool_choice": ["type": "any"],
        "thinking": ["type": "enabled", "budget_tokens": 2_000],
      ]),
    Verdict("temperature and top_p on sonnet 4.6", 400, "claude-sonnet-4-6", ["temperature": 0.5, "top_p": 0.5]),
    Verdict("a forced tool on sonnet 5.5", 400, ["tools": Piece.tools, "tool_choice": ["type": "any"]]),
    Verdict("a budget on sonnet 5.5", 400, ["thinking": ["type": "enabled", "budget_tokens": 2_000]]),
    Verdict(
      "xhigh between tools on sonnet 5.5", 400,
      ["thinking": ["type": "between_tools"], "output_config": ["effort": "xhigh"]]),
    Verdict("effort on haiku 4.5", 400, "claude-haiku-4-5", ["output_config": ["effort": "low"]]),
    Verdict("no place for an answer", 400, ["max_tokens": -5]),
    Verdict("an unknown member of thinking", 400, ["thinking": ["type": "adaptive", "nonsense": 1]]),
    Verdict("128k from sonnet 4.6 at Bedrock", 400, bedrock: "us.anthropic.claude-sonnet-4-6", ["max_tokens": 128_000]),
    Verdict(
      "a format from opus 4.1 at Bedrock", 400, bedrock: "us.anthropic.claude-opus-4-1-20250805-v1:0",
      ["output_config": ["format": ["type": "json_schema", "schema": ["type": "object"]]]]),
    Verdict(
      "a schema that is open", 400,
      [
        "output_config": [
          "format": [
            "type": "json_schema", "schema": ["type": "object", "properties": ["a": ["type": "object"]]],
          ]
        ]
      ]),
    Verdict(
      "a schema with a bound", 400,
      [
        "output_config": [
          "format": [
            "type": "json_schema",
            "schema": [
              "type": "object", "additionalProperties": false, "properties": ["a": ["type": "integer", "minimum": 1]],
            ],
          ]
        ]
      ]),
    Verdict(
      "a strict tool of opus 4.1 at Bedrock", 400, bedrock: "us.anthropic.claude-opus-4-1-20250805-v1:0",
      ["tools": [["name": "a", "strict": true, "input_schema": ["type": "object", "additionalProperties": false]]]]),
    Verdict(
      "five marks, one of them automatic", 400,
      [
        "cache_control": Piece.mark,
        "system": .array((0..<4).map { ["type": "text", "text": .string("s\($0)"), "cache_control": Piece.mark] }),
      ]),
  ]

  private static let refusedForContent: [Verdict] = [
    Verdict("a tool without a schema", 400, ["tools": [["name": "a"]]]),
    Verdict("nothing but deferred tools", 400, ["tools": [Piece.late]]),
    Verdict(
      "a marked deferred tool", 400,
      [
        "tools": [
          Piece.one,
          ["name": "late", "defer_loading": true, "cache_control": Piece.mark, "input_schema": ["type": "object"]],
        ]
      ]),
    Verdict(
      "a deferred tool at Bedrock without its beta", 400, bedrock: "us.anthropic.claude-sonnet-5-5",
      ["tools": Piece.withLate]),
    Verdict(
      "a deferred tool of opus 4.1 at Bedrock", 400, bedrock: "us.anthropic.claude-opus-4-1-20250805-v1:0",
      betas: ["tool-search-tool-2025-10-19"], ["tools": Piece.withLate]),
    Verdict(
      "a reference to no tool", 400,
      [
        "tools": Piece.tools,
        "messages": Piece.result(["content": [["type": "tool_reference", "tool_name": "late"]]]),
      ]),
    Verdict(
      "a reference beside a text", 400,
      [
        "tools": Piece.withLate,
        "messages": Piece.result([
          "content": [["type": "tool_reference", "tool_name": "late"], ["type": "text", "text": "x"]]
        ]),
      ]),
    Verdict(
      "a choice of no tool", 400, "claude-opus-5",
      ["tools": Piece.tools, "tool_choice": ["type": "tool", "name": "zzz"]]),
    Verdict(
      "web search at Bedrock", 400, bedrock: sonnet,
      ["tools": [["type": "web_search_20250305", "name": "web_search"]]]),
    Verdict(
      "a document by URL at Bedrock", 400, bedrock: sonnet,
      [
        "messages": Piece.said(["type": "document", "source": ["type": "url", "url": "https://example.com/a.pdf"]])
      ]),
    Verdict(
      "a document that is no PDF", 400,
      [
        "messages": Piece.said([
          "type": "document", "source": ["type": "base64", "media_type": "application/pdf", "data": "AAAA"],
        ])
      ]),
    Verdict(
      "an image in an error's result", 400, "claude-opus-5",
      ["tools": Piece.tools, "messages": Piece.result(["is_error": true, "content": [Piece.image()]])]),
    Verdict("an empty message of the system", 400, ["messages": Piece.told("")]),
    Verdict("an image from the system", 400, ["messages": Piece.told([Piece.image()])]),
    Verdict(
      "a mark on what is cleared", 400, betas: [clearing],
      [
        "messages": Piece.told(
          [["type": "text", "text": "y", "cache_control": Piece.mark]], ["clear_at": "next_user_message"])
      ]),
    Verdict("an empty message of the user", 400, ["messages": [Piece.user("")]]),
    Verdict("a blank text", 400, ["messages": Piece.said(Piece.text(" \n"))]),
    Verdict("the system in a message on sonnet 5", 400, "claude-sonnet-5", ["messages": Piece.told("y")]),
    Verdict(
      "the assistant at the end", 400, ["messages": [Piece.user("x"), Piece.assistant(Piece.text("so"))]]),
    Verdict(
      "a call without a result", 400,
      [
        "messages": [
          Piece.user("x"), Piece.assistant(["type": "tool_use", "id": "t1", "name": "a", "input": [:]]),
          Piece.user("y"),
        ]
      ]),
  ]

  @Test(arguments: taken) func `take`(_ verdict: Verdict) async throws {
    let upstream = try StrictUpstream()
    let reply = try await verdict.send(to: upstream)
    #expect(reply.status == 200, "\(reply.text.prefix(300))")
    #expect(upstream.refused.isEmpty)
  }

  @Test(arguments: refusedAtTheDoor + refusedForSettings + refusedForContent)
  func `refuse`(_ verdict: Verdict) async throws {
    let upstream = try StrictUpstream()
    let reply = try await verdict.send(to: upstream)
    #expect(reply.status == verdict.status, "\(reply.text.prefix(300))")
    #expect(upstream.refused.count == 1)
    #expect(upstream.cache.isEmpty)
  }

  @Test func `answer in one piece where that is asked for`() async throws {
    let upstream = try StrictUpstream()
    let whole = try await Verdict("in one piece", ["stream": false]).send(to: upstream)
    #expect(whole.type == "application/json")
    #expect(try JSON.parse(Array(whole.text.utf8))["content"]?.array?.last?["text"] == "Answer 1.")
    let invoked = try await Verdict("invoked", bedrock: Self.sonnet, operation: "invoke").send(to: upstream)
    #expect(invoked.type == "application/json")
    let streamed = try await Verdict("in pieces", ["stream": true]).send(to: upstream)
    #expect(streamed.type == "text/event-stream")
  }

  @Test(
    .enabled(if: SharedData.url("models-2026-11.json") != nil, "the shared facts are not here"))
  func `know the models as they are described`() throws {
    let url = try #require(SharedData.url("models-2026-11.json"))
    let described = try #require(try JSON.parse([UInt8](Data(contentsOf: url)))["models"]?.object)
    #expect(Set(StrictModel.all.map(\.name)) == Set(described.map(\.key)))
    for model in StrictModel.all {
      let facts = try #require(described[model.name])
      let bedrock = facts["bedrock"]
      func texts(_ key: String) -> [String] { (facts[key]?.array ?? []).compactMap(\.string) }
      func day(_ json: JSON?) -> String? { json?.string.map { String($0.prefix(10)) } }
      let profiles = (bedrock?["profiles"]?.object ?? [:]).compactMap { $0.value["id"]?.string }
      #expect(model.ids == texts("anthropic_api_ids"), "\(model.name)")
      #expect(Set(model.bedrockIDs) == Set(profiles), "\(model.name)")
      #expect((model.hasFoundation ? model.bedrockID : nil) == bedrock?["foundation_id"]?.string, "\(model.name)")
      #expect(model.window == facts["context_window"]?.int, "\(model.name)")
      #expect(model.maxOutput == facts["max_output"]?.int, "\(model.name)")
      #expect(model.bedrockMaxOutput == bedrock?["max_output"]?.int ?? model.maxOutput, "\(model.name)")
      #expect(model.cacheMinimum == (facts["prompt_caching"] == false ? nil : facts["cacheMinTokens"]?.int))
      #expect(model.thinkingTypes == texts("thinkingTypes"), "\(model.name)")
      let standard = facts["thinkingDefault"]?.string.flatMap { model.thinkingTypes.contains($0) ? $0 : nil }
      #expect(model.thinkingDefault == standard, "\(model.name)")
      #expect(model.efforts == texts("efforts"), "\(model.name)")
      #expect(model.isSealed == (facts["preservedThinking"]?.object != nil), "\(model.name)")
      let reads = texts("readsThinkingOf").map { reader -> String in
        String(reader.prefix { $0 != " " }) + (reader.contains("(API") ? "@api" : "")
      }
      #expect(model.reads == reads, "\(model.name)")
      #expect(model.takesForcedTools == (facts["forcedToolChoice"] != false), "\(model.name)")
      #expect(model.takesPrefill == (facts["prefill"] == true), "\(model.name)")
      #expect(model.systemMessages.api == (facts["midConversationSystem"]?["api"] == true), "\(model.name)")
      #expect(
        model.systemMessages.bedrock == (facts["midConversationSystem"]?["bedrockInvoke"] == true), "\(model.name)")
      #expect(model.end.api == day(facts["retiresAt"]?["api"]), "\(model.name)")
      #expect(model.end.bedrock == day(facts["retiresAt"]?["bedrock"]), "\(model.name)")
      #expect(model.released == day(facts["releasedAt"]), "\(model.name)")
      let rule = facts["sampling"]?.string ?? ""
      let sampling: StrictModel.Sampling =
        rule.hasPrefix("yes") || rule.hasPrefix("free") ? .free : rule.hasPrefix("temperature or") ? .one : .defaults
      #expect(model.sampling == sampling, "\(model.name)")
    }
  }
}
