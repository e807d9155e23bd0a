internal import Protocol

/// Finds tools by words.
///
/// A word of a tool's name counts most, then its server's hint for searches, then its description and the names and
/// descriptions of what it takes; a word that few tools have counts more than one that many have.
struct MCPToolIndex {
  private struct Entry {
    let tool: MCPNamedTool
    /// How much each word counts for it.
    let words: [String: Double]
  }

  private let entries: [Entry]
  /// How many tools have each word.
  private let counts: [String: Int]

  /// The index of these tools.
  init(_ tools: [MCPNamedTool]) {
    var counts: [String: Int] = [:]
    entries = tools.map { tool in
      var words: [String: Double] = [:]
      func add(_ text: String, _ weight: Double) {
        for word in Self.words(of: text) { words[word] = max(words[word] ?? 0, weight) }
      }
      var members: [JSON] = [.object(tool.tool.inputSchema["properties"]?.object ?? JSONObject())]
      while let json = members.popLast() {
        for (name, value) in json.object ?? JSONObject() {
          add(name, 1)
          if let text = value["description"]?.string { add(text, 1) }
        }
      }
      add(tool.tool.description ?? "", 2)
      add(tool.tool.meta["anthropic/searchHint"]?.string ?? "", 4)
      add("\(tool.server) \(tool.tool.title ?? "")", 4)
      add(tool.tool.name, 6)
      for word in words.keys { counts[word, default: 0] += 1 }
      return Entry(tool: tool, words: words)
    }
    self.counts = counts
  }

  /// The tools that fit best; those that are named come first.
  func find(_ query: String, most: Int) -> [MCPNamedTool] {
    let named = Set(query.split { $0.isWhitespace || ",;'\"`".contains($0) }.map(String.init))
    let wanted = Set(Self.words(of: query))
    let rated = entries.compactMap { entry -> (MCPNamedTool, Double)? in
      if named.contains(entry.tool.name) { return (entry.tool, .infinity) }
      let rate = wanted.reduce(0.0) { sum, word in sum + value(of: word, in: entry) }
      return rate > 0 ? (entry.tool, rate) : nil
    }
    let sorted = rated.sorted { (one: (MCPNamedTool, Double), other: (MCPNamedTool, Double)) -> Bool in
      if one.1 != other.1 { return one.1 > other.1 }
      return one.0.name < other.0.name
    }
    return sorted.prefix(most).map { $0.0 }
  }

  private func value(of word: String, in entry: Entry) -> Double {
    if let weight = entry.words[word] { return weight * rarity(of: word) }
    // Plurals, and words that are written on: half as sure.
    guard word.utf8.count >= 4 else { return 0 }
    let near = entry.words.filter { ($0.key.hasPrefix(word) || word.hasPrefix($0.key)) && $0.key.utf8.count >= 4 }
    return near.map { $0.value * rarity(of: $0.key) / 2 }.max() ?? 0
  }

  private func rarity(of word: String) -> Double {
    let share = Double(counts[word] ?? 1) / Double(max(1, entries.count))
    return 1 / (0.1 + share)
  }

  /// The words of a text in lower case; those that are written together in a name stand apart.
  private static func words(of text: String) -> [String] {
    var (words, word, wasLower) = ([String](), "", false)
    func end() {
      if !word.isEmpty { words.append(word.lowercased()) }
      word = ""
    }
    for character in text {
      guard character.isLetter || character.isNumber else {
        end()
        wasLower = false
        continue
      }
      if wasLower, character.isUppercase { end() }
      word.append(character)
      wasLower = character.isLowercase
    }
    end()
    return words
  }
}
