package import Protocol

/// What a service takes of images and PDFs together, held against the messages of one request.
package enum ImageBounds {
  /// Messages as they may be sent to a service, one for each, and the texts that images gave way to.
  ///
  /// An image that is too large for this service gives way: it may have come when another one answered. Of the others the
  /// oldest give way while there are more than ``ImageLimits/imagesMax``, or more than ``ImageLimits/manyAbove`` and one of
  /// them with more than ``ImageLimits/manySideMax`` pixels a side, or more bytes than a request has room for.
  ///
  /// The result depends on the messages and the service only. As a conversation grows, what gave way stays away, and what
  /// gives way does so in steps, so that its beginning seldom changes; a caller that must never change what was sent keeps
  /// the result in the place of the messages: what is left then counts from there. The texts do not depend on how many
  /// images there are.
  package static func fitted(_ messages: [JSON], for provider: ProviderID) -> (messages: [JSON], leftOut: [String]) {
    let (small, large) = replaced(in: messages) { medium in
      let most =
        medium["type"] == "image" ? ImageLimits.textMax(at: provider) : ImageLimits.togetherMax(at: provider)
      return bytes(of: medium) > most ? "it is larger than this service takes" : nil
    }
    let (fitted, oldest) = together(small, for: provider)
    return (fitted, large + oldest)
  }

  /// The same where each image is taken and only all of them together are too many: what a conversation loses for good.
  package static func together(_ messages: [JSON], for provider: ProviderID) -> (messages: [JSON], leftOut: [String]) {
    var images: [JSON] = []
    replaceImages(in: messages) { image in
      images.append(image)
      return nil
    }
    let oldest = images.isEmpty ? 0 : countGivingWay(images, for: provider)
    guard oldest > 0 else { return (messages, []) }
    var taken = 0
    return replaced(in: messages) { _ in
      taken += 1
      guard taken <= oldest else { return nil }
      return "a request holds only so many, and the oldest give way; have it shown again if it is needed"
    }
  }

  /// The messages with a text in the place of each image that there is a reason to leave out.
  private static func replaced(in messages: [JSON], _ reason: (JSON) -> String?) -> (
    messages: [JSON], leftOut: [String]
  ) {
    var leftOut: [String] = []
    let replaced = replaceImages(in: messages) { image in
      guard let reason = reason(image) else { return nil }
      let type = image["source"]?["media_type"]?.string.map { " (\($0))" } ?? ""
      let name = image["type"] == "image" ? "an image" : "a document"
      let text = "[\(name)\(type) was left out: \(reason)]"
      leftOut.append(text)
      return ["type": "text", "text": .string(text)]
    }
    return (replaced, leftOut)
  }

  /// How many of these images give way, the oldest first.
  private static func countGivingWay(_ images: [JSON], for provider: ProviderID) -> Int {
    // Documents count by their bytes only.
    let places = images.indices.filter { images[$0]["type"] == "image" }
    func end(of pictures: Int) -> Int { pictures > 0 ? places[min(pictures, places.count) - 1] + 1 : 0 }
    var count = end(of: stepped(places.count - ImageLimits.imagesMax, of: ImageLimits.imagesMax))
    if places.count > ImageLimits.manyAbove, let last = images.lastIndex(where: isLarge) {
      count = max(
        count, min(end(of: stepped(places.count - ImageLimits.manyAbove, of: ImageLimits.manyAbove)), last + 1))
    }
    let sizes = images.map(bytes)
    let most = ImageLimits.togetherMax(at: provider)
    let excess = stepped(sizes.reduce(0, +) - most, of: most)
    var (gone, place) = (0, 0)
    while gone < excess, place < sizes.count {
      gone += sizes[place]
      place += 1
    }
    return max(count, place)
  }

  /// What is above a bound, in whole steps.
  private static func stepped(_ excess: Int, of bound: Int) -> Int {
    let step = bound / ImageLimits.stepsPerBound
    return max(0, excess + step - 1) / step * step
  }

  private static func bytes(of image: JSON) -> Int { image["source"]?["data"]?.string?.utf8.count ?? 0 }

  private static func isLarge(_ image: JSON) -> Bool {
    guard let size = image["source"]?["data"]?.string.flatMap({ ImageSize(base64: $0) }) else { return false }
    return max(size.width, size.height) > ImageLimits.manySideMax
  }

  /// The messages with another block in the place of each image for which there is one; those without stay as they are.
  @discardableResult
  private static func replaceImages(in messages: [JSON], with other: (JSON) -> JSON?) -> [JSON] {
    messages.map { message in
      guard message["role"] == "user" else { return message }
      return replaceImages(inContentOf: message, with: other)
    }
  }

  private static func replaceImages(inContentOf holder: JSON, with other: (JSON) -> JSON?) -> JSON {
    guard case .object(var object) = holder, let content = object["content"]?.array else { return holder }
    var hasChanged = false
    let blocks = content.map { block in
      switch block["type"]?.string {
      case "image", "document":
        guard block["type"] == "image" || block["source"]?["type"] == "base64" else { return block }
        guard let replacement = other(block) else { return block }
        hasChanged = true
        return replacement
      case "tool_result":
        let result = replaceImages(
          inContentOf: block,
          with: { image in
            let replacement = other(image)
            if replacement != nil { hasChanged = true }
            return replacement
          })
        return result
      default: return block
      }
    }
    guard hasChanged else { return holder }
    object["content"] = .array(blocks)
    return .object(object)
  }
}
