package import Protocol

/// What a model answers, as events of the Messages API, to be framed as either service frames them.
package struct ModelAnswer: Sendable {
  /// The model's own name.
  package var model = "claude-test"
  /// What it thinks first; `nil` for nothing.
  package var thinking: String?
  /// The signature of what it thinks.
  package var signature = "c2ln"
  /// What it says, piece by piece.
  package var text: [String] = []
  /// The tool it calls, with its input as JSON text.
  package var tool: (id: String, name: String, input: String)?
  /// Why it stops; by default what the content leads to.
  package var stopReason: String?
  /// The prompt's tokens, in the API's form.
  package var usage: JSON = ["input_tokens": 25, "output_tokens": 1]
  /// The tokens of the answer.
  package var outputTokens = 15

  /// An answer that says that.
  package init(_ text: String...) { self.text = text }

  /// The events, one JSON text each.
  package var events: [String] {
    var blocks: [[JSON]] = []
    if let thinking {
      blocks.append([
        ["type": "thinking", "thinking": "", "signature": ""],
        ["type": "thinking_delta", "thinking": .string(thinking)],
        ["type": "signature_delta", "signature": .string(signature)],
      ])
    }
    if !text.isEmpty {
      blocks.append([["type": "text", "text": ""]] + text.map { ["type": "text_delta", "text": .string($0)] })
    }
    if let tool {
      blocks.append([
        ["type": "tool_use", "id": .string(tool.id), "name": .string(tool.name), "input": [:]],
        ["type": "input_json_delta", "partial_json": .string(tool.input)],
      ])
    }
    let content = blocks.enumerated().flatMap { index, block -> [JSON] in
      let index = JSON.number(JSONNumber(index))
      let start: JSON = ["type": "content_block_start", "index": index, "content_block": block[0]]
      let deltas = block.dropFirst().map { delta -> JSON in
        ["type": "content_block_delta", "index": index, "delta": delta]
      }
      return [start] + deltas + [["type": "content_block_stop", "index": index]]
    }
    let message: JSON = [
      "id": "msg_1", "type": "message", "role": "assistant", "model": .string(model), "content": [],
      "stop_reason": .null, "stop_sequence": .null, "usage": usage,
    ]
    let reason = stopReason ?? (tool == nil ? "end_turn" : "tool_use")
    let end: JSON = [
      "type": "message_delta", "delta": ["stop_reason": .string(reason), "stop_sequence": .null],
      "usage": ["output_tokens": .number(JSONNumber(outputTokens))],
    ]
    return ([["type": "message_start", "message": message]] + content + [end, ["type": "message_stop"]]).map(\.text)
  }

  /// Streams it as the Messages API does.
  package func overSSE(_ connection: LoopbackConnection) throws {
    try MessagesServer.stream(events.map(MessagesServer.event), to: connection)
  }

  /// Streams it as Bedrock does.
  package func overFrames(_ connection: LoopbackConnection) throws {
    try BedrockServer.stream(events, to: connection)
  }
}
