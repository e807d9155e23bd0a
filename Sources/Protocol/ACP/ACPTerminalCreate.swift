/// Runs a command in a terminal of the editor's.
package struct ACPTerminalCreate: RequestMessage, Hashable {
  package static let method = "terminal/create"
  package typealias Response = JSON
  package var sessionId: String
  /// The program.
  package var command: String
  /// What the program is given.
  package var args: [String]
  /// Variables beside the editor's own.
  package var env: [Variable]
  /// The folder it starts in, absolute.
  package var cwd: String
  /// Bytes of the output that the editor is to keep, the last ones.
  package var outputByteLimit: Int

  /// A part of the command's environment.
  package struct Variable: Codable, Hashable, Sendable {
    /// What it is called.
    package var name: String
    /// What it is set to.
    package var value: String

    /// A variable.
    package init(name: String, value: String) { (self.name, self.value) = (name, value) }
  }

  /// A request.
  package init(
    sessionId: String, command: String, args: [String], env: [Variable], cwd: String, outputByteLimit: Int
  ) {
    self.sessionId = sessionId
    self.command = command
    self.args = args
    self.env = env
    self.cwd = cwd
    self.outputByteLimit = outputByteLimit
  }
}

/// Waits for the end of a command in a terminal.
package struct ACPTerminalWait: RequestMessage, Hashable {
  package static let method = "terminal/wait_for_exit"
  package typealias Response = JSON
  package var sessionId: String
  package var terminalId: String

  /// A request about that terminal.
  package init(sessionId: String, terminalId: String) { (self.sessionId, self.terminalId) = (sessionId, terminalId) }
}

/// Asks what a command in a terminal has printed.
package struct ACPTerminalOutput: RequestMessage, Hashable {
  package static let method = "terminal/output"
  package typealias Response = JSON
  package var sessionId: String
  package var terminalId: String

  /// A request about that terminal.
  package init(sessionId: String, terminalId: String) { (self.sessionId, self.terminalId) = (sessionId, terminalId) }
}

/// Ends a command in a terminal.
package struct ACPTerminalKill: RequestMessage, Hashable {
  package static let method = "terminal/kill"
  package typealias Response = JSON
  package var sessionId: String
  package var terminalId: String

  /// A request about that terminal.
  package init(sessionId: String, terminalId: String) { (self.sessionId, self.terminalId) = (sessionId, terminalId) }
}

/// Lets a terminal go.
package struct ACPTerminalRelease: RequestMessage, Hashable {
  package static let method = "terminal/release"
  package typealias Response = JSON
  package var sessionId: String
  package var terminalId: String

  /// A request about that terminal.
  package init(sessionId: String, terminalId: String) { (self.sessionId, self.terminalId) = (sessionId, terminalId) }
}
