internal import Protocol

/// What the services refuse of tools that are loaded only where they are referred to.
///
/// Source: Anthropic's page on the tool search tool; refusals that users of clients reported.
enum LoadedToolRules {
  private static let most = 10_000
  private static let beta = "tool-search-tool-2025-10-19"

  /// The definitions of a body that are loaded later, by name.
  static func definitions(of body: JSON) -> [String: JSON] {
    let tools = (body["tools"]?.array ?? []).filter { $0["defer_loading"] == true }
    return Dictionary(tools.map { ($0["name"]?.string ?? "", $0) }) { one, _ in one }
  }

  /// The names that a block refers to, its inner blocks included.
  static func references(in block: JSON) -> [String] {
    if block["type"] == "tool_reference" { return [(block["tool_name"] ?? block["name"])?.string ?? ""] }
    return (block["content"]?.array ?? []).flatMap(references) + (block["tool"].map(references) ?? [])
      + (block["content"]?["tool_references"]?.array ?? []).flatMap(references)
  }

  /// Throws what a service would answer.
  static func check(
    _ body: JSON, _ service: Upstream.Service, _ model: StrictModel?, _ betas: Set<String>
  ) throws(UpstreamRefusal) {
    let tools = body["tools"]?.array ?? []
    let later = tools.indices.filter { tools[$0]["defer_loading"] == true }
    let isTaken = model?.loadsTools != false && (service == .anthropic || betas.contains(beta))
    for index in later {
      let path = "tools.\(index).custom"
      guard isTaken else { throw .invalid("\(path).defer_loading: Extra inputs are not permitted") }
      guard tools[index]["cache_control"] == nil else {
        throw .invalid(
          "Tool '\(tools[index]["name"]?.string ?? "")' cannot have both defer_loading=true and cache_control set.")
      }
    }
    if !later.isEmpty, later.count == tools.count {
      throw .invalid("At least one tool must have defer_loading=false. All tools cannot be deferred.")
    }
    guard later.count <= most else { throw .invalid("tools: at most \(most) tools may be deferred") }
    let known = Set(tools.compactMap { $0["name"]?.string })
    for (index, message) in (body["messages"]?.array ?? []).enumerated() {
      for (number, block) in ConversationRules.blocks(message["content"]).enumerated() {
        let names = references(in: block)
        guard !names.isEmpty else { continue }
        let path = "messages.\(index).content.\(number)"
        guard isTaken else {
          throw .invalid(
            "\(path).tool_result.content.0: Input tag 'tool_reference' found using 'type' does not match any of the "
              + "expected tags: 'document', 'image', 'search_result', 'text'")
        }
        if let stray = names.first(where: { !known.contains($0) }) {
          throw .invalid("Tool reference '\(stray)' not found in available tools")
        }
        if block["type"] == "tool_result",
          block["content"]?.array?.allSatisfy({ $0["type"] == "tool_reference" }) != true
        {
          throw .invalid("\(path): tool_reference blocks cannot be mixed with other content")
        }
      }
    }
  }
}
