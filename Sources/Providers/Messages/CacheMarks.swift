import Protocol

/// Marks a prompt for the API's cache, so that a conversation pays for its beginning once.
///
/// A request takes four marks: at the end of what never changes (the system prompt, or the tools when there is none), at
/// the end of the newest message, where the last request had its end, and one between these two when much came since. What
/// a turn writes the next one reads, however much comes between them: the mark stands where it stood. Marks that the caller
/// set stay as they are and are counted. The API refuses a mark of an hour behind one of five minutes, so nothing is
/// marked before the caller's last hour.
package enum CacheMarks {
  /// Adds the marks that there is room for.
  package static func mark(_ request: inout ModelRequest) {
    let set = Existing(request)
    var room = ProviderLimits.cacheMarksMax - set.count
    if room > 0, set.lastHour < .system {
      room -= request.system.isEmpty ? markLast(of: &request.tools) : markLast(of: &request.system)
    }
    for place in places(in: request.messages) where room > 0 && set.lastHour < .message(place.message) {
      room -= mark(place, in: &request.messages)
    }
  }

  /// A block of the conversation.
  private struct Place: Equatable {
    var message: Int
    var block: Int
    /// How many blocks stand before it.
    var position: Int
  }

  /// Where marks belong in a conversation, the most useful first.
  private static func places(in messages: [JSON]) -> [Place] {
    var markable: [Place] = []
    var position = 0
    for (index, message) in messages.enumerated() {
      let blocks = Conversation.blocks(of: message)
      let isFleeting = message["clear_at"].map { !$0.isNull } ?? false
      for block in blocks.indices where !isFleeting && canCarryMark(blocks[block]) {
        markable.append(Place(message: index, block: block, position: position + block))
      }
      position += blocks.count
    }
    guard let newest = markable.last else { return [] }
    // The last request ended before what the model answered to it.
    let answer = messages.lastIndex { $0["role"] == "assistant" } ?? 0
    guard let former = markable.last(where: { $0.message < answer }), former != newest else { return [newest] }
    let between = markable.last {
      $0.position > former.position && $0.position <= newest.position - ProviderLimits.cacheMarkDistance
    }
    return [newest, former] + [between].compactMap(\.self)
  }

  private static func mark(_ place: Place, in messages: inout [JSON]) -> Int {
    guard case .object(var message) = messages[place.message] else { return 0 }
    var blocks = Conversation.blocks(of: messages[place.message])
    guard add(to: &blocks[place.block]) else { return 0 }
    message["content"] = .array(blocks)
    messages[place.message] = .object(message)
    return 1
  }

  /// Marks the last block that can be marked.
  ///
  /// - Returns: How many marks were added: none when that block has one, or there is none to mark.
  private static func markLast(of blocks: inout [JSON]) -> Int {
    guard let last = blocks.lastIndex(where: canCarryMark) else { return 0 }
    return add(to: &blocks[last]) ? 1 : 0
  }

  private static func add(to block: inout JSON) -> Bool {
    guard block["cache_control"] == nil, case .object(var object) = block else { return false }
    object["cache_control"] = ["type": "ephemeral"]
    block = .object(object)
    return true
  }

  /// The API refuses marks on thinking, on empty text, and on tools that are loaded later.
  private static func canCarryMark(_ block: JSON) -> Bool {
    switch block["type"]?.string {
    case "thinking", "redacted_thinking": false
    case "text": block["text"]?.string?.isEmpty == false
    default: block["defer_loading"]?.bool != true
    }
  }
}

/// The marks that the caller set.
private struct Existing {
  /// A place in the order in which the API reads a prompt.
  enum Place: Comparable {
    case nowhere, tools, system
    case message(Int)
  }
  private(set) var count = 0
  /// The place of the last mark that lives for an hour.
  private(set) var lastHour = Place.nowhere

  init(_ request: ModelRequest) {
    for tool in request.tools { note(tool, at: .tools) }
    for block in request.system { note(block, at: .system) }
    for (index, message) in request.messages.enumerated() {
      for block in message["content"]?.array ?? [] {
        note(block, at: .message(index))
        for inner in block["content"]?.array ?? [] { note(inner, at: .message(index)) }
      }
    }
  }

  private mutating func note(_ block: JSON, at place: Place) {
    guard let mark = block["cache_control"], !mark.isNull else { return }
    count += 1
    if mark["ttl"]?.string == "1h" { lastHour = place }
  }
}
