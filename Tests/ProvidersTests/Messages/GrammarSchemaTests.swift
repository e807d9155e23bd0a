import Protocol
import Providers
import TestSupport
import Testing

/// What of JSON Schema is made a grammar of, and what has to be asked for in words.
@Suite struct `Schemas as grammars` {
  static func object(_ properties: JSON, required: [String] = [], _ more: JSONObject = [:]) -> JSON {
    var object: JSONObject = ["type": "object", "properties": properties]
    if !required.isEmpty { object["required"] = .array(required.map(JSON.string)) }
    for (key, value) in more { object[key] = value }
    return .object(object)
  }

  @Test func `objects are closed, limits go into words, references are resolved`() throws {
    let schema = Self.object(
      [
        "n": ["type": "integer", "minimum": 1, "description": "How many."],
        "when": ["type": "string", "format": "date"], "who": ["$ref": "#/$defs/person"],
        "tags": ["type": "array", "items": ["type": "string", "maxLength": 9], "minItems": 1, "maxItems": 3],
        "kind": ["oneOf": [["const": "a"], ["type": "null"]]],
      ], required: ["n"], ["$defs": ["person": Self.object(["name": ["type": ["string", "null"]]])], "$schema": "x"])
    let form = try GrammarSchema(schema)
    #expect(form.json["additionalProperties"] == false)
    #expect(form.json["$defs"] == nil)
    let properties = form.json["properties"]
    #expect(properties?["n"] == ["description": "How many. (minimum 1)", "type": "integer"])
    #expect(properties?["when"] == ["format": "date", "type": "string"])
    #expect(properties?["who"]?["additionalProperties"] == false)
    #expect(properties?["tags"]?["minItems"] == 1)
    #expect(properties?["tags"]?["maxItems"] == nil)
    #expect(properties?["tags"]?["items"]?["description"] == "(maxLength 9)")
    #expect(properties?["kind"]?["anyOf"]?.array?.count == 2)
    #expect(form.optional == 5)
    #expect(form.unions == 2)
    #expect(form.kept == ["format"])
  }

  static let without: [(JSON, String)] = [
    (["type": "array", "items": ["type": "string"]], "type 'object'"), (["type": "object"], "any members"),
    (object(["a": true]), "'a': anything"), (object(["a": [:]]), "no 'type'"),
    (object(["a": ["type": "array"]]), "list of anything"), (object(["a": ["$ref": "#"]]), "holds itself"),
    (
      object(["a": ["$ref": "#/$defs/t"]], ["$defs": ["t": object(["next": ["$ref": "#/$defs/t"]])]]), "holds itself"
    ),
    (object(["a": ["$ref": "https://example.com/x"]]), "not in the schema"),
    (object(["a": ["enum": [["x": 1]]]]), "a choice is"),
    (object(["a": ["allOf": [object([:]), object([:])]]]), "allOf"),
    (object(["a": ["type": "string"]], ["additionalProperties": ["type": "string"]]), "other members"),
    (object(["a": ["type": "string"]], ["patternProperties": ["x": true]]), "patternProperties"),
    (object(.object(JSONObject((0..<25).map { ("m\($0)", ["type": "string"] as JSON) }))), "25 members"),
    (
      object(
        .object(JSONObject((0..<17).map { ("m\($0)", ["type": ["string", "null"]] as JSON) })),
        required: (0..<17).map { "m\($0)" }), "17 members"
    ),
  ]

  @Test(arguments: without) func `what has no such form is named`(_ schema: JSON, _ why: String) {
    let flaw = #expect(throws: GrammarSchema.Flaw.self) { try GrammarSchema(schema) }
    #expect(flaw?.reason.contains(why) == true, "\(flaw?.reason ?? "")")
  }

  @Test(arguments: ["claude-sonnet-5-5", "claude-opus-4-5", "claude-haiku-5-5", "claude-opus-4-1", "claude-3-haiku"])
  func `strict tools stay where the model has them, the same each time`(_ model: String) {
    let tools: [JSON] = (0..<22).map { number in
      [
        "name": .string("t\(number)"), "strict": true,
        "input_schema": Self.object(["a": ["type": "string"]], required: ["a"], ["additionalProperties": false]),
      ]
    }
    let traits = ModelCatalog.traits(of: model)
    let fitted = StrictTools.fitted(tools, for: traits)
    #expect(fitted == StrictTools.fitted(tools, for: traits))
    #expect(fitted.count { $0["strict"] == true } == (traits.structuredOutputs ? 20 : 0))
    #expect(fitted.map { $0["name"] } == tools.map { $0["name"] })
    #expect(traits.structuredOutputs == !["claude-opus-4-1", "claude-3-haiku"].contains(model))
  }

  @Test(arguments: [
    ("output_config.format: Extra inputs are not permitted", true), ("Schema is too complex for compilation.", false),
  ]) func `a refused schema is asked for in words, and a refusal of all is remembered`(_ text: String, isOfModel: Bool)
    async throws
  {
    let refusal = ScriptedTransport.Reply.plain(
      400, #"{"type":"error","error":{"type":"invalid_request_error","message":"\#(text)"}}"#)
    let transport = ScriptedTransport(
      refusal, AnthropicProviderTests.answer, AnthropicProviderTests.answer, AnthropicProviderTests.answer)
    var configuration = AnthropicConfiguration(version: "1")
    configuration.apiKey = Secret("sk-ant-canary-0123")
    let provider = AnthropicProvider(configuration, transport: transport, time: ManualClock(.passes).source)
    var request = ModelRequest(
      model: "claude-x", messages: [["role": "user", "content": [["type": "text", "text": "hi"]]]], maxTokens: 10)
    request.format = AnswerFormat(
      schema: try GrammarSchema(Self.object(["a": ["type": "string"]])), words: "As JSON, please.")
    let message = try await provider.answer(request) { _ in }
    #expect(message.addedToPrompt == "As JSON, please.")
    _ = try await provider.answer(request) { _ in }
    let bodies = try transport.requests.map { try JSON.parse($0.body) }
    #expect(bodies[0]["output_config"]?["format"]?["type"] == "json_schema")
    #expect(bodies[1]["output_config"] == nil)
    #expect(bodies[1]["messages"]?.text.contains("As JSON, please.") == true)
    #expect((bodies[2]["output_config"] == nil) == isOfModel)
  }
}

/// Which features in trial a request to Bedrock names.
@Suite struct `Features in trial at Bedrock` {
  @Test(
    arguments: [
      ("thinking-binding-controls-2026-08-01", ["claude-sonnet-5-5", "claude-opus-4-6"], ["claude-sonnet-4-5"]),
      ("thinking-display-updates-2026-08-18", ["claude-opus-5-5"], ["claude-opus-5", "claude-haiku-4-5"]),
      ("mid-conversation-output-config-2026-07-01", ["claude-fable-5-1", "claude-opus-5-5"], ["claude-sonnet-5-5"]),
      ("compact-2026-01-12", ["claude-opus-4-6", "claude-haiku-5-5"], ["claude-haiku-4-5", "claude-sonnet-4"]),
      ("interleaved-thinking-2025-05-14", ["claude-sonnet-4", "claude-opus-4-7"], ["claude-sonnet-5-5"]),
      ("effort-2025-11-24", ["claude-opus-4-5"], ["claude-sonnet-4-5"]),
      ("oauth-2025-04-20", [], ["claude-sonnet-5-5", "claude-3-haiku"]),
      ("no-such-beta-2027-01-01", ["claude-sonnet-5-5", "claude-sonnet-6"], []),
    ] as [(String, [String], [String])])
  func `are those that its model takes`(_ name: String, _ taken: [String], _ refused: [String]) {
    for model in taken { #expect(TrialFeatures.isTaken(name, by: model), "\(model)") }
    for model in refused { #expect(!TrialFeatures.isTaken(name, by: model), "\(model)") }
    #expect(TrialFeatures.isTaken(name, by: "arn:aws:bedrock:us-west-2:1:application-inference-profile/x"))
  }
}
