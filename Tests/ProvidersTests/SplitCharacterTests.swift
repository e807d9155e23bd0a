import Protocol
import Providers
import TestSupport
import Testing

/// Characters whose two halves come in two deltas.
@Suite struct SplitCharacterTests {
  enum Form: CaseIterable {
    case text, thinking, input, spaced, otherOrder

    func delta(_ text: String) -> String {
      switch self {
      case .text: #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\#(text)"}}"#
      case .thinking:
        #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"\#(text)"}}"#
      case .input:
        #"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"\#(text)"}}"#
      case .spaced:
        #"{"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "\#(text)"}}"#
      case .otherOrder: #"{"delta":{"text":"\#(text)","type":"text_delta"},"index":0,"type":"content_block_delta"}"#
      }
    }
  }

  /// What the pieces of one block make together.
  static func joined(_ form: Form, _ pieces: [String], between: String? = nil) throws -> String {
    var answer = MessageAccumulator()
    var events: [ModelEvent] = []
    let begin = [
      #"{"type":"message_start","message":{}}"#,
      #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
    ]
    let deltas = pieces.flatMap { [form.delta($0)] + [between].compactMap(\.self) }
    for event in begin + deltas + [#"{"type":"content_block_stop","index":0}"#] {
      try answer.take(Array(event.utf8).span, into: &events)
    }
    return events.map { event in
      switch event {
      case .textDelta(_, let text), .thinkingDelta(_, let text), .toolInputDelta(_, let text): text
      default: ""
      }
    }.joined()
  }

  @Test(arguments: Form.allCases) func `two halves are one character, wherever they are cut`(form: Form) throws {
    for (one, other) in [("\\ud83d", "\\ude00"), ("\\uD83D", "\\uDE00")] {
      #expect(try Self.joined(form, ["a" + one, other + "b"]) == "a😀b")
      #expect(try Self.joined(form, [one, other]) == "😀")
      #expect(try Self.joined(form, [one, other + one, other]) == "😀😀")
      #expect(try Self.joined(form, [one + other + one, other]) == "😀😀")
      #expect(try Self.joined(form, ["x" + one, other], between: #"{"type":"ping"}"#) == "x😀")
    }
  }

  @Test(arguments: Form.allCases) func `a half alone is a replacement character, and no more is lost`(form: Form) throws
  {
    #expect(try Self.joined(form, ["a\\ud83d", "b"]) == "a\u{FFFD}b")
    #expect(try Self.joined(form, ["a\\ud83d"]) == "a\u{FFFD}")
    #expect(try Self.joined(form, ["a", "\\ude00b"]) == "a\u{FFFD}b")
    #expect(try Self.joined(form, ["\\ud83d", "\\ud83d", "\\ude00"]) == "\u{FFFD}😀")
    #expect(try Self.joined(form, ["a\u{FFFD}", "\u{FFFD}b"]) == "a\u{FFFD}\u{FFFD}b")
    #expect(try Self.joined(form, ["\\ufffd", "\\ufffd"]) == "\u{FFFD}\u{FFFD}")
    #expect(try Self.joined(form, [#"\\ud83d"#, #"\\ude00"#]) == #"\ud83d\ude00"#)
  }
}
