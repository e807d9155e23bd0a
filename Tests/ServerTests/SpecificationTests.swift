import Foundation
import Protocol
import Server
import TestSupport
import Testing

/// The examples of protocol-spec.md, by the method of their section.
private struct Example: CustomTestStringConvertible {
  var section: String
  var kind: String
  var text: String
  var testDescription: String { "\(section), \(kind)" }

  static let all: [Example] = {
    guard let text = try? Repository.text("protocol-spec.md") else { return [] }
    var examples: [Example] = []
    var section = ""
    var open: Example?
    for line in text.components(separatedBy: "\n") {
      if var example = open {
        if line == "```" {
          examples.append(example)
          open = nil
        } else {
          example.text += line + "\n"
          open = example
        }
      } else if line.hasPrefix("### ") {
        section = String(line.dropFirst(4))
      } else if line.hasPrefix("# ") {
        section = ""
      } else if line.hasPrefix("```json "), !line.hasPrefix("```json acp") {
        open = Example(section: section, kind: String(line.dropFirst(8)), text: "")
      }
    }
    return examples
  }()

  static let sections: Set<String> = Set(all.map(\.section)).subtracting([""])
}

/// Reads a value as a type and writes it back: what is lost on the way stands in the difference.
private func roundTrip<Value: Codable>(_ json: JSON, as type: Value.Type) throws -> JSON {
  try JSON(encoding: try json.decode(Value.self))
}

private func paramsRoundTrip<M: Message>(_ json: JSON, _ type: M.Type) throws -> JSON {
  try roundTrip(json, as: M.self)
}

private func resultRoundTrip<R: RequestMessage>(_ json: JSON, _ type: R.Type) throws -> JSON {
  try roundTrip(json, as: R.Response.self)
}

private let messages: [String: any Message.Type] = Dictionary(
  uniqueKeysWithValues: (Catalog.clientRequests as [any Message.Type] + Catalog.serverRequests
    + Catalog.clientNotifications + Catalog.serverNotifications).map { ($0.method, $0) })

@Suite struct `The specification` {
  @Test func `has a section with examples for every message, and for no other`() {
    #expect(Example.sections == Set(messages.keys))
  }

  @Test func `names every error code`() throws {
    let text = try Repository.text("protocol-spec.md")
    for (name, code) in Catalog.errors { #expect(text.contains("| \(code.rawValue) | \(name) |")) }
    for kind in FailureData.Kind.allCases { #expect(text.contains("`\(kind.rawValue)`")) }
    for kind in RunEvent.Kind.allCases { #expect(text.contains("`\(kind.rawValue)`")) }
  }

  @Test(arguments: Example.all) fileprivate func `has examples that the program's types carry without loss`(
    example: Example
  )
    throws
  {
    let json = try JSON.parse(example.text)
    switch example.kind {
    case "request", "notification":
      let type = try #require(messages[example.section])
      #expect(json["method"]?.string == example.section)
      #expect((json["id"] != nil) == (example.kind == "request"))
      let params = json["params"] ?? [:]
      #expect(try paramsRoundTrip(params, type) == params)
      switch Envelope(json) {
      case .request: #expect(example.kind == "request")
      case .notification: #expect(example.kind == "notification")
      case .response, .invalid: Issue.record("not a message: \(example.text)")
      }
    case "result":
      let type = try #require((Catalog.clientRequests + Catalog.serverRequests).first { $0.method == example.section })
      #expect(try resultRoundTrip(json, type) == json)
    case "error":
      guard case .response(_, .failure(let error)) = Envelope(json) else {
        #expect(json["id"] == .null)
        return
      }
      #expect(RPCError.Code.allCases.contains(error.code))
      if let data = error.data { #expect(try roundTrip(data, as: FailureData.self) == data) }
    default: Issue.record("an example of no known kind: \(example.kind)")
    }
  }
}
