package import Protocol

/// The tools of the Messages API that look at the web for a model, run where the model is, and not here.
///
/// Their first versions are named: later ones run programs of the service's own to filter what they find, which changes the
/// tools of a conversation behind its back, over which thinking is sealed.
///
/// Source: Anthropic's pages on the web search tool and on the web fetch tool.
package enum WebTools {
  /// One of them.
  package enum Name: String, Sendable, CaseIterable {
    case search = "web_search"
    case fetch = "web_fetch"

    fileprivate var type: String {
      switch self {
      case .search: "web_search_20250305"
      case .fetch: "web_fetch_20250910"
      }
    }
  }

  /// The definition of one with these bounds, in the API's form; `nil` where it may not be used at all.
  package static func definition(_ name: Name, _ options: WebToolOptions) -> JSON? {
    guard options.maxUses != 0 else { return nil }
    var tool: JSONObject = ["name": .string(name.rawValue), "type": .string(name.type)]
    tool["max_uses"] = options.maxUses.map { .number(JSONNumber($0)) }
    tool["allowed_domains"] = options.allowedDomains.map { .array($0.map(JSON.string)) }
    tool["blocked_domains"] = options.blockedDomains.map { .array($0.map(JSON.string)) }
    return JSON.object(tool).sortedByName
  }

  /// Whether a definition is of one of them.
  package static func isOne(_ tool: JSON) -> Bool { tool["type"]?.string?.hasPrefix("web_") == true }

  /// Whether a definition that came from elsewhere is of one of them, and says nothing else.
  package static func isSound(_ tool: JSON) -> Bool {
    guard let name = tool["name"]?.string.flatMap(Name.init), tool["type"]?.string == name.type else { return false }
    let known: Set = ["name", "type", "max_uses", "allowed_domains", "blocked_domains"]
    return tool.object?.allSatisfy { known.contains($0.key) } ?? false
  }

  /// The definitions as a model takes them there, and a notice of those that it does not have.
  package static func fitted(_ tools: [JSON], for target: ConversationTarget) -> (tools: [JSON], notice: String?) {
    let gone = tools.filter { isOne($0) && !has($0, target) }
    guard !gone.isEmpty else { return (tools, nil) }
    let names = gone.compactMap { $0["name"]?.string }.joined(separator: " and ")
    let place = target.provider == .bedrock ? "Bedrock has" : "\(ModelName(target.model).shown) has"
    return (
      tools.filter { !gone.contains($0) },
      "\(place) no \(names), which is left out; pages are fetched with fetch_url"
    )
  }

  private static func has(_ tool: JSON, _ target: ConversationTarget) -> Bool {
    guard target.provider == .anthropic else { return false }
    return tool["name"] != "web_fetch" || ModelCatalog.find(target.model)?.family.id != "claude-opus-5"
  }

  /// What a result of the service's own tools says, for people: the pages that were found, or why there are none.
  package static func shown(_ block: JSON) -> (name: String, text: String, isError: Bool)? {
    guard let type = block["type"]?.string, type.hasSuffix("_tool_result"), type != "tool_result" else { return nil }
    let name = String(type.dropLast("_tool_result".count))
    let content = block["content"]
    if let code = content?["error_code"]?.string { return (name, code, true) }
    let pages = content?.array ?? content.map { [$0] } ?? []
    let lines = pages.compactMap { page -> String? in
      guard let url = page["url"]?.string else { return nil }
      let title = page["title"]?.string ?? page["content"]?["title"]?.string
      return title.map { "\($0)\n\(url)" } ?? url
    }
    return (name, lines.isEmpty ? "(nothing)" : lines.joined(separator: "\n"), false)
  }
}
