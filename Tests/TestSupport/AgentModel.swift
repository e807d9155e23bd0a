package import Protocol
internal import Synchronization

/// A model that works as an agent, turn by turn as a test tells it, over the Anthropic API and over Bedrock alike.
///
/// It takes no conversation that the real one would refuse, and asks for a call's result only under names of its own.
package final class AgentModel: Sendable {
  /// A piece of what the model says.
  package enum Block: Sendable {
    case text(String)
    /// A call of a tool.
    case call(String, JSON)
    /// A call whose input is that text, whole or not.
    case rawCall(String, String)
    /// Any other block, as it is.
    case other(JSON)
  }

  /// One answer.
  package struct Turn: Sendable {
    package var blocks: [Block]
    package var stopReason: String
    package var usage: Usage
    /// Whether the last block never comes to its end.
    package var isCut = false

    /// An answer; it stops for its calls when there are some.
    package init(_ blocks: Block..., stopReason: String? = nil, usage: Usage = Usage(input: 100, output: 20)) {
      self.blocks = blocks
      let hasCalls = blocks.contains { block in
        switch block {
        case .call, .rawCall: true
        case .text, .other: false
        }
      }
      self.stopReason = stopReason ?? (hasCalls ? "tool_use" : "end_turn")
      self.usage = usage
    }
  }

  /// What one call used.
  package struct Usage: Sendable {
    package var input: Int
    package var output: Int
    package var cacheRead: Int
    package var cacheWrite: Int

    /// So many tokens.
    package init(input: Int, output: Int, cacheRead: Int = 0, cacheWrite: Int = 0) {
      (self.input, self.output, self.cacheRead, self.cacheWrite) = (input, output, cacheRead, cacheWrite)
    }
  }

  /// A request as the model sees it.
  package typealias Question = Upstream.Question

  private let upstream: Upstream

  /// Starts a model; the script may block its thread.
  package init(_ script: @escaping @Sendable (Question) throws -> Turn) throws {
    let lastCall = Mutex(0)
    var access = UpstreamAccess()
    access.secrets = [Self.accessKeyID: Self.secretAccessKey]
    upstream = try Upstream(access: access) { question, connection in
      let events = Self.events(try script(question), of: question.model) {
        lastCall.withLock { last in
          last += 1
          return "toolu_\(last)"
        }
      }
      switch question.service {
      case .anthropic: try MessagesServer.stream(events.map(MessagesServer.event), to: connection)
      case .bedrock: try BedrockServer.stream(events, countsTokens: false, to: connection)
      }
    }
  }

  /// A model that gives these answers, one after the other.
  package convenience init(_ turns: [Turn]) throws {
    try self.init { question in
      guard turns.indices.contains(question.number - 1) else { throw LoopbackError.closed }
      return turns[question.number - 1]
    }
  }

  /// Takes requests.
  package var server: LoopbackServer { upstream.server }
  /// What it was asked, in order.
  package var questions: [Question] { upstream.questions }
  /// Why requests were refused.
  package var flaws: [String] { upstream.flaws }

  /// What a child process needs to ask this model.
  package func environment(_ provider: String = "anthropic") -> [String: String] {
    guard provider == "bedrock" else {
      return ["ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": "sk-ant-canary-8b1f"]
    }
    return [
      "CLAUDE_CODE_USE_BEDROCK": "1", "AWS_REGION": "us-west-2", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": server.url,
      "AWS_ENDPOINT_URL": server.url, "AWS_ACCESS_KEY_ID": Self.accessKeyID,
      "AWS_SECRET_ACCESS_KEY": Self.secretAccessKey,
    ]
  }

  private static let accessKeyID = "AKIACANARY"
  private static let secretAccessKey = "canary-secret/1+x="

  // MARK: What it says

  private static func events(_ turn: Turn, of model: String, newID: () -> String) -> [String] {
    let usage = turn.usage
    var events = [
      #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":\#(JSON.string(model).text),"content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":\#(usage.input),"cache_read_input_tokens":\#(usage.cacheRead),"cache_creation_input_tokens":\#(usage.cacheWrite),"output_tokens":1}}}"#
    ]
    func start(_ index: Int, _ block: JSON) -> String {
      #"{"type":"content_block_start","index":\#(index),"content_block":\#(block.text)}"#
    }
    func delta(_ index: Int, _ type: String, _ name: String, _ text: String) -> String {
      #"{"type":"content_block_delta","index":\#(index),"delta":{"type":"\#(type)","\#(name)":\#(JSON.string(text).text)}}"#
    }
    for (index, block) in turn.blocks.enumerated() {
      switch block {
      case .text(let text):
        events += [start(index, ["type": "text", "text": ""]), delta(index, "text_delta", "text", text)]
      case .call(let name, let input): events += call(name, input.text)
      case .rawCall(let name, let input): events += call(name, input)
      case .other(let json): events.append(start(index, json))
      }
      func call(_ name: String, _ input: String) -> [String] {
        let start = start(index, ["type": "tool_use", "id": .string(newID()), "name": .string(name), "input": [:]])
        // In two pieces, wherever that cuts it.
        let scalars = Array(input.unicodeScalars)
        let pieces = [scalars[..<(scalars.count / 2)], scalars[(scalars.count / 2)...]].map { piece in
          var text = String.UnicodeScalarView()
          text.append(contentsOf: piece)
          return delta(index, "input_json_delta", "partial_json", String(text))
        }
        return [start] + pieces
      }
      if !turn.isCut || index < turn.blocks.count - 1 {
        events.append(#"{"type":"content_block_stop","index":\#(index)}"#)
      }
    }
    events.append(
      #"{"type":"message_delta","delta":{"stop_reason":\#(JSON.string(turn.stopReason).text),"stop_sequence":null},"usage":{"output_tokens":\#(usage.output)}}"#
    )
    return events + [#"{"type":"message_stop"}"#]
  }
}
