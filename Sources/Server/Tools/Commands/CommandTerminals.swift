/// Somebody who shows commands in terminals: an editor, which runs them there, or shows what they print here.
package protocol CommandTerminals: Sendable {
  /// Starts a command in a terminal of its own, which must be released in the end; `nil` where there is none, so that it runs
  /// here.
  func open(_ order: TerminalOrder, for call: CommandCall) async -> (any CommandTerminal)?
  /// Tells that nobody said in time whether one was opened: there is none from now on.
  func giveUpTerminals()
  /// Tells that a command which ran here has ended, with that status or by that signal; neither where it was ended for other
  /// reasons.
  func ended(_ call: CommandCall, status: Int?, signal: Int?)
}

/// The call that a command is run for.
package struct CommandCall: Hashable, Sendable {
  /// Where the call was made.
  package var sessionId: String
  /// The provider's id of the call.
  package var callId: String

  /// A call.
  package init(sessionId: String, callId: String) { (self.sessionId, self.callId) = (sessionId, callId) }
}

/// A command to run in a terminal.
package struct TerminalOrder: Hashable, Sendable {
  /// What is started: a file's path.
  package var program: String
  /// What it is given.
  package var arguments: [String]
  /// The folder it starts in, absolute.
  package var folder: String
  /// The variables that are other than the terminal's own.
  package var variables: [CommandEnvironment.Variable]
  /// Bytes of its output that are wanted, the last ones.
  package var outputBytesMax: Int
}

/// A terminal in which a command runs.
package protocol CommandTerminal: Sendable {
  /// Waits for the command's end; `nil` when nobody can say how it ended. Cancelling the task ends the waiting alone.
  func exit() async -> TerminalExit?
  /// What the command has printed so far, and how it ended where that is known; `nil` when nobody can say.
  func output() async -> TerminalOutput?
  /// Ends the command; what it printed stays.
  func kill() async
  /// Lets the terminal go.
  func release() async
}

/// How a command in a terminal ended; it may be that nobody says.
package struct TerminalExit: Hashable, Sendable {
  /// Its status, if it ended by itself.
  package var status: Int?
  /// The name of the signal that ended it.
  package var signal: String?

  /// An end.
  package init(status: Int?, signal: String?) { (self.status, self.signal) = (status, signal) }
}

/// What a command in a terminal has printed.
package struct TerminalOutput: Hashable, Sendable {
  /// The text, with what steers the terminal.
  package var text: String
  /// Whether its beginning was let go.
  package var isCut: Bool
  /// How the command ended, if it has.
  package var exit: TerminalExit?

  /// An output.
  package init(text: String, isCut: Bool, exit: TerminalExit?) {
    (self.text, self.isCut, self.exit) = (text, isCut, exit)
  }
}
