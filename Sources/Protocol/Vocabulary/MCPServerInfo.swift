/// An MCP server of a session, without what may be secret of it.
package struct MCPServerInfo: Codable, Hashable, Sendable {
  /// The states that a server can be in.
  package enum State: String, Codable, Hashable, Sendable, CaseIterable {
    /// It is not used: `error` says why, where somebody wants to know.
    case off
    /// A file of the project names it, and the person has not yet agreed to it.
    case needsApproval
    /// It is being started or reached.
    case starting
    /// Its tools can be called.
    case ready
    /// It could not be started, or is gone.
    case failed
    /// It wants credentials that are not there.
    case needsAuth
  }

  /// Who named a server.
  package enum Source: String, Codable, Hashable, Sendable, CaseIterable {
    /// The client, for the session.
    case session
    /// The client, in `initialize`.
    case client
    /// The person's own settings.
    case user
    /// A file of the project's.
    case project
  }

  /// The name, as it was given.
  package var name: String
  /// Who named it.
  package var source: Source
  /// The file that names it, where a file does.
  package var file: String?
  package var state: State
  /// Why it is off, or failed.
  package var error: String?
  /// `stdio`, `http` or `sse`.
  package var transport: String
  /// What is started, with its arguments; absent for a server on the network.
  package var command: [String]?
  /// Where it is reached, without what may be secret; absent for a command.
  package var url: String?
  /// What the names of its tools begin with.
  package var toolPrefix: String
  /// How many tools it has; absent before it was ready.
  package var tools: Int?
  /// `legacy` for revisions with a handshake, `modern` for those without.
  package var era: String?
  /// The revision of the protocol.
  package var revision: String?
  /// What it says it is called.
  package var serverName: String?
  /// The version that it says it is of.
  package var serverVersion: String?

  /// A server that nobody has spoken to.
  package init(name: String, source: Source, state: State, transport: String, toolPrefix: String) {
    self.name = name
    self.source = source
    self.state = state
    self.transport = transport
    self.toolPrefix = toolPrefix
  }
}
