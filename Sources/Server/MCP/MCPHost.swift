package import OperatingSystem
package import Protocol

/// What a session gives each of its MCP servers: who we are, what they may ask, and who hears of them.
package struct MCPHost: Sendable {
  /// Asks a person something for a server, which is named; `nil` where nobody can be asked.
  package typealias Ask = @Sendable (_ server: String, MCPElicitation) async -> MCPElicitation.Answer

  /// What we are called.
  package var name: String
  /// Our version.
  package var version: String
  /// The folders that a session works in, as absolute paths; the first is its own.
  package var roots: [String]
  /// Asks a person.
  package var ask: Ask?
  /// Told when a list of a server's may have changed: at most once in ``MCPLimits/changePauseMs``.
  package var listChanged: @Sendable (_ server: String, MCPList) -> Void
  /// Told whenever a server's state is another.
  package var stateChanged: @Sendable (_ server: String, MCPServerState) -> Void
  /// What servers say, for whoever looks for what is wrong.
  package var log: Log
  /// The clocks that all limits go by.
  package var time: TimeSource

  /// A host that nobody hears and that asks nobody.
  package init(name: String, version: String, roots: [String], log: Log, time: TimeSource) {
    self.name = name
    self.version = version
    self.roots = roots
    self.log = log
    self.time = time
    listChanged = { _, _ in }
    stateChanged = { _, _ in }
  }
}

/// The lists of a server that may change.
package enum MCPList: String, CaseIterable, Sendable {
  case tools, resources, prompts
}

/// How a server is doing.
package enum MCPServerState: Hashable, Sendable {
  /// It was not needed yet.
  case off
  /// It is started or reached, or will be again after a pause.
  case starting
  /// It answers.
  case ready(MCPGreeting)
  /// It does not, and why; only a start that is asked for changes that.
  case failed(MCPFailure)
  /// It was shut down.
  case closed
}

/// What a listing of tools gave.
package struct MCPToolList: Hashable, Sendable {
  /// The tools, in the server's order.
  package var tools: [MCPTool] = []
  /// What was left out and why, a sentence each, for a person.
  package var notices: [String] = []
}

/// How far a call has come, as its server tells.
package struct MCPProgress: Hashable, Sendable {
  /// How much is done.
  package var progress: Double
  /// How much there is to do.
  package var total: Double?
  /// What is done now.
  package var message: String?

  /// Reads the params of `notifications/progress`; `nil` when they tell nothing.
  init?(_ params: JSON) {
    let (progress, message) = (params["progress"]?.double, params["message"]?.string)
    guard progress != nil || message != nil else { return nil }
    self.progress = progress ?? 0
    total = params["total"]?.double
    self.message = message
  }
}
