import Foundation
import Protocol
import TestSupport
import Testing

/// The conversation of the specification's section on the Agent Client Protocol, led with the program.
@Suite(.ownThread) struct `The specification's conversation` {
  /// A frame as the document has it.
  private struct Frame {
    var isAgents: Bool
    var text = ""
  }

  private static func frames() throws -> [Frame] {
    var frames: [Frame] = []
    var isOpen = false
    for line in try Repository.text("protocol-spec.md").components(separatedBy: "\n") {
      if line.hasPrefix("```json acp ") {
        frames.append(Frame(isAgents: line.hasSuffix("agent")))
        isOpen = true
      } else if line == "```" {
        isOpen = false
      } else if isOpen {
        frames[frames.count - 1].text += line + "\n"
      }
    }
    return frames
  }

  /// Whether a frame has all that the document shows of it; of a list elements may be left out.
  private func shows(_ frame: JSON, _ shown: JSON) -> Bool {
    switch (frame, shown) {
    case (.object(let members), .object(let wanted)):
      return wanted.allSatisfy { wanted in members[wanted.key].map { shows($0, wanted.value) } ?? false }
    case (.array(let elements), .array(let wanted)):
      var rest = elements[...]
      return wanted.allSatisfy { wanted in
        guard let place = rest.firstIndex(where: { shows($0, wanted) }) else { return false }
        rest = rest[(place + 1)...]
        return true
      }
    default: return frame == shown
    }
  }

  @Test func `is what is said`() throws {
    let folder = try TemporaryFolder()
    let model = try AgentModel([
      .init(.text("I will."), .call("write_file", ["path": "a.txt", "content": "x\n"])), .init(.text("Done.")),
    ])
    let server = try ServerProcess(environment: model.environment())
    let schema = try #require(ACPSchema.vendored)
    // What is named by chance, as the document calls it.
    var names = [(folder.path, "/home/me/project")]
    let frames = try Self.frames()
    #expect(frames.count > 15)
    for frame in frames {
      guard frame.isAgents else {
        let text = names.reduce(frame.text) { $0.replacing($1.1, with: $1.0) }
        let said = try JSON.parse(text)
        if let method = said["method"]?.string {
          #expect(schema.flaws(method: method, params: said["params"], from: .client, isRequest: true) == [])
        }
        try server.send(said.text)
        continue
      }
      let shown = try JSON.parse(frame.text)
      while true {
        let came = try server.receive()
        if let id = came["result"]?["sessionId"]?.string { names.append((id, "session-1")) }
        if names.count < 3, let id = came["params"]?["update"]?["messageId"]?.string {
          names.append((String(id.dropLast(2)), "run-1"))
        }
        let named = try JSON.parse(names.reduce(came.text) { $0.replacing($1.0, with: $1.1) })
        if shows(named, shown) { break }
        try #require(came["id"] == nil, "\(named.text) came for \(frame.text)")
      }
    }
    #expect(folder.text("a.txt") == "x\n")
    #expect(model.flaws == [])
  }
}
