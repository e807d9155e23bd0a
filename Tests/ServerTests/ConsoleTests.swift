import Foundation
import OperatingSystem
import Protocol
import Server
import TestSupport
import Testing

@Suite struct `A console that is no terminal` {
  /// A console over two files.
  private final class Outputs {
    let console: Console
    private let folder: TemporaryFolder
    private let handles: [FileHandle]

    init() throws {
      let folder = try TemporaryFolder()
      self.folder = folder
      handles = try ["out", "err"].map { name in
        let path = try folder.write(name, "")
        return try #require(FileHandle(forWritingAtPath: path))
      }
      console = Console(
        output: Descriptor(handles[0].fileDescriptor), errors: Descriptor(handles[1].fileDescriptor))
    }

    var output: String { folder.text("out") ?? "" }
    var errors: String { folder.text("err") ?? "" }

    func show(_ events: [AgentEvent]) {
      var log = EventLog()
      let sink = ConsoleSink(console, showsText: true)
      sink.send(events.map { log.append($0, sessionId: "s", runId: "r", at: 0) })
      console.endText()
    }
  }

  private static let start = AgentEvent.messageStart(id: "m", model: "x")
  private static func text(_ text: String) -> AgentEvent { .delta(.text, index: 0, text: text) }
  private static let result = AgentEvent.toolResult(
    ToolCallDone(callId: "c", name: "t", title: "Do it", content: [], isError: false))

  private static let joins: [([AgentEvent], String)] = [
    ([start, text("a"), .messageEnd(reason: "max_tokens"), start, text("b")], "ab\n"),
    ([start, text("a"), .messageEnd(reason: "pause_turn"), start, text("b")], "ab\n"),
    ([start, text("a"), .messageEnd(reason: "tool_use"), result, start, text("b")], "a\n\nb\n"),
    ([start, text("a\n"), .messageEnd(reason: "tool_use"), result, start, text("b\n")], "a\n\nb\n"),
    ([start, text("a\n\n\n"), .messageEnd(reason: "end_turn"), start, text("b")], "a\n\n\nb\n"),
    (
      [
        start, text("a"), .delta(.toolInput, index: 1, text: "{"), .messageEnd(reason: "max_tokens"), start, text("b"),
      ], "a\n\nb\n"
    ),
    ([start, .messageEnd(reason: "tool_use"), result, start, text("b")], "b\n"),
    ([start, text("a"), .notice("n")], "a\n"), ([start], ""),
  ]

  @Test(arguments: joins.indices) func `parts the texts of turns, and joins what goes on`(place: Int) throws {
    let outputs = try Outputs()
    let (events, expected) = Self.joins[place]
    outputs.show(events)
    #expect(outputs.output == expected)
  }

  @Test func `writes nothing while a question stands, and all of it after`() throws {
    let outputs = try Outputs()
    outputs.console.write("before")
    #expect(outputs.console.hold() == "")
    outputs.console.say("a line")
    outputs.console.write(" and after")
    #expect(outputs.output == "before" && outputs.errors == "")
    outputs.console.goOn()
    #expect(outputs.output == "before and after" && outputs.errors == "a line\n")
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs the disk that is always full"))
  func `tells why not all was written`() throws {
    let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
    let console = Console(output: Descriptor(full.fileDescriptor))
    console.write("x")
    #expect(console.failure?.text == "No space left on device")
  }
}
