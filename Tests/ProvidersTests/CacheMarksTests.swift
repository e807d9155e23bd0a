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

  @Test func `the system prompt, the newest message and where the last request ended are marked`() {
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

  private static func call(_ id: String) -> JSON {
    ["type": "tool_use", "id": .string(id), "name": "t", "input": [:]]
  }
  private static func result(_ id: String) -> JSON {
    ["type": "tool_result", "tool_use_id": .string(id), "content": "r"]
  }

  /// A conversation as it grows: rounds of that many calls, with messages of the system's between them.
  private static func requests(widths: [Int], system: Bool) -> [[JSON]] {
    var messages = [message("user", "go")]
    var requests: [[JSON]] = []
    for (round, width) in widths.enumerated() {
      if system { messages.append(message("system", .string("round \(round)"))) }
      requests.append(messages)
      let ids = (0..<width).map { "\(round)-\($0)" }
      messages.append(
        message("assistant", .array([["type": "thinking", "thinking": "", "signature": "s"]] + ids.map(call))))
      messages.append(message("user", .array(ids.map(result))))
    }
    return requests + [messages]
  }

  /// The positions of marked blocks, counted over the conversation.
  private static func positions(_ request: ModelRequest) -> [Int] {
    let blocks = request.messages.flatMap(Conversation.blocks(of:))
    return blocks.indices.filter { blocks[$0]["cache_control"] != nil }
  }

  @Test(arguments: [false, true])
  func `each request reads all that the one before wrote, however wide a round is`(system: Bool) {
    var written: Int?
    for messages in Self.requests(widths: [1, 3, 30, 7, 60, 1], system: system) {
      var request = Self.request(messages)
      request.system = [Self.text("rules")]
      let marked = Self.markedRequest(request)
      let positions = Self.positions(marked)
      if let written { #expect(positions.contains(written)) }
      #expect(positions.count <= 3)
      let width = written.map { (positions.last ?? 0) - $0 } ?? 0
      if width <= ProviderLimits.cacheMarkDistance { #expect(positions.count < 3) }
      // The service looks back over twenty blocks.
      if width > 20 { #expect(positions.count == 3) }
      written = positions.last
    }
  }

  @Test func `a message that is to vanish is never marked`() {
    var request = Self.request([
      Self.message("user", "hi"),
      ["role": "system", "content": "for now", "clear_at": "next_user_message"],
    ])
    request.system = [Self.text("rules")]
    #expect(Self.marks(Self.markedRequest(request)) == ["rules", "hi"])
  }

  @Test func `nothing is marked where the service takes no marks`() throws {
    var request = Self.request(Self.conversation)
    for (model, isMarked) in [
      ("anthropic.claude-3-haiku-20240307-v1:0", false), ("claude-3-haiku-20240307", true),
      ("us.anthropic.claude-opus-5-5", true),
    ] {
      request.model = model
      let body = try JSON.parse(MessagesBody.bytes(request, envelope: []))
      #expect((body["messages"]?.array != request.messages) == isMarked)
    }
  }

  @Test func `a body is marked only when caching is on`() throws {
    var request = Self.request(Self.conversation)
    let on = try JSON.parse(MessagesBody.bytes(request, envelope: []))
    #expect(on["messages"]?.array == Self.markedRequest(request).messages)
    request.caching = false
    let off = try JSON.parse(MessagesBody.bytes(request, envelope: []))
    #expect(off["messages"]?.array == request.messages)
  }
}
