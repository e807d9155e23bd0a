package import Protocol

/// What is told a model between the messages of a conversation: what has changed around it since.
///
/// History keeps each as a message of the role `system`, behind the user's message that it was first sent with, and never
/// changes it. Models that take no such message get its text in the user's message instead, marked so that neither the
/// model nor a reader takes it for the person's own words.
///
/// Source: Anthropic's documentation of system messages in mid-conversation.
package enum SystemMessages {
  /// A message that tells this.
  package static func message(_ text: String) -> JSON { ["role": "system", "content": .string(text)] }

  /// A text of ours for a user's message, marked.
  package static func reminder(_ text: String) -> JSON {
    ["type": "text", "text": .string("<system-reminder>\n\(text)\n</system-reminder>")]
  }

  /// A user's message that holds nothing but a text of ours, marked.
  package static func reminding(_ text: String) -> JSON { ["role": "user", "content": [reminder(text)]] }

  /// Whether a block is a text of ours, marked.
  package static func isReminder(_ block: JSON) -> Bool {
    block["text"]?.string?.hasPrefix("<system-reminder>\n") == true
  }

  /// The messages with neighbours of one role put together, and each system message where the API takes it: behind the
  /// last message of the user's, before the assistant's.
  ///
  /// A run that ended before an answer leaves a user's message with its system message; what the user says next joins the
  /// former, so the latter moves behind it. Nothing that an answer followed is ever moved.
  package static func placed(_ messages: [JSON]) -> [JSON] {
    var placed: [JSON] = []
    placed.reserveCapacity(messages.count)
    for message in messages {
      guard let last = placed.last else {
        placed.append(message)
        continue
      }
      if last["role"] == message["role"] {
        placed[placed.count - 1] = joined(last, message)
      } else if last["role"] == "system", message["role"] == "user" {
        placed.removeLast()
        if let user = placed.last, user["role"] == "user" {
          placed[placed.count - 1] = joined(user, message)
        } else {
          placed.append(message)
        }
        placed.append(last)
      } else {
        placed.append(message)
      }
    }
    return placed
  }

  /// The messages for a model that takes no system message: the text of each stands in the user's message before it,
  /// behind tool results and before the person's words.
  ///
  /// One that says nothing in words, such as a change of tools, is left out. The same messages always become the same
  /// bytes, so that a cache and the seals of what was thought stay good.
  package static func lowered(_ messages: [JSON]) -> [JSON] {
    guard messages.contains(where: { $0["role"] == "system" }) else { return messages }
    var lowered: [JSON] = []
    for message in placed(messages) {
      guard message["role"] == "system" else {
        lowered.append(message)
        continue
      }
      let texts = Conversation.blocks(of: message).compactMap { $0["text"]?.string }.filter { !$0.isEmpty }
      guard !texts.isEmpty else { continue }
      let reminder = reminder(texts.joined(separator: "\n"))
      guard let user = lowered.last, user["role"] == "user" else {
        lowered.append(["role": "user", "content": [reminder]])
        continue
      }
      var blocks = Conversation.blocks(of: user)
      blocks.insert(reminder, at: blocks.firstIndex { $0["type"] != "tool_result" } ?? blocks.count)
      lowered[lowered.count - 1] = ["role": "user", "content": .array(blocks)]
    }
    return lowered
  }

  private static func joined(_ one: JSON, _ other: JSON) -> JSON {
    guard case .object(var object) = one else { return other }
    object["content"] = .array(Conversation.blocks(of: one) + Conversation.blocks(of: other))
    return .object(object)
  }
}
