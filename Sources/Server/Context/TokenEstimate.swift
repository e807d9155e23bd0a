package import Protocol
package import Providers

/// How many tokens a piece of a request takes, by a rule of thumb that needs no network.
///
/// Text counts two tokens for every seven bytes of its UTF-8 (English prose has 4 to 4.5 bytes a token, code about 3, Chinese
/// and Japanese 2.5 to 3), an image its pixels divided by 750 after scaling to 1,568 a side and to 1,600 tokens at most, a
/// PDF 2,000 tokens for every 50 KB, a message 4, a call or a result 8. The API's own count, once there is one, corrects it: see
/// ``TokenCalibration``.
///
/// Source: the API's documentation of vision, PDF support and token counting.
package enum TokenEstimate {
  /// Tokens of a conversation.
  package static func messages(_ messages: [JSON]) -> Int { messages.reduce(0) { $0 + message($1) } }

  /// Tokens of one message.
  package static func message(_ message: JSON) -> Int { parts(of: message).total }

  /// Tokens of one message by what they are for.
  package struct Parts: Hashable, Sendable {
    /// Words, thoughts and calls, and what holds the message together.
    package var words = 0
    /// Images and documents, also those in tool results.
    package var images = 0
    /// What tools gave, less its images.
    package var toolResults = 0

    /// Nothing.
    package init() {}

    /// All of them.
    package var total: Int { words + images + toolResults }

    /// Adds those of another message.
    package static func += (sum: inout Parts, more: Parts) {
      sum.words += more.words
      sum.images += more.images
      sum.toolResults += more.toolResults
    }
  }

  /// Tokens of one message by what they are for.
  package static func parts(of message: JSON) -> Parts {
    var parts = Parts()
    parts.words = perMessage
    switch message["content"] {
    case .string(let text)?: parts.words += tokens(bytes: text.utf8.count)
    case .array(let blocks)?: for block in blocks { add(block, to: &parts) }
    default: break
    }
    return parts
  }

  /// Tokens of the system prompt's blocks.
  package static func system(_ blocks: [JSON]) -> Int {
    blocks.reduce(0) { $0 + tokens(bytes: $1["text"]?.string?.utf8.count ?? bytes(of: $1)) }
  }

  /// Tokens of tool definitions; the first one brings the API's own instructions for tools.
  package static func tools(_ definitions: [JSON]) -> Int {
    definitions.isEmpty ? 0 : definitions.reduce(toolInstructions) { $0 + tokens(bytes: bytes(of: $1)) + perCall }
  }

  /// Tokens of that much text.
  package static func tokens(bytes: Int) -> Int { (bytes * 2 + 6) / 7 }

  /// Tokens of an image of that size; the most an image takes when it is not known.
  package static func image(_ size: ImageSize?) -> Int {
    guard let size else { return imageMax }
    let (width, height) = (Double(size.width), Double(size.height))
    let scale = min(1, imageSideMax / max(width, height))
    return max(1, min(imageMax, Int((width * scale * height * scale / pixelsPerToken).rounded(.up))))
  }

  private static func add(_ block: JSON, to parts: inout Parts) {
    switch block["type"]?.string {
    case "text": parts.words += tokens(bytes: bytes(of: block) - textEnvelope)
    case "image": parts.images += image(in: block)
    case "document": parts.images += document(block)
    case "tool_result":
      parts.toolResults += perCall
      switch block["content"] {
      case .string(let text)?: parts.toolResults += tokens(bytes: text.utf8.count)
      case .array(let blocks)?:
        for inner in blocks {
          var nested = Parts()
          add(inner, to: &nested)
          parts.images += nested.images
          parts.toolResults += nested.words + nested.toolResults
        }
      default: break
      }
    case let type? where type.hasSuffix("_tool_result"): parts.toolResults += perCall + tokens(bytes: bytes(of: block))
    case let type? where type.hasSuffix("tool_use"): parts.words += perCall + tokens(bytes: bytes(of: block))
    default: parts.words += tokens(bytes: bytes(of: block))
    }
  }

  private static func image(in block: JSON) -> Int {
    image(block["source"]?["data"]?.string.flatMap { ImageSize(base64: $0) })
  }

  private static func document(_ block: JSON) -> Int {
    guard let data = block["source"]?["data"]?.string else { return tokens(bytes: bytes(of: block)) }
    guard block["source"]?["type"] == "base64" else { return tokens(bytes: data.utf8.count) }
    return max(1, data.utf8.count / 4 * 3 / documentPageBytes) * documentPageTokens
  }

  /// The bytes of a value as JSON would write it, nearly: escapes are not counted.
  private static func bytes(of json: JSON) -> Int {
    switch json {
    case .null, .bool: 4
    case .number(let number): number.literal.utf8.count
    case .string(let text): text.utf8.count + 2
    case .array(let elements): elements.reduce(2) { $0 + bytes(of: $1) + 1 }
    case .object(let object):
      object.members.reduce(2) { sum, member in
        member.key == "cache_control" ? sum : sum + member.key.utf8.count + 4 + bytes(of: member.value)
      }
    }
  }

  private static let perMessage = 4
  private static let perCall = 8
  /// The API's own words about tools, which it puts before ours.
  private static let toolInstructions = 346
  /// The bytes of `{"type":"text","text":""}` as `bytes(of:)` counts them.
  private static let textEnvelope = 26
  private static let imageMax = 1_600
  private static let imageSideMax = 1_568.0
  private static let pixelsPerToken = 750.0
  private static let documentPageBytes = 50_000
  private static let documentPageTokens = 2_000
}
