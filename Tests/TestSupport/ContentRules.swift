internal import Foundation
internal import Protocol

/// What the services refuse of tools, calls and images in a body, written down beside the product's own rules.
///
/// Source: the refusals of the Messages API and of Bedrock.
enum ContentRules {
  /// What is wrong with a body; `nil` when nothing is.
  static func flaw(in body: JSON, isBedrock: Bool) -> String? {
    let messages = body["messages"]?.array ?? []
    return toolFlaw(body["tools"]?.array ?? []) ?? callFlaw(messages) ?? imageFlaw(messages, isBedrock: isBedrock)
  }

  private static func toolFlaw(_ tools: [JSON]) -> String? {
    guard Set(tools.map { $0["name"] }).count == tools.count else { return "tools: Tool names must be unique." }
    for (number, tool) in tools.enumerated() where tool["type"] == nil {
      let place = "tools.\(number).custom"
      guard tool["name"]?.string?.wholeMatch(of: #/[a-zA-Z0-9_-]{1,128}/#) != nil else {
        return "\(place).name: pattern"
      }
      guard let schema = tool["input_schema"]?.object else { return "\(place).input_schema: Field required" }
      guard schema["type"] == "object", !["anyOf", "oneOf", "allOf"].contains(where: { schema[$0] != nil }) else {
        return "\(place).input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level"
      }
      if let properties = schema["properties"] {
        guard let properties = properties.object else { return "\(place).input_schema: JSON schema is invalid" }
        for (name, _) in properties where name.wholeMatch(of: #/[a-zA-Z0-9_.-]{1,64}/#) == nil {
          return "\(place).input_schema.properties: Property keys should match pattern"
        }
      }
      if let required = schema["required"] {
        guard required.array?.allSatisfy({ $0.string != nil }) == true else {
          return "\(place).input_schema: JSON schema is invalid"
        }
      }
    }
    return nil
  }

  private static func callFlaw(_ messages: [JSON]) -> String? {
    var ids: Set<String> = []
    for block in messages.flatMap({ $0["content"]?.array ?? [] }) {
      switch block["type"] {
      case "tool_use":
        guard block["input"]?.object != nil else { return "tool_use.input: Input should be a valid dictionary" }
        let (id, name) = (block["id"]?.string ?? "", block["name"]?.string ?? "")
        guard id.wholeMatch(of: #/[a-zA-Z0-9_-]+/#) != nil else { return "tool_use.id: String should match pattern" }
        guard name.wholeMatch(of: #/[a-zA-Z0-9_-]{1,200}/#) != nil else { return "tool_use.name: pattern" }
        guard ids.insert(id).inserted else { return "`tool_use` ids must be unique" }
      case "tool_result":
        let inner = block["content"]?.array ?? []
        guard block["is_error"] != true || inner.allSatisfy({ $0["type"] == "text" }) else {
          return "all content must be type `text` if `is_error` is true"
        }
        guard !inner.contains(where: { $0["type"] == "text" && $0["text"]?.string?.contains(#/\S/#) != true }) else {
          return "text content blocks must contain non-whitespace text"
        }
      default: break
      }
    }
    return nil
  }

  private static func imageFlaw(_ messages: [JSON], isBedrock: Bool) -> String? {
    let blocks = messages.flatMap { $0["content"]?.array ?? [] }
    let nested = blocks.flatMap { block -> [JSON] in [block] + (block["content"]?.array ?? []) }
    let images = nested.filter { $0["type"] == "image" }
    var sides: [Int] = []
    var bytes = 0
    for source in images.compactMap({ $0["source"] }) {
      guard source["type"] == "base64" else {
        if isBedrock { return "image.source: URL sources are not supported" }
        continue
      }
      let text = source["data"]?.string ?? ""
      guard let data = Data(base64Encoded: text) else { return "image.source.base64: invalid base64 data" }
      guard let type = type(of: data) else { return "Could not process image" }
      guard source["media_type"]?.string == type else { return "Image does not match the provided media type" }
      guard text.utf8.count <= (isBedrock ? 5 : 10) << 20 else { return "image exceeds the maximum size" }
      bytes += text.utf8.count
      if type == "image/png", data.count >= 24 {
        for place in [16, 20] {
          var side = 0
          for byte in data[place..<place + 4] { side = side << 8 | Int(byte) }
          sides.append(side)
        }
      }
    }
    guard sides.allSatisfy({ $0 <= 8_000 }) else { return "image dimensions exceed max allowed size: 8000 pixels" }
    guard images.count <= 20 || sides.allSatisfy({ $0 <= 2_000 }) else {
      return "image dimensions exceed max allowed size for many-image requests: 2000 pixels"
    }
    return bytes <= (isBedrock ? 20 : 32) << 20 ? nil : "Request exceeds the maximum size"
  }

  private static func type(of data: Data) -> String? {
    if data.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return "image/png" }
    if data.starts(with: [0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
    if data.starts(with: "GIF8".utf8) { return "image/gif" }
    return data.starts(with: "RIFF".utf8) ? "image/webp" : nil
  }
}
