internal import Protocol

/// The prompts that a session's MCP servers have ready, as commands of the person's.
package struct MCPCommands: CommandSource {
  private let servers: MCPServers

  /// The prompts of those servers.
  package init(_ servers: MCPServers) { self.servers = servers }

  package func commands(of session: Session) -> [SessionCommand] {
    (servers.session(session.id)?.prompts ?? []).map { known in
      let arguments = known.prompt.arguments.map { $0.isRequired ? $0.name : "[\($0.name)]" }
      return SessionCommand(
        name: known.name, explanation: known.prompt.description ?? known.prompt.title ?? known.prompt.name,
        hint: arguments.isEmpty ? nil : arguments.joined(separator: " "))
    }
  }

  package func carryOut(_ name: String, _ text: String, in session: Session) async throws -> CommandOutcome {
    guard let servers = servers.session(session.id), let known = servers.prompts.first(where: { $0.name == name })
    else { return .said("There is no command '\(name)' now.") }
    let arguments = Self.arguments(text, of: known.prompt)
    let missing = known.prompt.arguments.filter { $0.isRequired && arguments[$0.name] == nil }.map(\.name)
    guard missing.isEmpty else { return .said("'\(name)' needs \(missing.joined(separator: ", ")).") }
    switch await servers.fill(known, arguments) {
    case .success(let blocks):
      return blocks.isEmpty ? .said("'\(name)' gave nothing to ask.") : .prompt(Prompt(blocks: blocks))
    case .failure(let failure): return .said("The MCP server '\(known.server)': \(failure.words)")
    }
  }

  /// What stands behind a command's name, a word for each argument; the last takes the rest.
  private static func arguments(_ text: String, of prompt: MCPPrompt) -> [String: String] {
    var (values, rest) = ([String: String](), text[...])
    for (number, argument) in prompt.arguments.enumerated() {
      rest = rest.drop(while: \.isWhitespace)
      let isLast = number == prompt.arguments.count - 1
      let value = isLast ? rest : rest.prefix { !$0.isWhitespace }
      guard !value.isEmpty else { break }
      values[argument.name] = String(value)
      rest = rest.dropFirst(value.count)
    }
    return values
  }
}
