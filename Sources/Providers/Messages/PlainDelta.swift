import Protocol

/// The commonest event of a stream, read without building its JSON value: a piece of text, of thinking, or of a tool's
/// input.
///
/// Nine events of ten are of this form. Reading them here costs a fraction of a whole parse; whatever deviates from the
/// form by one byte goes the general way, so nothing depends on it but speed.
struct PlainDelta {
  /// What the piece belongs to.
  enum Kind {
    case text, thinking, toolInput
  }
  var kind: Kind
  var index: Int
  var text: String
}

extension PlainDelta {
  /// The delta in an event of any form; `nil` when it is none of these three, or has no text.
  init?(_ event: JSON) {
    guard event["type"] == "content_block_delta", let delta = event["delta"] else { return nil }
    let (kind, text): (Kind, JSON?)
    switch delta["type"]?.string {
    case "text_delta": (kind, text) = (.text, delta["text"])
    case "thinking_delta": (kind, text) = (.thinking, delta["thinking"])
    case "input_json_delta": (kind, text) = (.toolInput, delta["partial_json"])
    default: return nil
    }
    guard let text = text?.string else { return nil }
    self.init(kind: kind, index: event["index"]?.int ?? -1, text: text)
  }

  /// Reads an event; `nil` when it has another form.
  init?(_ event: Span<UInt8>) {
    guard var place = Self.end(of: Self.start, in: event, from: 0) else { return nil }
    let digits = place
    var index = 0
    while place < event.count, 0x30...0x39 ~= event[place], place - digits < 6 {
      index = index * 10 + Int(event[place] & 0xF)
      place += 1
    }
    guard place > digits, place == digits + 1 || event[digits] != 0x30 else { return nil }
    guard let middle = Self.end(of: Self.middle, in: event, from: place) else { return nil }
    guard let (kind, start) = Self.kind(event, from: middle) else { return nil }
    guard let (text, end) = Self.string(event, from: start) else { return nil }
    guard Self.ends(event, at: end) else { return nil }
    self.init(kind: kind, index: index, text: text)
  }

  private static let start: StaticString = #"{"type":"content_block_delta","index":"#
  private static let middle: StaticString = #","delta":{"type":""#

  /// The kind of piece, and where its text begins.
  private static func kind(_ event: Span<UInt8>, from start: Int) -> (Kind, Int)? {
    if let end = end(of: #"text_delta","text":""#, in: event, from: start) { return (.text, end) }
    if let end = end(of: #"input_json_delta","partial_json":""#, in: event, from: start) { return (.toolInput, end) }
    if let end = end(of: #"thinking_delta","thinking":""#, in: event, from: start) { return (.thinking, end) }
    return nil
  }

  /// Where this beginning of the form ends; blanks may follow its colons and commas, as other servers write them.
  private static func end(of form: StaticString, in event: Span<UInt8>, from start: Int) -> Int? {
    let expected = unsafe UnsafeBufferPointer(start: form.utf8Start, count: form.utf8CodeUnitCount)
    var place = start
    for index in 0..<expected.count {
      let byte = unsafe expected[index]
      guard place < event.count, event[place] == byte else { return nil }
      place += 1
      guard byte == UInt8(ascii: ":") || byte == UInt8(ascii: ",") else { continue }
      while place < event.count, event[place] == UInt8(ascii: " ") { place += 1 }
    }
    return place
  }

  /// The string whose content begins at `start`, and the place behind its closing quote.
  private static func string(_ event: Span<UInt8>, from start: Int) -> (String, Int)? {
    guard var end = event.quoteOrBackslash(from: start) else { return nil }
    guard event[end] != quote else {
      let content = event.extracting(start..<end)
      for place in content.indices where content[place] < 0x20 { return nil }
      guard let valid = try? UTF8Span(validating: content) else { return nil }
      return (String(copying: valid), end + 1)
    }
    while event[end] != quote {
      guard end + 2 < event.count, let next = event.quoteOrBackslash(from: end + 2) else { return nil }
      end = next
    }
    let literal = event.extracting((start - 1)..<(end + 1))
    guard case .string(let text)? = try? JSON.parse(literal, loneSurrogates: .replace) else { return nil }
    return (text, end + 1)
  }

  /// Whether nothing follows but the two closing braces, with the blanks that the API strews in against guessing.
  private static func ends(_ event: Span<UInt8>, at start: Int) -> Bool {
    var open = 2
    for place in start..<event.count {
      switch event[place] {
      case UInt8(ascii: "}") where open > 0: open -= 1
      case UInt8(ascii: " "): continue
      default: return false
      }
    }
    return open == 0
  }
}

private let quote = UInt8(ascii: "\"")
