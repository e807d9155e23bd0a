package import Protocol

/// A document that a service takes: what a prompt, a tool or a client brings, in the API's form.
///
/// Source: the API's documentation of PDF support and of the `document` block.
package enum SoundDocument {
  /// A PDF, from its bytes.
  ///
  /// - Throws: ``SoundImage/Flaw`` when it is none, is encrypted, or is larger than a request may be.
  package static func pdf(bytes: [UInt8], title: String?, for provider: ProviderID) throws(SoundImage.Flaw) -> JSON {
    try check(bytes, for: provider)
    return block(
      ["type": "base64", "media_type": .string(AttachedDocument.pdfType), "data": .string(Base64.encode(bytes.span))],
      title)
  }

  /// A text.
  package static func text(_ text: String, title: String?) -> JSON {
    guard !BlankText.isBlank(text) else {
      return ["type": "text", "text": .string("(\(title.map { "'\(OneLine.of($0))'" } ?? "a document") is empty)")]
    }
    return block(["type": "text", "media_type": "text/plain", "data": .string(text)], title)
  }

  /// A PDF that the service fetches.
  package static func pdf(url: String, title: String?) -> JSON { block(["type": "url", "url": .string(url)], title) }

  /// What a prompt's block is in the API's form; `nil` for a blank text.
  ///
  /// - Throws: ``SoundImage/Flaw`` for what the service would refuse, now and in all later requests.
  package static func block(
    _ content: ContentBlock, for provider: ProviderID
  ) throws(SoundImage.Flaw) -> JSON? {
    switch content {
    case .text(let text): return BlankText.isBlank(text) ? nil : ["type": "text", "text": .string(text)]
    case .image(_, let data): return try SoundImage(text: data, for: provider).block
    case .imageURL(let url):
      guard provider != .bedrock else {
        throw SoundImage.Flaw(reason: "Bedrock takes none by 'uri'; send it as 'data'")
      }
      return ["type": "image", "source": ["type": "url", "url": .string(url)]]
    case .document(let document):
      if let text = document.text { return Self.text(text, title: document.title) }
      if let url = document.uri {
        guard provider != .bedrock else {
          throw SoundImage.Flaw(reason: "Bedrock takes none by 'uri'; send it as 'data'")
        }
        return pdf(url: url, title: document.title)
      }
      let bytes = try SoundImage.decoded(document.data ?? "").bytes
      return try pdf(bytes: bytes, title: document.title, for: provider)
    case .resource(let resource):
      if let text = resource.text { return Self.text(text, title: resource.uri) }
      return try Self.blob(try SoundImage.decoded(resource.blob ?? "").bytes, resource, for: provider)
    case .resourceLink(let link): return ["type": "text", "text": .string(words(of: link))]
    }
  }

  private static func blob(
    _ bytes: [UInt8], _ resource: EmbeddedResource, for provider: ProviderID
  ) throws(SoundImage.Flaw) -> JSON {
    if ImageFormat(bytes) != nil { return try SoundImage(bytes: bytes, for: provider).block }
    if isPDF(bytes) { return try pdf(bytes: bytes, title: resource.uri, for: provider) }
    guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
      throw SoundImage.Flaw(reason: "its bytes are no image, PDF or UTF-8 text, which are all that models read")
    }
    return Self.text(text, title: resource.uri)
  }

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
