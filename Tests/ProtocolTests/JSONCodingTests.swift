import Protocol
import Testing

@Suite struct `Plain structs` {
  private func failure<Value: Decodable>(_ text: String, as type: Value.Type) throws -> JSONDecodingError? {
    do throws(JSONDecodingError) {
      let json = (try? JSON.parse(text)) ?? .null
      _ = try json.decode(Value.self)
      return nil
    } catch {
      return error
    }
  }

  @Test func `are read from JSON and written back`() throws {
    let json = try JSON.parse(
      #"{"prompt":["x"],"sessionId":"s","thinking":{"type":"enabled","budgetTokens":2000},"_meta":{"n":1.50}}"#)
    #expect(throws: JSONDecodingError.self) { try json.decode(AgentRun.self) }
    let sound = try JSON.parse(#"{"prompt":"x","thinking":{"type":"adaptive"},"_meta":{"n":1.50}}"#)
    #expect(try JSON(encoding: try sound.decode(AgentRun.self)).text == sound.text)
  }

  @Test func `name the member that does not fit`() throws {
    #expect(
      try failure(#"{"sessionId":1}"#, as: SessionGet.self)
        == JSONDecodingError(path: "sessionId", reason: "expected a string, found a number"))
    #expect(try failure("{}", as: SessionGet.self) == JSONDecodingError(path: "sessionId", reason: "is missing"))
    #expect(
      try failure(#"{"prompt":"x","thinking":{"type":"much"}}"#, as: AgentRun.self)
        == JSONDecodingError(
          path: "thinking.type", reason: "expected one of enabled, adaptive, betweenTools, disabled, found \"much\""))
    #expect(
      try failure(#"{"prompt":[{"type":"text"}]}"#, as: AgentRun.self)
        == JSONDecodingError(path: "prompt[0].text", reason: "is missing"))
    #expect(try failure(#"{"prompt":"x","maxTurns":1.5}"#, as: AgentRun.self)?.path == "maxTurns")
    #expect(try failure(#"{"prompt":"x","maxTurns":99999999999999999999}"#, as: AgentRun.self)?.path == "maxTurns")
    #expect(try failure("[]", as: AgentRun.self)?.reason == "expected an object, found an array")
  }
}
