import Protocol
import Testing

@Suite struct `A schema` {
  @Test func `of a message says what is required and what its members are`() {
    let schema = JSONSchema.of(SessionRewind.self)
    #expect(schema["type"] == "object")
    #expect(schema["required"] == ["sessionId"])
    #expect(schema["properties"]?["sessionId"] == ["type": "string"])
    #expect(schema["properties"]?["exchanges"] == ["type": "integer"])
    let run = JSONSchema.of(AgentRun.self)
    #expect(run["properties"]?["prompt"] == Prompt.jsonSchema)
    #expect(run["properties"]?["whenBusy"]?["enum"] == ["queue", "reject", "steer"])
    #expect(run["properties"]?["thinking"]?["required"] == ["type"])
    let list = JSONSchema.of(SessionList.Response.self)
    #expect(list["properties"]?["sessions"]?["items"]?["properties"]?["usage"]?["type"] == "object")
  }

  @Test(arguments: [
    (#"{"type":"object","required":["a"]}"#, #"{}"#, false), (#"{"type":["string","null"]}"#, "null", true),
    (#"{"type":"integer"}"#, "1.0", true), (#"{"type":"integer"}"#, "1.5", false),
    (#"{"properties":{"a":{"type":"string"}}}"#, #"{"a":1}"#, false),
    (#"{"properties":{"a":{}},"additionalProperties":false}"#, #"{"b":1}"#, false),
    (#"{"items":{"enum":[1,"x"]}}"#, #"[1.0,"x"]"#, true), (#"{"items":{"enum":[1]}}"#, "[2]", false),
    (#"{"prefixItems":[{"const":1}],"items":false}"#, "[1,2]", false), (#"{"minimum":3}"#, "2", false),
    (#"{"exclusiveMaximum":3}"#, "3", false), (#"{"maxLength":1}"#, #""é""#, true),
    (#"{"minItems":1}"#, "[]", false), (#"{"uniqueItems":true}"#, "[1,1]", false),
    (#"{"anyOf":[{"type":"string"},{"type":"null"}]}"#, "1", false),
    (#"{"oneOf":[{"type":"integer"},{"minimum":0}]}"#, "1", false), (#"{"not":{"type":"null"}}"#, "null", false),
    (##"{"$defs":{"n":{"type":"number"}},"items":{"$ref":"#/$defs/n"}}"##, #"["x"]"#, false),
    (##"{"properties":{"next":{"$ref":"#"}},"required":["v"]}"##, #"{"v":1,"next":{"v":2}}"#, true),
  ]) func `is kept or broken`(schema: String, value: String, isKept: Bool) throws {
    let violations = JSONSchemaValidator.violations(of: try JSON.parse(value), against: try JSON.parse(schema))
    #expect(violations.isEmpty == isKept, "\(violations)")
  }
}
