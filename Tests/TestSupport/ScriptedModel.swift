internal import Protocol
internal import Synchronization

#if canImport(Darwin)
  internal import Darwin
#endif
internal import Foundation

/// A model that says what a test tells it to, word by word, over real HTTP.
package final class ScriptedModel: Sendable {
  /// What the model does next.
  package enum Step: Sendable {
    /// Says a piece of text; the first one begins the answer.
    case text(String)
    /// Calls a tool with that input.
    case tool(name: String, input: String)
    /// Ends its answer for that reason.
    case end(String)
    /// Refuses with that status and error.
    case refuse(Int, type: String, message: String)
    /// Waits until whoever asked has gone.
    case gone
  }

  private let steps = Steps()
  private let server: MessagesServer

  /// A model nobody has asked.
  package init() throws {
    let steps = steps
    // One answer at a time: two requests must not share the steps between them.
    let turn = NSLock()
    server = try MessagesServer { _, connection in try turn.withLock { try Self.answer(steps, connection) } }
  }

  deinit { steps.close() }

  /// What a child process needs to ask this model.
  package var environment: [String: String] { server.environment }
  /// Why requests were refused as no conversation.
  package var flaws: [String] { server.flaws }

  /// Does that, as soon as it is asked something.
  package func take(_ step: Step) { steps.add(step) }

  private static func answer(_ steps: Steps, _ connection: LoopbackConnection) throws {
    var blocks = 0
    var isInText = false
    func say(_ json: String) throws { try connection.chunk(MessagesServer.event(json)) }
    func begin() throws {
      guard blocks == 0 else { return }
      try connection.beginChunks(200, [("content-type", "text/event-stream"), ("request-id", "req_1")])
      try say(
        #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-test","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":25,"output_tokens":1}}}"#
      )
    }
    func endText() throws {
      if isInText { try say(#"{"type":"content_block_stop","index":\#(blocks - 1)}"#) }
      isInText = false
    }
    while let step = steps.next() {
      switch step {
      case .text(let text):
        try begin()
        if !isInText {
          blocks += 1
          isInText = true
          try say(
            #"{"type":"content_block_start","index":\#(blocks - 1),"content_block":{"type":"text","text":""}}"#)
        }
        try say(
          #"{"type":"content_block_delta","index":\#(blocks - 1),"delta":{"type":"text_delta","text":\#(JSON.string(text).text)}}"#
        )
      case .tool(let name, let input):
        try begin()
        try endText()
        blocks += 1
        try say(
          #"{"type":"content_block_start","index":\#(blocks - 1),"content_block":{"type":"tool_use","id":"toolu_\#(blocks)","name":\#(JSON.string(name).text),"input":{}}}"#
        )
        try say(
          #"{"type":"content_block_delta","index":\#(blocks - 1),"delta":{"type":"input_json_delta","partial_json":\#(JSON.string(input).text)}}"#
        )
        try say(#"{"type":"content_block_stop","index":\#(blocks - 1)}"#)
      case .end(let reason):
        try begin()
        try endText()
        try say(
          #"{"type":"message_delta","delta":{"stop_reason":\#(JSON.string(reason).text),"stop_sequence":null},"usage":{"output_tokens":15}}"#
        )
        try say(#"{"type":"message_stop"}"#)
        return try connection.endChunks()
      case .refuse(let status, let type, let message):
        let error: JSON = ["type": "error", "error": ["type": .string(type), "message": .string(message)]]
        return try connection.reply(
          status, [("content-type", "application/json"), ("request-id", "req_1")], body: error.serialized)
      case .gone:
        connection.waitForPeerClose()
        throw LoopbackError.closed
      }
    }
    throw LoopbackError.closed
  }

  /// The steps that wait to be taken.
  private final class Steps: Sendable {
    private let waiting = Mutex<(steps: [Step], isClosed: Bool)>(([], false))
    private let count = DispatchSemaphore(value: 0)

    func add(_ step: Step) {
      waiting.withLock { $0.steps.append(step) }
      count.signal()
    }

    func close() {
      waiting.withLock { $0.isClosed = true }
      count.signal()
    }

    /// Waits for a step; `nil` when there will be none.
    func next() -> Step? {
      count.wait()
      return waiting.withLock { waiting in
        guard !waiting.isClosed else {
          // Whoever else waits is to see it too.
          count.signal()
          return nil
        }
        return waiting.steps.removeFirst()
      }
    }
  }
}
