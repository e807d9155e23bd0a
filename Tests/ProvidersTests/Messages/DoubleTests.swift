import Protocol
import TestSupport
import Testing

/// What the services' double refuses: a double that takes everything would prove nothing.
@Suite struct `The double of the services` {
  private static func image(_ data: String, _ type: String = "image/png") -> JSON {
    ["type": "image", "source": ["type": "base64", "media_type": .string(type), "data": .string(data)]]
  }

  private static func body(_ content: [JSON] = [["type": "text", "text": "q"]], tool schema: JSON? = nil) -> JSON {
    var body: JSONObject = [
      "model": "claude-test", "max_tokens": 10, "messages": [["role": "user", "content": .array(content)]],
    ]
    if let schema { body["tools"] = [["name": "n", "description": "", "input_schema": schema]] }
    return .object(body)
  }

  private static func call(_ call: JSON, _ result: JSON = ["type": "tool_result", "tool_use_id": "t"]) -> JSON {
    let messages: JSON = [
      ["role": "user", "content": "q"], ["role": "assistant", "content": [call]],
      ["role": "user", "content": [result]],
    ]
    return ["model": "claude-test", "max_tokens": 10, "messages": messages]
  }

  private static let sound: JSON = ["type": "tool_use", "id": "t", "name": "n", "input": [:]]
  private static let failed: JSON = [
    "type": "tool_result", "tool_use_id": "t", "is_error": true, "content": [image(Picture.png)],
  ]

  private static let refused: [(JSON, String)] = [
    (body([image("AAAA")]), "process image"), (body([image("A")]), "invalid base64"),
    (body([image(Picture.png, "image/jpeg")]), "media type"), (body([image(Picture.base64(width: 8_001))]), "8000"),
    (body([image(Picture.base64(count: 8 << 20))]), "exceeds the maximum size"),
    (body(Array(repeating: image(Picture.base64(width: 2_001)), count: 21)), "2000"),
    (body(Array(repeating: image(Picture.base64(count: 5 << 20)), count: 5)), "Request exceeds"),
    (body(tool: ["properties": [:]]), "top level"), (body(tool: ["type": "object", "anyOf": [[:]]]), "top level"),
    (body(tool: ["type": "object", "properties": []]), "invalid"),
    (body(tool: ["type": "object", "required": "a"]), "invalid"),
    (body(tool: ["type": "object", "properties": ["a b": [:]]]), "Property keys"),
    (call(["type": "tool_use", "id": "t", "name": "n", "input": "x"]), "dictionary"),
    (call(["type": "tool_use", "id": "t", "name": "n n", "input": [:]]), "name"), (call(sound, failed), "is_error"),
    (
      call(
        ["type": "tool_use", "id": "a b", "name": "n", "input": [:]], ["type": "tool_result", "tool_use_id": "a b"]),
      "tool_use.id"
    ),
  ]

  @Test(arguments: refused) func `refuses what they refuse`(body: JSON, reason: String) {
    let flaw = ConversationRules.flaw(in: body, for: .anthropic)
    #expect(flaw?.contains(reason) == true, "\(flaw ?? "taken")")
  }

  @Test func `takes what they take, more of it over one than over the other`() {
    let schema: JSON = ["type": "object", "properties": ["a.b": ["anyOf": [[:]]]], "required": []]
    for body in [Self.body([Self.image(Picture.png)], tool: schema), Self.call(Self.sound)] {
      #expect(ConversationRules.flaw(in: body, for: .anthropic) == nil)
    }
    var large = Self.body([Self.image(Picture.base64(count: 5 << 20))])
    #expect(ConversationRules.flaw(in: large, for: .anthropic) == nil)
    if case .object(var object) = large {
      object["model"] = nil
      object["anthropic_version"] = "bedrock-2023-05-31"
      large = .object(object)
    }
    #expect(ConversationRules.flaw(in: large, for: .bedrock(model: "m"))?.contains("maximum size") == true)
  }
}
