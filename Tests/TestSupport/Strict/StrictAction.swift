package import Protocol

/// What a ``StrictUpstream`` does when it is asked: an answer, whole or not, or a refusal.
package struct StrictAction: Sendable {
  /// How an answer ends.
  package enum Ending: Sendable {
    case whole
    /// The connection breaks after so many events.
    case cutAfterEvents(Int)
    /// The connection breaks after that part of the answer's bytes.
    case cutAfterPart(Double)
    /// After so many events, never all of them, nothing comes until whoever asked has gone.
    case heldAfterEvents(Int)
  }

  /// What it says; `nil` for nothing.
  package var text: String?
  package var calls: [(name: String, input: JSON)] = []
  /// Whether it thinks, where the request has it think.
  package var thinks = true
  /// What is shown of its thinking.
  package var thought = ""
  /// Whether it thinks again before each call.
  package var notes = false
  /// Why it stops; `nil` for what the content leads to.
  package var stop: String?
  /// Counts in place of those of the cache, by their names on the wire.
  package var usage: [String: Int] = [:]
  package var ending = Ending.whole
  /// Called when an answer that is held says no more.
  package var whenHeld: @Sendable () -> Void = {}
  var refusal: UpstreamRefusal?
  /// Decides by the question.
  var choose: (@Sendable (Upstream.Question) -> StrictAction)?

  /// Says nothing.
  package init() {}

  /// Says that.
  package static func text(_ text: String) -> StrictAction {
    var action = StrictAction()
    action.text = text
    return action
  }

  /// Calls a tool.
  package static func call(_ name: String, _ input: JSON) -> StrictAction {
    var action = StrictAction()
    action.calls = [(name, input)]
    return action
  }

  /// Refuses in those words.
  package static func refusal(_ status: Int, _ kind: String, _ text: String) -> StrictAction {
    var action = StrictAction()
    action.refusal = UpstreamRefusal(status, kind, text)
    return action
  }

  /// Does what the question makes of it.
  package static func asked(_ choose: @escaping @Sendable (Upstream.Question) -> StrictAction) -> StrictAction {
    var action = StrictAction()
    action.choose = choose
    return action
  }

  /// The same with more.
  package func with(_ change: (inout StrictAction) -> Void) -> StrictAction {
    var action = self
    change(&action)
    return action
  }
}

/// The events of an answer, with the thinking that they hold.
struct StrictAnswer {
  /// What the thinking is bound to, in order.
  private(set) var thinking: [(thought: String, place: SealedThinking.Place, signature: String)] = []
  private(set) var events: [JSON] = []
  private var content: [JSON] = []
  private var place: SealedThinking.Place
  private let question: Upstream.Question
  private let reason: String
  private let usage: JSON
  private let outputTokens: JSON

  init(_ action: StrictAction, to question: Upstream.Question, at place: SealedThinking.Place, _ use: CacheUse) {
    (self.place, self.question) = (place, question)
    func tokens(_ name: String, _ bytes: Int) -> (String, JSON) {
      (name, .number(JSONNumber(action.usage[name] ?? bytes / PromptCache.bytesPerToken)))
    }
    usage = .object(
      JSONObject([
        tokens("input_tokens", use.plain), tokens("cache_read_input_tokens", use.read),
        tokens("cache_creation_input_tokens", use.written), ("output_tokens", 1),
      ]))
    outputTokens = .number(JSONNumber(action.usage["output_tokens"] ?? 20))
    reason = action.stop ?? (action.calls.isEmpty ? "end_turn" : "tool_use")
    begin()
    let type = question.body["thinking"]?["type"]?.string ?? place.model.thinkingDefault
    let thinks = action.thinks && (type == "adaptive" || type == "enabled")
    if thinks { think(action.thought) }
    if let text = action.text {
      say(
        ["type": "text", "text": ""], ["type": "text_delta", "text": .string(text)],
        ["type": "text", "text": .string(text)])
    }
    for (number, call) in action.calls.enumerated() {
      if thinks, action.notes, number > 0 { think(action.thought) }
      let start: JSONObject = [
        "type": "tool_use", "id": .string("toolu_\(question.number)_\(number)"), "name": .string(call.name),
        "input": [:],
      ]
      var whole = start
      whole["input"] = call.input
      say(
        .object(start), ["type": "input_json_delta", "partial_json": .string(call.input.text)], .object(whole))
    }
    end()
  }

  /// The message that the events make.
  var message: JSON {
    [
      "id": .string("msg_\(question.number)"), "type": "message", "role": "assistant", "model": .string(question.model),
      "content": .array(content), "stop_reason": .string(reason), "stop_sequence": .null, "usage": usage,
    ]
  }

  private mutating func begin() {
    events.append([
      "type": "message_start",
      "message": [
        "id": .string("msg_\(question.number)"), "type": "message", "role": "assistant",
        "model": .string(question.model), "content": [], "stop_reason": .null, "stop_sequence": .null, "usage": usage,
      ],
    ])
  }

  private mutating func end() {
    events.append([
      "type": "message_delta", "delta": ["stop_reason": .string(reason), "stop_sequence": .null],
      "usage": ["output_tokens": outputTokens],
    ])
    events.append(["type": "message_stop"])
  }

  private mutating func think(_ thought: String) {
    let signature = "sig-\(question.number)-\(thinking.count)-\(place.model.name)"
    thinking.append((thought, place, signature))
    var deltas: [JSON] = thought.isEmpty ? [] : [["type": "thinking_delta", "thinking": .string(thought)]]
    deltas.append(["type": "signature_delta", "signature": .string(signature)])
    block(["type": "thinking", "thinking": "", "signature": ""], deltas)
    content.append(["type": "thinking", "thinking": .string(thought), "signature": .string(signature)])
    place.last = signature
  }

  private mutating func say(_ start: JSON, _ delta: JSON, _ whole: JSON) {
    block(start, [delta])
    content.append(whole)
    place.add(answer: whole)
  }

  private mutating func block(_ start: JSON, _ deltas: [JSON]) {
    let index = JSON.number(JSONNumber(content.count))
    events.append(["type": "content_block_start", "index": index, "content_block": start])
    for delta in deltas { events.append(["type": "content_block_delta", "index": index, "delta": delta]) }
    events.append(["type": "content_block_stop", "index": index])
  }
}
