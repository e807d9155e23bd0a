import Protocol

/// One content block while its deltas arrive.
///
/// What grows is kept apart from the rest of the object and put in its place when the block is asked for: so a delta
/// costs an append, however long the block is. Members that are unknown here stay as they came.
struct GrowingBlock {
  /// The number by which the stream's events name the block.
  let index: Int
  /// The block as it came, less what grows.
  private var object: JSONObject
  private var text = ""
  private var thinking = ""
  private var summary = ""
  private var input = ""
  private var citations: [JSON] = []
  /// Whether its end has come, with a tool input that is whole if it has one.
  private(set) var isComplete = false
  /// Why the input is no value though its end has come, for the model; `nil` when it is one, or has no end.
  private(set) var flaw: String?
  /// The block in full, once it has ended.
  private var ended: JSON?

  /// The block of a `content_block_start`.
  ///
  /// Text that stands in it from the start, which other servers than the API send, is handed over like a first delta.
  init(index: Int, object: JSONObject) {
    self.index = index
    self.object = object
    text = object["text"]?.string ?? ""
    thinking = object["thinking"]?.string ?? ""
    summary = object["content"]?.string ?? ""
    citations = object["citations"]?.array ?? []
  }

  /// The events that the block's start gives, at this place in the message.
  func begin(at place: Int) -> [ModelEvent] {
    var empty = object
    switch object["type"]?.string {
    case "text" where !text.isEmpty:
      empty["text"] = ""
      return [.blockStart(index: place, block: .object(empty)), .textDelta(index: place, text: text)]
    case "thinking" where !thinking.isEmpty:
      empty["thinking"] = ""
      return [.blockStart(index: place, block: .object(empty)), .thinkingDelta(index: place, text: thinking)]
    default: return [.blockStart(index: place, block: .object(object))]
    }
  }

  /// Appends a piece of text, of thinking, or of a tool's input.
  mutating func append(_ piece: String, to kind: PlainDelta.Kind) {
    switch kind {
    case .text: text += piece
    case .thinking: thinking += piece
    case .toolInput: input += piece
    }
  }

  /// Takes a delta that is none of the common three; one of an unknown type is passed over.
  mutating func apply(_ delta: JSON) {
    switch delta["type"]?.string {
    case "citations_delta": if let citation = delta["citation"] { citations.append(citation) }
    case "signature_delta": if let signature = delta["signature"] { object["signature"] = signature }
    case "compaction_delta":
      summary += delta["content"]?.string ?? ""
      if let encrypted = delta["encrypted_content"], !encrypted.isNull { object["encrypted_content"] = encrypted }
    default: break
    }
  }

  /// Ends the block.
  ///
  /// - Returns: The block in full; `nil` when its input is no whole value, so that it never counts as complete. One that
  ///   is no object is whole: it is for the tool to refuse.
  mutating func end() -> JSON? {
    let parsed: JSON?
    do throws(JSONSyntaxError) {
      parsed = try input.isEmpty ? nil : JSON.parse(input.utf8.span, loneSurrogates: .replace)
    } catch {
      parsed = nil
      flaw = "\(error.reason) at byte \(error.offset) of \(input.utf8.count)"
    }
    isComplete = input.isEmpty || parsed != nil
    ended = json(input: parsed)
    return isComplete ? ended : nil
  }

  /// The block as far as it has come.
  var json: JSON { ended ?? json(input: parsedInput?.object.map(JSON.object)) }

  private func json(input parsed: JSON?) -> JSON {
    var whole = object
    if !text.isEmpty { whole["text"] = .string(text) }
    if !thinking.isEmpty { whole["thinking"] = .string(thinking) }
    if !summary.isEmpty { whole["content"] = .string(summary) }
    if !citations.isEmpty { whole["citations"] = .array(citations) }
    if !input.isEmpty { whole["input"] = parsed ?? .object(UnfinishedInput.object(input)) }
    return .object(whole)
  }

  /// The tool's input when it is a whole value.
  private var parsedInput: JSON? {
    guard !input.isEmpty else { return nil }
    return try? JSON.parse(input.utf8.span, loneSurrogates: .replace)
  }
}
