import Protocol

/// Marks a prompt for the API's cache, so that a conversation pays for its beginning once.
///
/// Marked are the end of what never changes (the system prompt, or the tools when there is none) and the ends of the
/// last two user messages: what this turn writes the next one reads. A request takes four marks; those that the caller
/// set stay as they are and are counted. The API refuses a mark of an hour behind one of five minutes, so nothing is
/// marked before the caller's last hour.
package enum CacheMarks {
  /// Adds the marks that there is room for.
  package static func mark(_ request: inout ModelRequest) {
    let set = Existing(request)
    var room = ProviderLimits.cacheMarksMax - set.count
    let newest = request.messages.indices.reversed().filter { request.messages[$0]["role"]?.string == "user" }
      .prefix(ProviderLimits.cacheMarkedMessages)
    if room > 0, set.lastHour < .system {
      room -= request.system.isEmpty ? markLast(of: &request.tools) : markLast(of: &request.system)
    }
    for index in newest where room > 0 && set.lastHour < .message(index) {
      room -= markEnd(of: &request.messages[index])
    }
  }

  /// Takes all marks off, the caller's too: for a model that refuses what has them.
  package static func remove(from request: inout ModelRequest) {
    request.caching = false
    request.tools = request.tools.map(unmarked)
    request.system = request.system.map(unmarked)
    request.messages = request.messages.map(unmarked)
  }

  /// A tool, message or block without its mark and those of the blocks in it.
  private static func unmarked(_ json: JSON) -> JSON {
    guard case .object(var members) = json else { return json }
    members["cache_control"] = nil
    if let content = members["content"]?.array { members["content"] = .array(content.map(unmarked)) }
    return .object(members)
  }

  /// Marks the last block that can be marked.
  ///
  /// - Returns: How many marks were added: none when that block has one, or there is none to mark.
  private static func markLast(of blocks: inout [JSON]) -> Int {
    guard let last = blocks.lastIndex(where: canCarryMark), blocks[last]["cache_control"] == nil,
      case .object(var block) = blocks[last]
    else { return 0 }
    block["cache_control"] = ephemeral
    blocks[last] = .object(block)
    return 1
  }

  private static func markEnd(of message: inout JSON) -> Int {
    guard case .object(var members) = message else { return 0 }
    var blocks: [JSON]
    switch members["content"] {
    case .array(let content): blocks = content
    case .string(let text): blocks = [["type": "text", "text": .string(text)]]
    default: return 0
    }
    let added = markLast(of: &blocks)
    guard added > 0 else { return 0 }
    members["content"] = .array(blocks)
    message = .object(members)
    return added
  }

  /// The API refuses marks on thinking, on empty text, and on tools that are loaded later.
  private static func canCarryMark(_ block: JSON) -> Bool {
    switch block["type"]?.string {
    case "thinking", "redacted_thinking": false
    case "text": block["text"]?.string?.isEmpty == false
    default: block["defer_loading"]?.bool != true
    }
  }

  private static let ephemeral: JSON = ["type": "ephemeral"]
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
