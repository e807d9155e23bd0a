internal import Protocol
internal import Providers

/// What a client's tool gives, as MCP writes it (2025-06-18, "Tool Result"), in the API's form.
enum ClientContent {
  /// A block for the model; what is none that is known is shown as the JSON that it is.
  static func block(_ block: JSON) -> JSON {
    switch block["type"]?.string {
    case "text":
      guard let words = block["text"]?.string else { break }
      return text(words)
    case "image":
      guard let data = block["data"]?.string, let type = block["mimeType"]?.string else { break }
      return ["type": "image", "source": ["type": "base64", "media_type": .string(type), "data": .string(data)]]
    case "audio":
      guard let data = block["data"]?.string else { break }
      let type = block["mimeType"]?.string.map { " (\(OneLine.of(String($0.prefix(ToolLimits.quotedMax)))))" } ?? ""
      return text("[a sound\(type) of \(data.utf8.count) bytes of Base64 was left out: the model cannot hear it]")
    case "resource":
      guard let resource = try? block["resource"]?.decode(EmbeddedResource.self) else { break }
      return self.resource(resource)
    case "resource_link":
      guard let link = try? block.decode(ResourceLink.self), let sent = SoundDocument.block(.resourceLink(link)) else {
        break
      }
      return sent
    default: break
    }
    return text(block.text)
  }

  /// A text stays a text, so that it is bounded as all are; what is another thing is sent as what its bytes are.
  private static func resource(_ resource: EmbeddedResource) -> JSON {
    let name = OneLine.of(resource.uri)
    do throws(SoundImage.Flaw) {
      // Who answers is not known here; what is too large for a service gives way before it is sent.
      let sound = try SoundDocument.sound(.resource(resource), for: .anthropic)
      switch sound {
      case .resource(let resource): return text("\(name):\n\(resource.text ?? "")")
      case .document(let document) where document.text != nil: return text("\(name):\n\(document.text ?? "")")
      default: return SoundDocument.block(sound) ?? text("(\(name) is empty)")
      }
    } catch {
      return text("[\(name) was left out: \(error.reason)]")
    }
  }

  private static func text(_ text: String) -> JSON { ["type": "text", "text": .string(text)] }
}
