package import Protocol

/// A document that a service takes: what a prompt, a tool or a client brings, in the API's form.
///
/// Source: the API's documentation of PDF support and of the `document` block.
package enum SoundDocument {
  /// A prompt's block as it may be sent: its bytes read once, and what they are written in its place.
  ///
  /// - Throws: ``SoundImage/Flaw`` for what the service would refuse, now and in all later requests.
  package static func sound(
    _ content: ContentBlock, for provider: ProviderID
  ) throws(SoundImage.Flaw) -> ContentBlock {
    switch content {
    case .text, .resourceLink: return content
    case .image(_, let data): return try image(SoundImage(text: data, for: provider))
    case .imageURL: return try fetched(content, by: provider)
    case .document(let document):
      guard let data = document.data else {
        return document.uri == nil ? content : try fetched(content, by: provider)
      }
      let (plain, bytes) = try SoundImage.decoded(data)
      try check(bytes, for: provider)
      return .document(AttachedDocument(data: plain, title: document.title))
    case .resource(let resource):
      guard let blob = resource.blob else { return content }
      let (plain, bytes) = try SoundImage.decoded(blob)
      if ImageFormat(bytes) != nil { return try image(SoundImage(bytes: bytes, for: provider)) }
      if isPDF(bytes) {
        try check(bytes, for: provider)
        return .document(AttachedDocument(data: plain, title: resource.uri))
      }
      guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
        throw SoundImage.Flaw(reason: "its bytes are no image, PDF or UTF-8 text, which are all that models read")
      }
      return .document(AttachedDocument(text: text, title: resource.uri))
    }
  }

  private static func image(_ image: SoundImage) -> ContentBlock {
    .image(mimeType: image.mediaType, data: image.data)
  }

  private static func fetched(
    _ content: ContentBlock, by provider: ProviderID
  ) throws(SoundImage.Flaw) -> ContentBlock {
    guard provider != .bedrock else {
      throw SoundImage.Flaw(reason: "Bedrock takes none by 'uri'; send it as 'data'")
    }
    return content
  }

  /// A sound block in the API's form; `nil` for a blank text.
  package static func block(_ content: ContentBlock) -> JSON? {
    switch content {
    case .text(let words): BlankText.isBlank(words) ? nil : text(words)
    case .image(let mimeType, let data):
      ["type": "image", "source": ["type": "base64", "media_type": .string(mimeType), "data": .string(data)]]
    case .imageURL(let url): ["type": "image", "source": ["type": "url", "url": .string(url)]]
    case .document(let document): block(document)
    case .resource(let resource): self.document(resource.text ?? "", title: resource.uri)
    case .resourceLink(let link): text(words(of: link))
    }
  }

  private static func block(_ document: AttachedDocument) -> JSON {
    if let url = document.uri { return block(["type": "url", "url": .string(url)], document.title) }
    guard let data = document.data else { return self.document(document.text ?? "", title: document.title) }
    return pdf(data, document.title)
  }

  /// A PDF, from its bytes.
  ///
  /// - Throws: ``SoundImage/Flaw`` when it is none, is encrypted, or is larger than a request may be.
  package static func pdf(bytes: [UInt8], title: String?, for provider: ProviderID) throws(SoundImage.Flaw) -> JSON {
    try check(bytes, for: provider)
    return pdf(Base64.encode(bytes.span), title)
  }

  private static func pdf(_ data: String, _ title: String?) -> JSON {
    block(["type": "base64", "media_type": .string(AttachedDocument.pdfType), "data": .string(data)], title)
  }

  private static func document(_ words: String, title: String?) -> JSON {
    guard !BlankText.isBlank(words) else {
      return text("(\(title.map { "'\(OneLine.of($0))'" } ?? "a document") is empty)")
    }
    return block(["type": "text", "media_type": "text/plain", "data": .string(words)], title)
  }

  private static func text(_ text: String) -> JSON { ["type": "text", "text": .string(text)] }

  /// Whether bytes begin as every PDF does.
  package static func isPDF(_ bytes: [UInt8]) -> Bool { bytes.starts(with: "%PDF-".utf8) }

  private static func check(_ bytes: [UInt8], for provider: ProviderID) throws(SoundImage.Flaw) {
    guard isPDF(bytes) else { throw SoundImage.Flaw(reason: "its bytes are no PDF") }
    let size = (bytes.count + 2) / 3 * 4
    let most = ImageLimits.togetherMax(at: provider)
    guard size <= most else {
      throw SoundImage.Flaw(
        reason: "it has \(size) bytes as Base64, and \(most) at most are taken; split it, or send its text")
    }
    // The trailer stands at the end, or at the beginning of one that is made for the web.
    let ends = [bytes.prefix(ImageLimits.trailerBytes), bytes.suffix(ImageLimits.trailerBytes)]
    guard !ends.contains(where: { String(decoding: $0, as: UTF8.self).contains("/Encrypt ") }) else {
      throw SoundImage.Flaw(reason: "it is encrypted, which models cannot read; save it without a password")
    }
  }

  private static func block(_ source: JSON, _ title: String?) -> JSON {
    var object: JSONObject = ["type": "document", "source": source]
    if let title, !BlankText.isBlank(title) {
      object["title"] = .string(OneLine.of(String(title.prefix(ImageLimits.titleMax))))
    }
    return .object(object)
  }

  private static func words(of link: ResourceLink) -> String {
    let about =
      [link.title == link.name ? nil : link.title, link.description, link.mimeType].compactMap(\.self)
      + (link.size.map { ["\($0) bytes"] } ?? [])
    let more = about.isEmpty ? "" : " (\(about.joined(separator: ", ")))"
    return OneLine.of("[\(link.name)](\(link.uri))\(more)")
  }
}
