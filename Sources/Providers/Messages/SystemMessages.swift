package import Protocol

/// Messages of the role `system` that stand among the others: what the program tells a model on the way.
package enum SystemMessages {
  /// The messages as models take them that know no such role.
  ///
  /// Each one's text becomes a block of the user's message before it, at its end and between `<system-reminder>` tags, as
  /// those models know it from their training. One that says nothing in words, such as a change of tools, is left out, and
  /// one that no message of the user's comes before gets a message of its own. The same messages always become the same
  /// bytes, so that a cache and the seals of what was thought stay good.
  package static func lowered(_ messages: [JSON]) -> [JSON] {
    guard messages.contains(where: isSystem) else { return messages }
    var lowered: [JSON] = []
    for message in messages {
      guard isSystem(message) else {
        lowered.append(message)
        continue
      }
      guard let text = text(of: message) else { continue }
      let reminder: JSON = ["type": "text", "text": .string("<system-reminder>\n\(text)\n</system-reminder>")]
      append(reminder, to: &lowered)
    }
    return lowered
  }

  /// Adds a block at the end of the last message, where that is the user's; as a message of its own elsewhere.
  static func append(_ block: JSON, to messages: inout [JSON]) {
    guard var last = messages.last?.object, last["role"] == "user" else {
      messages.append(["role": "user", "content": [block]])
      return
    }
    let before: [JSON] =
      switch last["content"] {
      case .array(let blocks)?: blocks
      case .string(let text)? where !text.isEmpty: [["type": "text", "text": .string(text)]]
      default: []
      }
    last["content"] = .array(before + [block])
    messages[messages.count - 1] = .object(last)
  }

  private static func isSystem(_ message: JSON) -> Bool { message["role"] == "system" }

  /// What a message says in words; `nil` for nothing.
  private static func text(of message: JSON) -> String? {
    let texts =
      message["content"]?.string.map { [$0] } ?? (message["content"]?.array ?? []).compactMap { $0["text"]?.string }
    let said = texts.filter { !$0.isEmpty }
    return said.isEmpty ? nil : said.joined(separator: "\n")
  }
}
