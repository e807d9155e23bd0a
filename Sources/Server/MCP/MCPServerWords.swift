/// The servers' parts of their tools' names in one session: no two servers have the same, and each keeps its own.
package struct MCPServerWords {
  private var words: [String: String] = [:]
  private var taken: Set<String> = []

  /// No words yet.
  package init() {}

  /// The word of a server, which is its own from now on, even while the server is gone: rules and answers speak of it.
  package mutating func word(of server: String) -> String {
    if let word = words[server] { return word }
    let word = MCPToolName.word(of: server) { taken.contains($0) }
    words[server] = word
    taken.insert(word)
    return word
  }
}
