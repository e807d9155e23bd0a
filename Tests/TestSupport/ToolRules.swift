internal import Protocol

/// What the services refuse in the tools of a request, and in its cache marks.
enum ToolRules {
  private static let serverTools = [
    "web_search", "web_fetch", "code_execution", "tool_search_tool", "memory", "bash", "text_editor", "computer",
    "advisor", "mcp_toolset",
  ]
  private static let marksMax = 4

  /// Whether a word is made of letters, digits, `_` and `-` only, and not too long.
  static func isName(_ word: String, atMost most: Int, and more: String = "") -> Bool {
    let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-\(more)".utf8)
    return (1...most).contains(word.utf8.count) && word.utf8.allSatisfy(allowed.contains)
  }

  /// The tools, and that a choice names one of them.
  static func check(_ body: JSON, _ service: Upstream.Service) throws(UpstreamRefusal) {
    let tools = body["tools"]?.array ?? []
    let names = tools.map { $0["name"]?.string ?? "" }
    guard Set(names).count == names.count else { throw .invalid("tools: Tool names must be unique.") }
    for (index, tool) in tools.enumerated() {
      let path = "tools.\(index).custom"
      if let type = tool["type"]?.string, serverTools.contains(where: type.hasPrefix) {
        if service == .bedrock, ["web_", "code_execution", "mcp_", "advisor"].contains(where: type.hasPrefix) {
          throw .invalid("tools.\(index).type: '\(type)' is not supported")
        }
        guard tool["allowed_domains"] == nil || tool["blocked_domains"] == nil, tool["max_uses"]?.int ?? 1 > 0 else {
          throw .invalid("tools.\(index).\(type): allowed_domains and blocked_domains cannot both be set")
        }
        continue
      }
      guard let schema = tool["input_schema"] else { throw .invalid("\(path).input_schema: Field required") }
      guard isName(names[index], atMost: 128) else {
        throw .invalid("\(path).name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'")
      }
      guard schema["type"] == "object", ["anyOf", "oneOf", "allOf"].allSatisfy({ schema[$0] == nil }) else {
        throw .invalid(
          "\(path).input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level")
      }
      for property in schema["properties"]?.object ?? [:] where !isName(property.key, atMost: 64, and: ".") {
        throw .invalid(
          "\(path).input_schema.properties: Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'")
      }
    }
    guard body["tool_choice"]?["type"] == "tool" else { return }
    let chosen = body["tool_choice"]?["name"]?.string ?? ""
    guard names.contains(chosen) else {
      throw .invalid("tool_choice: Tool '\(chosen)' not found in provided tools")
    }
  }

  /// How many marks there are, where, and which outlives which.
  static func checkMarks(_ body: JSON) throws(UpstreamRefusal) {
    var lives: [String] = []
    for part in ["tools", "system", "messages"] { try collect(body[part] ?? .null, part, &lives) }
    if let mark = body["cache_control"] { lives.append(mark["ttl"]?.string ?? "5m") }
    guard lives.count <= marksMax else {
      throw .invalid("A maximum of 4 blocks with cache_control may be provided. Found \(lives.count).")
    }
    if let short = lives.firstIndex(of: "5m"), lives[short...].contains("1h") {
      throw .invalid("a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block")
    }
  }

  private static func collect(_ json: JSON, _ path: String, _ lives: inout [String]) throws(UpstreamRefusal) {
    switch json {
    case .array(let elements):
      for (index, element) in elements.enumerated() { try collect(element, "\(path).\(index)", &lives) }
    case .object(let members):
      if let mark = members["cache_control"], !mark.isNull {
        let isMarkable =
          switch json["type"]?.string {
          case "thinking", "redacted_thinking": false
          case "text": json["text"]?.string?.isEmpty == false
          default: true
          }
        guard isMarkable else { throw .invalid("\(path).cache_control: cannot be set on this block") }
        lives.append(mark["ttl"]?.string ?? "5m")
      }
      // What a tool takes or was given is the tool's own.
      for member in members where !["cache_control", "input", "input_schema"].contains(member.key) {
        try collect(member.value, "\(path).\(member.key)", &lives)
      }
    default: break
    }
  }
}
