import Protocol
import TestSupport
import Testing

@Suite struct `The schema of the Agent Client Protocol, taken strictly` {
  private static let update: JSON = [
    "sessionId": "s",
    "update": [
      "sessionUpdate": "tool_call", "toolCallId": "t", "title": "Edit", "kind": "edit", "status": "pending",
      "rawInput": ["path": "a", "more": ["x": 1]], "locations": [["path": "/a", "line": 1]],
      "content": [
        ["type": "diff", "path": "/a", "oldText": .null, "newText": "x"],
        ["type": "content", "content": ["type": "text", "text": "x"]],
      ],
      "_meta": ["anything": true],
    ],
  ]
  private static let greeting: JSON = [
    "protocolVersion": 1, "agentInfo": ["name": "a", "version": "1"],
    "agentCapabilities": ["loadSession": true, "sessionCapabilities": ["list": [:]], "auth": ["logout": [:]]],
    "authMethods": [
      ["id": "a", "name": "A"], ["type": "terminal", "id": "b", "name": "B", "args": [], "env": ["X": "y"]],
    ],
  ]
  private static let options: JSON = [
    "sessionId": "s",
    "configOptions": [
      [
        "id": "a", "name": "A", "category": "mode", "type": "select", "currentValue": "x",
        "options": [["value": "x", "name": "X"]],
      ],
      ["id": "b", "name": "B", "type": "boolean", "currentValue": true],
    ],
  ]

  private func flaws(_ number: Int, _ value: JSON) throws -> [String] {
    let schema = try #require(ACPSchema.vendored)
    switch number {
    case 0: return schema.flaws(method: "session/update", params: value, from: .agent, isRequest: false)
    case 1: return schema.flaws(result: value, of: "initialize", from: .agent)
    default: return schema.flaws(result: value, of: "session/new", from: .agent)
    }
  }

  /// All values that are one with a member more, or with one of another type, somewhere.
  private func spoilt(_ value: JSON, at name: String = "") -> [JSON] {
    switch value {
    case .object(let members):
      guard !["rawInput", "_meta", "env"].contains(name) else { return [] }
      var all: [JSON] = []
      var more = members
      more["unheardOf"] = 1
      all.append(.object(more))
      for (key, member) in members {
        for other in spoilt(member, at: key) {
          var changed = members
          changed[key] = other
          all.append(.object(changed))
        }
      }
      return all
    case .array(let elements):
      return elements.indices.flatMap { place in
        spoilt(elements[place]).map { other in
          var changed = elements
          changed[place] = other
          return .array(changed)
        }
      }
    case .null: return []
    default: return [["wrong": "kind"]]
    }
  }

  @Test(arguments: [(0, update), (1, greeting), (2, options)])
  fileprivate func `takes what is right, and nothing beside it`(
    number: Int, value: JSON
  ) throws {
    #expect(try flaws(number, value) == [])
    let spoilt = spoilt(value)
    #expect(spoilt.count > 15)
    for value in spoilt { #expect(try flaws(number, value) != [], "\(value.text)") }
  }

  @Test func `knows both sides' methods, and what stands beside them`() throws {
    let schema = try #require(ACPSchema.vendored)
    #expect(schema.flaws(method: "session/new", params: ["cwd": "/"], from: .client, isRequest: true) != [])
    #expect(
      schema.flaws(method: "session/new", params: ["cwd": "/", "mcpServers": []], from: .client, isRequest: true) == [])
    #expect(
      schema.flaws(method: "session/new", params: ["cwd": "/", "mcpServers": []], from: .agent, isRequest: true) != [])
    #expect(schema.flaws(method: "run/event", params: [:], from: .agent, isRequest: false) != [])
    for method in ["_run/event", "session/fork", "_session/steering"] {
      #expect(schema.flaws(method: method, params: ["x": 1], from: .agent, isRequest: false) == [])
    }
    #expect(schema.flaws(error: ["code": -32603, "message": "x", "data": ["details": "y"]]) == [])
    #expect(schema.flaws(error: ["code": -32603, "message": "x", "kind": "y"]) != [])
  }
}
