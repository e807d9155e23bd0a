import Protocol
import Server
import Synchronization
import TestSupport
import Testing

@Suite(.ownThread) struct `Members of params that nobody reads` {
  /// What a router tells of a request, whatever the handler makes of it.
  private func told<Request: RequestMessage>(_ type: Request.Type, _ params: JSON) throws -> [String] {
    let told = Told()
    var router = Router { words in told.add(words) }
    router.inPlace(Request.self) { _ in throw RPCError.invalidRequest("enough") }
    guard case .now(let handle) = try router.handler(of: Request.method) else { return [] }
    #expect(throws: RPCError.self) { _ = try handle(params).answer.get() }
    return told.all
  }

  private final class Told: Sendable {
    private let words = Mutex<[String]>([])
    var all: [String] { words.withLock { $0 } }
    func add(_ text: String) { words.withLock { $0.append(text) } }
  }

  @Test(
    arguments: [
      ([:], []), (["title": "T", "_meta": ["any": 1]], []), (["model": "m", "workDoneToken": 1], []),
      (["titel": "T"], ["session/new: nobody reads 'titel' (did you mean 'title'?)"]),
      (
        ["thinking": ["type": "enabled", "budget_tokens": 1]],
        ["session/new: nobody reads 'thinking.budget_tokens' (did you mean 'budgetTokens'?)"]
      ),
      (["quite_another": 1], ["session/new: nobody reads 'quite_another'"]),
      (["zq\nzq": 1], ["session/new: nobody reads 'zq?zq'"]),
      (
        ["aaaaaaaaaa": 1, "bbbbbbbbbb": 2, "cccccccccc": 3, "dddddddddd": 4, "eeeeeeeeee": 5],
        ["session/new: nobody reads 'aaaaaaaaaa', 'bbbbbbbbbb', 'cccccccccc' and more"]
      ),
    ] as [(JSON, [String])]) func `are named, with what was meant`(params: JSON, words: [String]) throws
  {
    #expect(try told(SessionNew.self, params) == words)
  }

  @Test func `are named within lists`() throws {
    #expect(
      try told(
        ToolsRegister.self, ["tools": [["name": "a", "description": "b", "inputSchema": [:], "inputschema": 1]]])
        == ["tools/register: nobody reads 'tools[0].inputschema' (did you mean 'inputSchema'?)"])
  }

  @Test func `are a language server's own in initialize, but for the options`() throws {
    let params: JSON = [
      "rootUri": "file:///x", "locale": "en", "capabilities": ["workspace": [:]],
      "initializationOptions": ["modle": "m"],
    ]
    #expect(
      try told(Initialize.self, params)
        == ["initialize: nobody reads 'initializationOptions.modle' (did you mean 'model'?)"])
  }

  @Test func `are not held each against all before it`() throws {
    let members = (0..<300_000).map { ("member\($0)", JSON.null) }
    #expect(try told(SessionNew.self, .object(JSONObject(members))).count == 1)
  }
}
