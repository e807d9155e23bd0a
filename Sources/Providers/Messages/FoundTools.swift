package import Protocol

/// Tools that are defined to a model only once it has found them, and that it calls by their own names from then on.
///
/// What a search has found is kept as text, a definition a line, which every model can read. A service that loads tools as
/// they are found is sent references in the place of that text, and the definitions behind those of all other tools: it puts
/// them where the references stand, so that what comes before keeps its place in the cache and the thinking that is sealed
/// over it. The same history always becomes the same references, and history needs no block that another model or service
/// has not.
///
/// Source: Anthropic's page on the tool search tool, of searches of one's own.
package enum FoundTools {
  /// What a search says that has found these, in the API's form, their members in the order of their names.
  package static func text(_ definitions: [JSON]) -> String { definitions.map(\.text).joined(separator: "\n") }

  /// The result of a search for people: a line a tool; `nil` where it is anything else.
  package static func shown(_ content: [JSON]) -> [JSON]? {
    guard content.count == 1, let text = content[0]["text"]?.string, let found = definitions(in: text) else {
      return nil
    }
    let lines = found.map { tool in
      let name = tool["name"]?.string ?? ""
      let words = String(tool["description"]?.string?.split(whereSeparator: \.isNewline).first ?? "")
      return BlankText.isBlank(words)
        ? name : "\(name): \(VisibleText.line(words, most: ProviderLimits.foundWordsMax))"
    }
    return [["type": "text", "text": .string(lines.joined(separator: "\n"))]]
  }

  /// The definitions that a search's text holds; `nil` where it is anything else.
  private static func definitions(in text: String) -> [JSON]? {
    var found: [JSON] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("{"), let json = try? JSON.parse(String(line)), isDefinition(json) else { return nil }
      found.append(json)
    }
    return found
  }

  private static func isDefinition(_ json: JSON) -> Bool {
    guard let members = json.object, members.allSatisfy({ known.contains($0.key) }),
      json["description"]?.string != nil, json["input_schema"]?["type"] == "object", let name = json["name"]?.string
    else { return false }
    return 1...ProviderLimits.definedNameMax ~= name.utf8.count && name.utf8.allSatisfy(Byte.isName)
  }

  private static let known: Set = ["description", "input_schema", "name"]

  /// Whether a definition is loaded only where it is referred to.
  static func isDeferred(_ tool: JSON) -> Bool { tool["defer_loading"] == true }

  fileprivate static func deferred(_ definition: JSON) -> JSON {
    guard var object = definition.object else { return definition }
    object["defer_loading"] = true
    return JSON.object(object).sortedByName
  }

  private static func plain(_ tool: JSON) -> JSON {
    guard var object = tool.object else { return tool }
    object["defer_loading"] = nil
    return .object(object)
  }
}

// MARK: - Loading

extension ModelRequest {
  /// Has the service load what calls of the tool `search` have found, where the model takes that there; else it stays text.
  ///
  /// What is defined anyway is not loaded beside that, nor another version of what is loaded: those results stay text as a
  /// whole, as a result has references or texts, not both.
  package mutating func load(foundBy search: String, for traits: ModelTraits, onBedrock: Bool) {
    tools.removeAll(where: FoundTools.isDeferred)
    defer { messages = FoundTools.withoutStrays(messages, known: Set(tools.compactMap { $0["name"]?.string })) }
    // One tool must be there from the beginning. Whether thinking that was sealed before a tool was loaded is read after
    // it, no service has said plainly: such models get tools in words.
    guard traits.loadsFoundTools, !traits.sealsThinking, !tools.isEmpty else { return }
    let defined = Set(tools.compactMap { $0["name"]?.string })
    var (loaded, order): ([String: JSON], [JSON]) = ([:], [])
    for (place, searches) in FoundTools.results(of: search, in: messages) {
      messages[place] = FoundTools.mapped(messages[place]) { result in
        guard searches.contains(result["tool_use_id"]?.string ?? ""), let found = FoundTools.found(in: result) else {
          return nil
        }
        var (all, new) = (loaded, order)
        for definition in found {
          let name = definition["name"]?.string ?? ""
          guard !defined.contains(name), all[name] ?? definition == definition else { return nil }
          if all.updateValue(definition, forKey: name) == nil { new.append(definition) }
        }
        guard new.count <= ProviderLimits.loadedToolsMax else { return nil }
        (loaded, order) = (all, new)
        return .array(found.map { ["type": "tool_reference", "tool_name": $0["name"] ?? ""] })
      }
    }
    guard !order.isEmpty else { return }
    tools += order.map(FoundTools.deferred)
    if onBedrock, !betas.contains(TrialFeatures.foundTools) { betas.append(TrialFeatures.foundTools) }
  }

  /// Whether it has tools that are loaded where they were found.
  var loadsTools: Bool { tools.contains(where: FoundTools.isDeferred) }

  /// Whether a block of the conversation refers to such tools.
  func refersToTools(at place: Refusal.Place) -> Bool {
    guard messages.indices.contains(place.message), let number = place.block else { return false }
    let blocks = Conversation.blocks(of: messages[place.message])
    return blocks.indices.contains(number) && FoundTools.references(in: blocks[number]) != nil
  }

  /// The same with what was found as text, for a service that loads no tools.
  func withoutLoadedTools() -> ModelRequest {
    var request = self
    let loaded = tools.filter(FoundTools.isDeferred)
    let known = Dictionary(loaded.compactMap { tool in tool["name"]?.string.map { ($0, tool) } }) { one, _ in one }
    request.tools.removeAll(where: FoundTools.isDeferred)
    request.betas.removeAll { $0 == TrialFeatures.foundTools }
    request.messages = messages.map { FoundTools.told($0, known) }
    return request
  }
}

extension FoundTools {
  /// The names of the tools that calls of the tool `search` have found, each once.
  package static func names(foundBy search: String, in messages: [JSON]) -> [String] {
    var names: [String] = []
    for (place, searches) in results(of: search, in: messages) {
      for result in Conversation.blocks(of: messages[place])
      where searches.contains(result["tool_use_id"]?.string ?? "") {
        names += (found(in: result) ?? []).compactMap { $0["name"]?.string }.filter { !names.contains($0) }
      }
    }
    return names
  }

  /// The messages in which a tool's calls are answered, with the ids of those calls.
  fileprivate static func results(of search: String, in messages: [JSON]) -> [(place: Int, calls: Set<String>)] {
    var (found, calls): ([(Int, Set<String>)], Set<String>) = ([], [])
    for (place, message) in messages.enumerated() {
      if message["role"] == "assistant" {
        let blocks = Conversation.blocks(of: message)
        calls = Set(
          blocks.filter { $0["type"] == "tool_use" && $0["name"]?.string == search }.compactMap { $0["id"]?.string })
      } else if message["role"] == "user", !calls.isEmpty {
        found.append((place, calls))
      }
    }
    return found
  }

  /// Messages without references to tools that are not there, as other programs may have left them: a service refuses all
  /// of a request for one.
  fileprivate static func withoutStrays(_ messages: [JSON], known: Set<String>) -> [JSON] {
    func isStray(_ blocks: [JSON]?) -> Bool {
      blocks?.contains { $0["type"] == "tool_reference" && !known.contains($0["tool_name"]?.string ?? "") } ?? false
    }
    let blocks = messages.lazy.flatMap(Conversation.blocks)
    let searches = Set(
      blocks.filter { $0["type"] == "tool_search_tool_result" && isStray($0["content"]?["tool_references"]?.array) }
        .compactMap { $0["tool_use_id"]?.string })
    let kept =
      searches.isEmpty
      ? messages
      : Conversation.without(messages) { searches.contains(($0["tool_use_id"] ?? $0["id"])?.string ?? "") }
    return kept.map { told($0, [:]) { isStray($0["content"]?.array) } }
  }

  /// A message that says what was found in words.
  static func told(
    _ message: JSON, _ known: [String: JSON], where isMeant: (JSON) -> Bool = { _ in true }
  ) -> JSON {
    mapped(message) { result in
      guard let names = references(in: result), isMeant(result) else { return nil }
      let text = text(names.compactMap { known[$0].map(plain) })
      let others = (result["content"]?.array ?? []).filter { $0["type"] != "tool_reference" }
      return .array(others + [["type": "text", "text": .string(text.isEmpty ? names.joined(separator: "\n") : text)]])
    }
  }

  /// The definitions that a tool's result consists of; `nil` for any other result.
  fileprivate static func found(in result: JSON) -> [JSON]? {
    guard result["is_error"] != true else { return nil }
    if let text = result["content"]?.string { return definitions(in: text) }
    guard let blocks = result["content"]?.array, blocks.count == 1, blocks[0]["type"] == "text",
      let text = blocks[0]["text"]?.string
    else { return nil }
    return definitions(in: text)
  }

  /// The names that a tool's result refers to; `nil` where it refers to none.
  fileprivate static func references(in result: JSON) -> [String]? {
    guard result["type"] == "tool_result" else { return nil }
    let names = (result["content"]?.array ?? []).filter { $0["type"] == "tool_reference" }.map {
      $0["tool_name"]?.string ?? ""
    }
    return names.isEmpty ? nil : names
  }

  /// A message with another content of some of its tools' results; `nil` leaves one as it is.
  fileprivate static func mapped(_ message: JSON, _ content: (JSON) -> JSON?) -> JSON {
    guard var object = message.object, let blocks = message["content"]?.array else { return message }
    let new = blocks.map { block -> JSON in
      guard block["type"] == "tool_result", var result = block.object, let other = content(block) else { return block }
      result["content"] = other
      return .object(result)
    }
    guard new != blocks else { return message }
    object["content"] = .array(new)
    return .object(object)
  }
}
