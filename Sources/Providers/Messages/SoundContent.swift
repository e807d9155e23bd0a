package import Protocol

/// Makes what comes from outside such that no service refuses it; what is sound stays byte for byte as it came.
///
/// Source: the refusals of the Messages API and of Bedrock, which has the same rules and smaller sizes.
package enum SoundContent {
  // MARK: Tool results

  /// The content of a tool's result, whoever gave it.
  ///
  /// An image that cannot be sent gives way to a text that says what was there and why it is left out, as does whatever is
  /// no text in the result of a call that failed. Blank texts go; what has nothing left says so.
  package static func result(_ blocks: [JSON], isError: Bool, for provider: ProviderID) -> [JSON] {
    let sound = blocks.compactMap { block -> JSON? in
      switch block["type"]?.string {
      case "text":
        guard let text = block["text"]?.string else { return self.text(block.text) }
        return BlankText.isBlank(text) ? nil : block
      case let type? where isError && ofResult.contains(type):
        return self.text("[\(name(of: block)) was left out: a failed call has texts only]")
      case "image": return image(block, for: provider)
      case "document": return document(block)
      case let type? where ofResult.contains(type): return block
      default: return text(block.text)
      }
    }
    return sound.isEmpty ? [text(nothing)] : sound
  }

  /// An image, or the text that stands in its place.
  private static func image(_ block: JSON, for provider: ProviderID) -> JSON {
    guard block["source"]?["type"] == "base64", let data = block["source"]?["data"]?.string else {
      return ConversationRules.isImage(block) ? block : text("[\(name(of: block)) was left out: it has no data]")
    }
    do throws(SoundImage.Flaw) {
      let image = try SoundImage(text: data, for: provider)
      guard var object = block.object, var source = block["source"]?.object else { return image.block }
      guard source["media_type"]?.string != image.mediaType || image.data != data else { return block }
      source["media_type"] = .string(image.mediaType)
      source["data"] = .string(image.data)
      object["source"] = .object(source)
      return .object(object)
    } catch {
      return text("[\(name(of: block)) was left out: \(error.reason)]")
    }
  }

  private static func document(_ block: JSON) -> JSON {
    guard block["source"]?["type"] == "base64", let data = block["source"]?["data"]?.string else { return block }
    // "%PDF-", with which every PDF begins.
    guard !data.hasPrefix("JVBERi") else { return block }
    return text("[\(name(of: block)) was left out: it is no PDF]")
  }

  /// What a block is, for a text in its place.
  private static func name(of block: JSON) -> String {
    let type = block["type"]?.string ?? "block"
    let said = block["source"]?["media_type"]?.string.map { " said to be \($0.prefix(ProviderLimits.typeQuotedMax))" }
    let size = block["source"]?["data"]?.string.map { ", \($0.utf8.count) bytes of Base64," }
    return "\(type == "image" ? "an" : "a") \(type)\(said ?? "")\(size ?? "")"
  }

  private static func text(_ text: String) -> JSON { ["type": "text", "text": .string(text)] }

  private static let nothing = "(nothing)"
  private static let ofResult = ConversationRules.ofResult.union(["image"])

  // MARK: Thoughts

  /// A thought that may be sent back; `nil` when it has no signature, or no data if it is redacted.
  ///
  /// One without words is complete when it has a signature: the model reads its thought from that.
  static func thought(_ block: JSON) -> JSON? {
    switch block["type"]?.string {
    case "thinking":
      guard block["signature"]?.string?.isEmpty == false, case .object(var object) = block else { return nil }
      guard block["thinking"]?.string == nil else { return block }
      object["thinking"] = ""
      return .object(object)
    case "redacted_thinking": return block["data"]?.string?.isEmpty == false ? block : nil
    default: return block
    }
  }

  // MARK: Conversations

  /// Messages of a conversation that another program may have written.
  ///
  /// Results are made sound as those of tools, images of prompts too; calls get inputs, names and ids that a service takes;
  /// blank texts go, and thoughts that a service could not read. A message of which nothing would be left is left alone, as
  /// is what is no message at all: ``Conversation/flaw(in:)`` tells of them.
  package static func messages(_ messages: [JSON]) -> [JSON] {
    SoundCalls.sound(messages.map(message))
  }

  private static func message(_ message: JSON) -> JSON {
    guard case .object(var object) = message, let content = message["content"]?.array else { return message }
    var kept = content.compactMap { sound(withoutMark($0), of: message["role"]?.string) }
    if message["role"] == "assistant" {
      while let last = kept.last, Conversation.isThinking(last) { kept.removeLast() }
    }
    guard kept != content, !kept.isEmpty else { return message }
    object["content"] = .array(kept)
    return .object(object)
  }

  /// A block without a mark for the cache: marks are set for each request, and a service takes only a few.
  private static func withoutMark(_ block: JSON) -> JSON {
    guard block["cache_control"] != nil, case .object(var object) = block else { return block }
    object["cache_control"] = nil
    return .object(object)
  }

  private static func sound(_ block: JSON, of role: String?) -> JSON? {
    switch (block["type"]?.string, role) {
    case ("text", _): return block["text"]?.string.map(BlankText.isBlank) == true ? nil : block
    case ("thinking", "assistant"), ("redacted_thinking", "assistant"): return thought(block)
    case ("image", "user"): return image(block, for: .anthropic)
    case ("document", "user"): return document(block)
    case ("tool_result", "user"):
      guard case .object(var object) = block else { return block }
      let isError = block["is_error"]?.bool == true
      let given: [JSON]
      switch block["content"] {
      case .array(let blocks)? where !blocks.isEmpty || isError: given = blocks
      case .string(let said)? where isError && BlankText.isBlank(said): given = []
      case nil where isError, .null? where isError: given = []
      default: return block
      }
      object["content"] = .array(result(given, isError: isError, for: .anthropic))
      return .object(object)
    default: return block
    }
  }
}
