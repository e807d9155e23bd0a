import Protocol
import Providers
import Testing

@Suite struct CacheMarksTests {
  static let marked: JSON = ["type": "ephemeral"]

  static func text(_ text: String, marked mark: JSON? = JSON?.none) -> JSON {
    var block: JSONObject = JSONObject([("type", "text"), ("text", .string(text))])
    block["cache_control"] = mark
    return .object(block)
  }

  static func message(_ role: String, _ content: JSON) -> JSON { ["role": .string(role), "content": content] }

  static func request(_ messages: [JSON]) -> ModelRequest { ModelRequest(model: "m", messages: messages, maxTokens: 9) }

  static func markedRequest(_ request: ModelRequest) -> ModelRequest {
    var request = request
    CacheMarks.mark(&request)
    return request
  }

  /// The texts of the blocks that carry a mark, in the order the API reads them.
  static func marks(_ request: ModelRequest) -> [String] {
    let blocks = request.tools + request.system + request.messages.flatMap { $0["content"]?.array ?? [] }
    return blocks.filter { $0["cache_control"] != nil }.map {
      $0["text"]?.string ?? $0["name"]?.string ?? $0["type"]?.string ?? ""
    }
  }

  static let conversation = [
    message("user", "one"), message("assistant", [text("two")]), message("user", [text("three"), text("four")]),
    message("assistant", [text("five")]), message("user", "six"),
  ]

  @Test func `the system prompt and the last two user messages are marked`() {
    var request = Self.request(Self.conversation)
    request.system = [Self.text("rules"), Self.text("more rules")]
    request.tools = [["name": "tool"]]
    let marked = Self.markedRequest(request)
    #expect(Self.marks(marked) == ["more rules", "four", "six"])
    #expect(marked.messages[4] == Self.message("user", [Self.text("six", marked: Self.marked)]))
    #expect(marked.messages[..<2] == request.messages[..<2])
  }

  @Test func `without a system prompt the last tool is marked, one that is loaded later never`() {
    var request = Self.request([Self.message("user", "hi")])
    request.tools = [["name": "a"], ["name": "b"], ["name": "late", "defer_loading": true]]
    #expect(Self.marks(Self.markedRequest(request)) == ["b", "hi"])
    request.tools = []
    #expect(Self.marks(Self.markedRequest(request)) == ["hi"])
  }

  @Test func `thinking and empty text are never marked`() {
    let thinking: JSON = ["type": "thinking", "thinking": "t", "signature": "s"]
    let redacted: JSON = ["type": "redacted_thinking", "data": "d"]
    let content: [JSON] = [Self.text("said"), thinking, redacted, Self.text("")]
    var request = Self.request([Self.message("user", .array(content)), Self.message("user", "")])
    request.system = [Self.text("")]
    #expect(Self.marks(Self.markedRequest(request)) == ["said"])
  }

  @Test func `the caller's marks are kept and counted, nested ones too`() {
    var request = Self.request(Self.conversation)
    request.system = [Self.text("rules")]
    request.tools = [["name": "tool", "cache_control": Self.marked]]
    request.messages[0] = Self.message(
      "user", [["type": "tool_result", "tool_use_id": "t", "content": [Self.text("deep", marked: Self.marked)]]])
    let marked = Self.markedRequest(request)
    #expect(Self.marks(marked) == ["tool", "rules", "six"])
  }

  @Test func `a block that carries a mark is not marked again`() {
    let hour: JSON = ["type": "ephemeral", "ttl": "5m"]
    var request = Self.request([Self.message("user", [Self.text("hi", marked: hour)])])
    request.system = [Self.text("rules", marked: hour)]
    let marked = Self.markedRequest(request)
    #expect(marked.messages == request.messages)
    #expect(marked.system == request.system)
  }

  @Test func `four marks of the caller leave no room`() {
    let blocks = (1...4).map { Self.text("\($0)", marked: Self.marked) }
    var request = Self.request([Self.message("user", .array(blocks)), Self.message("user", "hi")])
    request.system = [Self.text("rules")]
    #expect(Self.marks(Self.markedRequest(request)) == ["1", "2", "3", "4"])
  }

  @Test func `nothing is marked for minutes before what is marked for an hour`() {
    let hour: JSON = ["type": "ephemeral", "ttl": "1h"]
    var request = Self.request(Self.conversation)
    request.system = [Self.text("rules")]
    request.messages[2] = Self.message("user", [Self.text("three", marked: hour), Self.text("four")])
    #expect(Self.marks(Self.markedRequest(request)) == ["three", "six"])
    request.messages[2] = Self.conversation[2]
    request.system = [Self.text("rules", marked: hour)]
    #expect(Self.marks(Self.markedRequest(request)) == ["rules", "four", "six"])
  }

  @Test func `a body is marked only when caching is on`() throws {
    var request = Self.request(Self.conversation)
    let on = try JSON.parse(MessagesBody.bytes(request, envelope: []))
    #expect(on["messages"]?.array == Self.markedRequest(request).messages)
    request.caching = false
    let off = try JSON.parse(MessagesBody.bytes(request, envelope: []))
    #expect(off["messages"]?.array == request.messages)
  }

  @Test func `all marks go where they are refused, and nothing else does`() throws {
    let mark: JSON = ["type": "ephemeral"]
    let result: JSON = [
      "type": "tool_result", "tool_use_id": "t", "content": [["type": "text", "text": "a", "cache_control": mark]],
      "cache_control": mark,
    ]
    var request = ModelRequest(
      model: "m", messages: [["role": "user", "content": [result]], ["role": "assistant", "content": "b"]], maxTokens: 1
    )
    request.system = [["type": "text", "text": "s", "cache_control": mark]]
    request.tools = [["name": "t", "input_schema": ["type": "object"], "cache_control": mark]]
    CacheMarks.remove(from: &request)
    #expect(!request.caching)
    #expect(request.system == [["type": "text", "text": "s"]])
    #expect(request.tools == [["name": "t", "input_schema": ["type": "object"]]])
    let bare: JSON = ["type": "tool_result", "tool_use_id": "t", "content": [["type": "text", "text": "a"]]]
    #expect(request.messages == [["role": "user", "content": [bare]], ["role": "assistant", "content": "b"]])
  }
}
