import Protocol
import Testing

@Suite struct `A message` {
  private func kind(_ text: String) throws -> String {
    switch Envelope(try JSON.parse(text), isAsked: { $0 == .string("q") }) {
    case .request(let id, let method, let params): "request \(id.json.text) \(method) \(params?.text ?? "-")"
    case .notification(let method, let params): "notification \(method) \(params?.text ?? "-")"
    case .response(let id, .success(let result)): "answer \(id?.json.text ?? "-") \(result.text)"
    case .response(let id, .failure(let error)):
      "failure \(id?.json.text ?? "-") \(error.code.rawValue) \(error.message)"
    case .invalid(let id, let error): "invalid \(id?.json.text ?? "-") \(error.code.rawValue)"
    }
  }

  @Test(arguments: [
    (#"{"id":1,"method":"a","params":null}"#, "request 1 a -"), (#"{"id":1.0,"method":"a"}"#, "request 1.0 a -"),
    (#"{"jsonrpc":null,"id":-1,"method":"a","params":[]}"#, "request -1 a []"),
    (#"{"id":0,"method":"a","params":{},"result":1}"#, "request 0 a {}"),
    (#"{"method":"a","params":null}"#, "notification a -"), (#"{"id":null,"method":"a"}"#, "invalid - -32600"),
    (#"{"id":1,"method":"a","params":7}"#, "invalid 1 -32600"), (#"{"id":1,"method":7}"#, "invalid 1 -32600"),
    (#"{"id":1}"#, "invalid 1 -32600"), (#"{"id":1,"method":null}"#, "invalid 1 -32600"), ("7", "invalid - -32600"),
    (#"{"jsonrpc":"1.0","id":1,"method":"a"}"#, "invalid 1 -32600"),
  ]) func `that asks or tells is taken with what many clients write for nothing`(text: String, kind: String) throws {
    #expect(try self.kind(text) == kind)
  }

  @Test(arguments: [
    (#"{"id":"q","result":{"a":1}}"#, #"answer "q" {"a":1}"#),
    (#"{"id":"q","result":{"a":1},"error":null}"#, #"answer "q" {"a":1}"#),
    (#"{"id":"q","result":1,"error":false}"#, #"answer "q" 1"#),
    (#"{"id":"q","result":null,"error":{"code":5,"message":"no"}}"#, #"failure "q" 5 no"#),
    (#"{"id":"q","result":1,"error":{"code":5,"message":"no"}}"#, #"failure "q" 5 no"#),
    (#"{"id":"q","error":"no"}"#, #"failure "q" -32603 no"#),
    (#"{"id":"q","error":{"code":"x","message":7}}"#, #"failure "q" -32603 no message was given"#),
    (#"{"id":"q","error":{"code":1e99}}"#, #"failure "q" -32603 no message was given"#),
    (#"{"id":"q","result":null}"#, #"answer "q" null"#),
    (#"{"id":"q","result":null,"error":null}"#, #"answer "q" null"#),
    (#"{"id":"q"}"#, #"answer "q" null"#), (#"{"id":"q","method":null}"#, #"answer "q" null"#),
    (#"{"id":"q","method":"tool/call","result":1}"#, #"answer "q" 1"#),
    (#"{"id":"q","method":7}"#, #"answer "q" null"#),
    (#"{"jsonrpc":"1.0","id":"q","result":1,"more":[]}"#, #"answer "q" 1"#),
    (#"{"jsonrpc":2.0,"id":"q","result":1}"#, #"answer "q" 1"#),
    (#"{"id":null,"error":{"code":-32700,"message":"no"}}"#, "failure - -32700 no"),
    (#"{"id":"other","result":1}"#, #"answer "other" 1"#), (#"{"result":1}"#, "answer - 1"),
    (#"{"id":"q","method":"server/ping"}"#, #"request "q" server/ping -"#),
  ]) func `that answers is an answer whatever else it holds`(text: String, kind: String) throws {
    #expect(try self.kind(text) == kind)
  }

  @Test(arguments: [
    (#"{"result":{"a":[1,"]},"]},"id":"q","x":nan}"#, #""q""#), (#"{"id":"q","result":{"a":"\ud"#, #""q""#),
    (#"{"a":[[[,"id":1]]],"id":7}"#, "7"), (#"{"a":tru,"id":7,"#, "7"),
  ]) func `that is broken may still show its id`(text: String, id: String) {
    #expect(RequestID(inBroken: Array(text.utf8))?.json.text == id)
  }

  @Test(arguments: ["", "{", "[{\"id\":1}]", #"{"a":{"id":1}"#, #"{"a":"id","#, #"{"id":[1]}"#, #"{"a":"\"#, "id:1"])
  func `that is broken shows none where there is none`(text: String) {
    #expect(RequestID(inBroken: Array(text.utf8)) == nil)
  }

  @Test func `in a line holds nothing that others take for its end`() throws {
    let ends = "\u{85}\u{2028}\u{2029}"
    let other = "\u{84}\u{2027}\u{202A}\u{E9}\u{2014}\u{A0}"
    for text in [ends, other, ends + other, "a" + ends, other + ends + "z", "\u{2028}", "\n\u{B}\u{C}\u{1C}\u{1E}"] {
      let value: JSON = ["a": .string(text), "\(text)": [.string(text + text)]]
      let line = String(decoding: value.line, as: UTF8.self)
      #expect(line.hasSuffix("\n"))
      #expect(line.dropLast().unicodeScalars.allSatisfy { !$0.properties.isWhitespace || $0 == "\u{A0}" })
      #expect(try JSON.parse(String(line.dropLast())) == value)
      #expect(line.contains("\\u2028") == text.contains("\u{2028}"))
    }
  }

  @Test func `of a client's may have one empty value for objects and lists`() throws {
    let run: AgentRun = try (["prompt": "x", "thinking": ["type": "enabled"], "tools": [:]] as JSON).decodeClients()
    #expect(run.tools == [])
    let start: Initialize = try (["capabilities": [], "initializationOptions": []] as JSON).decodeClients()
    #expect(start.capabilities == ClientCapabilities())
    #expect(throws: JSONDecodingError.self) {
      try (["prompt": "x", "tools": ["a": 1]] as JSON).decodeClients(AgentRun.self)
    }
    #expect(throws: JSONDecodingError.self) { try (["capabilities": [1]] as JSON).decodeClients(Initialize.self) }
  }

  @Test(
    arguments: [
      ("4711", 4711), ("1.0", 1), ("0", nil), ("-1", nil), ("1e300", nil), ("9223372036854775808", nil), ("1.5", nil),
    ] as [(String, Int?)]) func `names a process only by a number that one can have`(text: String, number: Int?) throws
  {
    let start: Initialize = try (["processId": try JSON.parse(text)] as JSON).decode()
    #expect(start.processId?.number == number)
  }

  @Test func `adds counts from outside without an end`() throws {
    var usage: Usage = try JSON.parse(
      #"{"input":9223372036854775807,"output":9223372036854775807,"cacheRead":1,"cacheWrite":-5,"cacheWriteHour":0}"#
    ).decode()
    #expect(usage.cacheWrite == 0 && usage.prompt == .max && usage.all == .max)
    usage += usage
    #expect(usage.output == .max)
    #expect(Int.max.plus(1) == .max && Int.min.plus(-1) == .min && 1.plus(2) == 3 && Int.min.plus(.max) == -1)
    #expect(Int.min.minus(1) == .min && Int.max.minus(-1) == .max && 5.minus(7) == -2)
    #expect(Int.max.times(2) == .max && 3.times(4) == 12)
  }
}
