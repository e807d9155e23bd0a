import OperatingSystem
import Protocol
import Server
import TestSupport
import Testing

@Suite(.ownThread) struct `Names of MCP servers in the names of their tools` {
  private static let pieces = ["a", "b", "_", "__", "-", " ", ".", "é", "日", "A", "mcp", "tracker", "\u{30}", ":"]

  private func text(_ random: inout RandomNumbers, most: Int) -> String {
    (0..<Int.random(in: 1...most, using: &random)).map { _ in Self.pieces.randomElement(using: &random) ?? "a" }
      .joined()
  }

  @Test(arguments: 0..<40 as Range<UInt64>) func `are each one's own, and begin no tool of another`(seed: UInt64) {
    var random = RandomNumbers(seed: seed)
    // Few pieces make many names for one word; many make long ones.
    let most = [2, 4, 8, 60][Int(seed % 4)]
    var names = Set((0..<30).map { _ in text(&random, most: most) })
    var words = MCPServerWords()
    // Names that are written as the words of others become.
    for name in names { names.insert(words.word(of: name)) }
    words = MCPServerWords()
    let servers = names.sorted()
    let found = servers.map { words.word(of: $0) }
    #expect(Set(found).count == servers.count)
    #expect(servers.reversed().map { words.word(of: $0) } == found.reversed())
    var all: [(server: Int, tool: String)] = []
    for (place, word) in found.enumerated() {
      #expect(!word.isEmpty && !word.contains("__") && !word.hasPrefix("_") && !word.hasSuffix("_"), "\(word)")
      for tool in ["x", "_x", "__", "-_", text(&random, most: 4), text(&random, most: 80)] {
        for isTaken in [false, true] {
          let name = MCPToolName.name(of: tool, server: servers[place], word: word) { _ in isTaken }
          #expect(name.utf8.count <= 64)
          all.append((place, name))
        }
      }
    }
    for (place, word) in found.enumerated() {
      let beginning = MCPToolName.beginning + word + "__"
      for (server, tool) in all {
        #expect(tool.hasPrefix(beginning) == (server == place), "\(beginning) \(tool)")
      }
    }
  }

  @Test func `stay as they are written where they can, and have a hash where they cannot`() {
    var words = MCPServerWords()
    func word(_ name: String) -> String { words.word(of: name) }
    #expect(word("tracker") == "tracker")
    #expect(word("my server") == "my_server")
    #expect(word("__my__server__") == "my_server_8fb7aecc")
    #expect(word("my server") == "my_server")
    #expect(word("日本") == "cf2abf0c")
    #expect(word("_") == "d2e2adf7")
  }
}

@Suite(.ownThread) struct `What a person has said of a server` {
  private func servers() -> MCPServers { .none(.system) }

  private func command(_ argument: String, written: String = "${A}") -> MCPServerSettings {
    var settings = MCPServerSettings(
      name: "x", way: .command("./run", arguments: [argument], environment: []), source: .project(file: "/p/.mcp.json"))
    settings.written = .command("./run", arguments: [written], environment: [])
    return settings
  }

  @Test(arguments: [true, false]) func `holds for its values, and a command in the folder that it runs in`(
    isForAll: Bool
  ) {
    let servers = servers()
    servers.answer(true, for: command("1"), in: "/p/a", isForAll: isForAll, of: "one")
    #expect(servers.answer(for: command("1"), in: "/p/a", of: "one") == true)
    #expect(servers.answer(for: command("1"), in: "/p/a", of: "two") == (isForAll ? true : nil))
    #expect(servers.answer(for: command("1"), in: "/p/b", of: "one") == nil)
    #expect(servers.answer(for: command("1"), in: "/p", of: "one") == nil)
    // What is shown alike may be started with another value.
    #expect(servers.answer(for: command("2"), in: "/p/a", of: "one") == nil)
  }

  @Test func `holds for an address from wherever it is reached`() {
    let servers = servers()
    let settings = MCPServerSettings(
      name: "x", way: .http(url: "https://a.b", headers: []), source: .project(file: "/p/.mcp.json"))
    servers.answer(false, for: settings, in: "/p/a", isForAll: true, of: "one")
    #expect(servers.answer(for: settings, in: "/p/b", of: "two") == false)
  }
}
