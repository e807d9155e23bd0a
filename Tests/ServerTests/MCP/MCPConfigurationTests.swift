import Protocol
import Server
import TestSupport
import Testing

@Suite struct `Settings of MCP servers` {
  private func read(_ json: JSON) throws -> [MCPServerSettings] {
    try MCPConfiguration.servers(try json.decode(ByName<MCPServerEntry>.self), from: .client)
  }

  @Test func `are read in all their forms`() throws {
    let servers = try read([
      "a": ["command": "x", "args": ["-y", "z"], "env": ["B": "2", "A": "1"], "timeout": 5_000],
      "b": ["url": "https://example.com/mcp", "headers": ["X-Key": "k"]],
      "c": ["type": "streamable-http", "url": "http://127.0.0.1:1/"], "d": ["type": "sse", "url": "https://e.org/s"],
      "e": ["type": "stdio", "command": "x", "protocol": "modern", "alwaysLoad": true],
    ])
    #expect(
      servers.map(\.way) == [
        .command("x", arguments: ["-y", "z"], environment: [.init("A", "1"), .init("B", "2")]),
        .http(url: "https://example.com/mcp", headers: [.init("X-Key", "k")]),
        .http(url: "http://127.0.0.1:1/", headers: []), .events(url: "https://e.org/s", headers: []),
        .command("x", arguments: [], environment: []),
      ])
    #expect(servers.map(\.callMax) == [5_000, nil, nil, nil, nil])
    #expect(servers.last?.era == .modern)
    #expect(servers.last?.alwaysLoad == true)
  }

  @Test(
    arguments: [
      [:], ["command": ""], ["command": "x", "url": "https://a.b"], ["type": "http"], ["type": "odd", "command": "x"],
      ["url": "ftp://a.b"], ["url": "https://"], ["url": "https://a b"], ["command": "a\0b"],
      ["command": "x", "env": ["": "1"]], ["command": "x", "env": ["A=B": "1"]],
      ["url": "https://a.b", "headers": ["A B": "1"]], ["url": "https://a.b", "headers": ["A": "1\r\nB: 2"]],
      ["command": "x", "timeout": 10], ["command": "x", "protocol": "future"],
    ] as [JSON]) func `that make no sense are refused with their place`(entry: JSON)
  {
    #expect(throws: Failure.self) { try read(["it": entry]) }
    do { _ = try read(["it": entry]) } catch { #expect("\(error)".contains("mcpServers.it")) }
  }

  @Test func `are read from a list, as editors write it`() throws {
    let reading = try MCPConfiguration.servers(acp: [
      ["name": "a", "command": "/x", "args": ["1"], "env": [["name": "K", "value": "v"]], "_meta": .null],
      ["name": "b", "type": "http", "url": "https://a.b", "headers": [["name": "H", "value": "w"]]],
      ["name": "c", "type": "sse", "url": "https://a.b", "headers": []],
      ["name": "d", "command": "/x", "args": [], "env": [:]], ["name": "e", "type": "acp", "id": "1"],
      ["name": "a", "command": "/y", "args": [], "env": []],
    ])
    #expect(reading.servers.map(\.name) == ["a", "b", "c", "d"])
    #expect(reading.servers[0].way == .command("/x", arguments: ["1"], environment: [.init("K", "v")]))
    #expect(reading.servers[1].way == .http(url: "https://a.b", headers: [.init("H", "w")]))
    #expect(reading.notices.count == 2)
    #expect(try MCPConfiguration.servers(acp: nil).servers == [])
    for bad in [[7], [[:]], [["name": "x"]], [["command": "y"]], [["name": "x", "type": "http"]]] as [[JSON]] {
      #expect(throws: Failure.self) { try MCPConfiguration.servers(acp: bad) }
    }
  }
}
