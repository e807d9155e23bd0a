import OperatingSystem
import Protocol
import Server
import TestSupport
import Testing

@Suite(.ownThread) struct `The schema of another program's tool` {
  private func definition(_ schema: JSON) -> ToolDefinition {
    ToolDefinition(name: "mine", description: "Does it.", inputSchema: schema, isServers: false)
  }

  private func sent(_ schema: String) throws -> JSON {
    definition(try JSON.parse(schema)).apiForm["input_schema"] ?? .null
  }

  private static let forms: [(String, String?)] = [
    (##"{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}"##, nil),
    (##"{"type":"object"}"##, nil), (##"{}"##, ##"{"type":"object"}"##),
    (##"{"type":["object","null"],"properties":{}}"##, ##"{"type":"object","properties":{}}"##),
    (
      ##"{"type":"object","properties":{"a":{}},"anyOf":[{"required":["a"]},{"required":["b"]}]}"##,
      ##"{"type":"object","properties":{"a":{}}}"##
    ),
    (
      ##"{"oneOf":[{"type":"object","properties":{"k":{"const":"x"},"a":{}},"required":["k","a"]},{"properties":{"k":{"const":"y"}},"required":["k"]}]}"##,
      ##"{"type":"object","properties":{"k":{"anyOf":[{"const":"x"},{"const":"y"}]},"a":{}},"required":["k"]}"##
    ),
    (
      ##"{"type":"object","allOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},{"properties":{"a":{"minLength":1}}}]}"##,
      ##"{"type":"object","properties":{"a":{"allOf":[{"type":"string"},{"minLength":1}]}},"required":["a"]}"##
    ),
    (
      ##"{"$ref":"#/$defs/in","$defs":{"in":{"type":"object","properties":{"a":{"$ref":"#/$defs/t"}}},"t":{"type":"string"}}}"##,
      ##"{"$defs":{"in":{"type":"object","properties":{"a":{"$ref":"#/$defs/t"}}},"t":{"type":"string"}},"type":"object","properties":{"a":{"$ref":"#/$defs/t"}}}"##
    ),
    (
      ##"{"type":"object","properties":{"file path":{"type":"string"},"b":{"$ref":"#/properties/file path"}},"required":["file path"]}"##,
      ##"{"type":"object","properties":{"file_path":{"type":"string"},"b":{"$ref":"#/properties/file_path"}},"required":["file_path"]}"##
    ),
    (
      ##"{"type":"object","properties":{"a b":{},"a_b":{},"a/b":{},"":{}},"not":{"required":["a b"]}}"##,
      ##"{"type":"object","properties":{"a_b_2":{},"a_b":{},"a_b_3":{},"unnamed":{}}}"##
    ),
    (
      ##"{"type":"object","properties":{"a":{"items":[{"type":"string"}],"minimum":1,"exclusiveMinimum":true}}}"##,
      ##"{"type":"object","properties":{"a":{"exclusiveMinimum":1,"prefixItems":[{"type":"string"}]}}}"##
    ),
    (
      ##"{"type":"object","properties":{"a":{"$ref":"#/anyOf/0/properties/x"}},"anyOf":[{"properties":{"x":{"type":"string"}}}]}"##,
      ##"{"type":"object","properties":{"a":{},"x":{"type":"string"}}}"##
    ),
    // What is data may look like a schema, and a tuple may be of nothing.
    (
      ##"{"$ref":"#/default","default":{"properties":{"a":5,"b":{"type":7},"c":{"type":"string"}},"required":["a"]}}"##,
      ##"{"default":{"properties":{"a":5,"b":{"type":7},"c":{"type":"string"}},"required":["a"]},"type":"object","properties":{"a":{},"b":{},"c":{"type":"string"}},"required":["a"]}"##
    ),
    (
      ##"{"type":"object","properties":{"a":{"items":[]},"b":{"items":[],"additionalItems":{"type":"string"}}}}"##,
      ##"{"type":"object","properties":{"a":{},"b":{"items":{"type":"string"}}}}"##
    ),
  ]

  @Test(arguments: forms) func `is sent in a form that the API takes`(own: String, form: String?) throws {
    #expect(try sent(own) == JSON.parse(form ?? own))
  }

  @Test func `tells of its choices, and of other names, in the description`() throws {
    let tool = definition([
      "type": "object", "properties": ["file path": ["type": "string"], "url": ["type": "string"]],
      "oneOf": [["required": ["file path"]], ["required": ["url"]]],
    ])
    let told = try #require(tool.apiForm["description"]?.string)
    #expect(told.hasPrefix("Does it.\n\n") && told.contains("exactly one"))
    #expect(told.contains(#"1. {"required":["file path"]}"#) && told.contains("'file path' is called 'file_path'"))
    #expect(try tool.accepted(["file_path": "a"]) == ["file path": "a"])
    #expect(try tool.accepted(["file path": "a"]) == ["file path": "a"])
    let error = #expect(throws: ToolError.self) { try tool.accepted(["file_path": "a", "url": "b"]) }
    #expect(error?.message.contains("oneOf") == true)
    #expect(error?.message.contains("'file path' is called 'file_path'") == true)
    #expect(throws: ToolError.self) { try definition([:]).accepted("x") }
    let plain = definition(["type": "object", "properties": ["a": ["type": "string"]]])
    #expect(plain.apiForm["description"] == "Does it.")
  }

  private struct Nobody: ToolCalling {
    func call(_ call: ToolCall) async throws(Failure) -> ToolCall.Response { throw .cancelled }
  }

  private func refusal(_ tools: [(String, JSON)]) -> String? {
    let client = ClientTools(Nobody(), own: ["read_file"], time: .patient)
    do throws(Failure) {
      try client.register(tools.map { ToolInfo(name: $0.0, description: "", inputSchema: $0.1) })
    } catch {
      #expect(error.reason == .invalidParams)
      #expect(client.definitions.isEmpty)
      return error.message
    }
    #expect(client.definitions.count == tools.count)
    return nil
  }

  private static let none: [(JSON, String)] = [
    (true, "it must be an object"), ("x", "it must be an object"), (["type": "array"], "type must be 'object'"),
    (["type": "objekt"], "type must be array"), (["type": 1], "type must be"), (["type": []], "type must be"),
    (["properties": []], "properties must be an object, and is an array"), (["properties": .null], "properties"),
    (["properties": ["a": "string"]], "properties.a must be a schema"),
    (["properties": ["a": ["type": "text"]]], "properties.a.type"),
    (["properties": ["a": ["properties": ["b": ["items": 3]]]]], "properties.a.properties.b.items"),
    (["required": "a"], "required must be a list of strings"), (["required": [1]], "required"),
    (["anyOf": []], "anyOf must be a list"), (["anyOf": [1]], "anyOf[0] must be a schema"),
    (["oneOf": ["a": 1]], "oneOf"), (["properties": ["a": ["enum": "x"]]], "properties.a.enum"),
    (["$defs": ["a": ["minLength": -1]]], "$defs.a.minLength"), (["description": .null], "description"),
    (["properties": ["a": ["minimum": "1"]]], "minimum"), (["properties": ["a": ["uniqueItems": 1]]], "uniqueItems"),
    (["additionalProperties": "no"], "additionalProperties"), (["dependentRequired": ["a": "b"]], "dependentRequired"),
  ]

  @Test(arguments: none) func `that is none is refused with tool and place`(schema: JSON, place: String) throws {
    let sound: JSON = ["type": "object"]
    let message = try #require(refusal([("sound", sound), ("mine", schema)]))
    #expect(message.contains("tools[1].inputSchema of 'mine'") && message.contains(place), "\(message)")
  }

  @Test func `is taken whatever the API thinks of it, under a name that stands once`() {
    #expect(
      refusal([("a", [:]), ("b", ["anyOf": [["type": "object"]], "x-own": 1, "properties": ["ä": true]])]) == nil)
    #expect(refusal([("a", ["type": "object"]), ("a", ["type": "object"])])?.contains("'a'") == true)
    #expect(refusal([("read_file", ["type": "object"])])?.contains("server's") == true)
    #expect(refusal([("a b", ["type": "object"])])?.contains("no name") == true)
  }

  @Test func `whatever it is, is sent in a form that the API takes, and inputs find back`() throws {
    for seed in 0..<800 {
      var odd = OddSchemas(seed: UInt64(seed))
      let schema = odd.top()
      #expect(JSONSchemaForm.flaw(in: schema) == nil, "seed \(seed)")
      let tool = definition(schema)
      let sent = try #require(tool.apiForm["input_schema"]?.object)
      #expect(sent["type"] == "object", "seed \(seed)")
      #expect(!["anyOf", "oneOf", "allOf", "$ref"].contains { sent[$0] != nil }, "seed \(seed)")
      let names = (sent["properties"]?.object ?? JSONObject()).map(\.key)
      #expect(names.allSatisfy { $0.wholeMatch(of: #/[a-zA-Z0-9_.-]{1,64}/#) != nil }, "seed \(seed): \(names)")
      #expect(Set(names).count == names.count)
      #expect(JSONSchemaForm.flaw(in: .object(sent)) == nil, "seed \(seed)")
      // Each member by the name that is sent comes to the tool by its own, each another one.
      let input = JSON.object(JSONObject(names.map { ($0, .string($0)) }))
      let loose = definition(.object(JSONObject([("properties", ownProperties(schema))])))
      if let own = try? loose.accepted(input).object { #expect(own.count == names.count, "seed \(seed)") }
      if let own = try? tool.accepted(input) { #expect(JSONSchemaValidator.violations(of: own, against: schema) == []) }
    }
  }

  private func ownProperties(_ schema: JSON) -> JSON {
    .object(JSONObject((schema["properties"]?.object ?? JSONObject()).map { ($0.key, true) }))
  }
}

/// Random schemas that are sound JSON Schema, and mostly not what the API takes.
private struct OddSchemas {
  var numbers: RandomNumbers
  init(seed: UInt64) { numbers = RandomNumbers(seed: seed) }

  private static let names = ["a", "b", "a b", "a_b", "ä", "", "a/b", "$ref", "a.b", String(repeating: "n", count: 70)]

  private mutating func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &numbers) == 0 }
  private mutating func name() -> String { Self.names.randomElement(using: &numbers) ?? "a" }

  mutating func top() -> JSON {
    var schema = object(depth: 0).object ?? JSONObject()
    schema["type"] = chance(3) ? nil : chance(3) ? ["object", "null"] : "object"
    if chance(4) { schema["$defs"] = ["in": object(depth: 2)] }
    if chance(4) { schema["$ref"] = ["#/$defs/in", "#", "#/nowhere"].randomElement(using: &numbers).map(JSON.string) }
    return .object(schema)
  }

  private mutating func object(depth: Int) -> JSON {
    var schema = JSONObject()
    if !chance(4) { schema["type"] = "object" }
    if !chance(4) {
      let properties = (0..<Int.random(in: 0..<4, using: &numbers)).map { _ in (name(), value(depth: depth + 1)) }
      schema["properties"] = .object(JSONObject(properties))
    }
    if chance(2) { schema["required"] = .array((0..<2).map { _ in .string(name()) }) }
    if chance(5) { schema["additionalProperties"] = .bool(chance(2)) }
    for keyword in ["anyOf", "oneOf", "allOf"] where depth < 3 && chance(4) {
      schema[keyword] = .array((0...Int.random(in: 0..<3, using: &numbers)).map { _ in object(depth: depth + 1) })
    }
    if chance(9) { schema["not"] = ["required": [.string(name())]] }
    return .object(schema)
  }

  private mutating func value(depth: Int) -> JSON {
    switch Int.random(in: 0..<7, using: &numbers) {
    case 0: true
    case 1: ["type": "string", "enum": ["x"]]
    case 2: ["$ref": .string("#/properties/\(name())")]
    case 3: ["items": [["type": "string"]], "type": "array"]
    case 4: ["const": ["properties": 1]]
    default: depth < 3 ? object(depth: depth + 1) : ["type": "integer", "minimum": 1, "exclusiveMinimum": true]
    }
  }
}
