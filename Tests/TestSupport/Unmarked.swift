package import Protocol

extension JSON {
  /// A message or a block without the marks of the provider's cache, which are none of its words.
  ///
  /// A mark stands on a block, so it makes one of a text: unmarked, each content is a list of blocks.
  package var unmarked: JSON {
    guard var object else { return self }
    object["cache_control"] = nil
    guard object["role"] != nil else { return .object(object) }
    let text = object["content"]?.string.map { text -> [JSON] in [["type": "text", "text": .string(text)]] }
    object["content"] = .array((text ?? object["content"]?.array ?? []).map(\.unmarked))
    return .object(object)
  }
}
