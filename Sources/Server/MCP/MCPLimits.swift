internal import Protocol

/// Every limit of the client of MCP servers, each with its reason.
package enum MCPLimits {
  // MARK: Time

  /// Milliseconds from the start of a server until it has said hello: what other clients give by default.
  package static let startMs = 30_000
  /// The same for commands that may load what they run from a network first.
  package static let loadingStartMs = 60_000
  /// Milliseconds for a whole list, or another question that needs no work: a server that answers is asked.
  package static let listMs = 60_000
  /// Milliseconds that one call may take in all, unless its server's settings say otherwise.
  package static let callMs = 600_000
  /// Milliseconds without a sign of a call before a local server is given up: what it does may take long.
  package static let localIdleMs = 1_800_000
  /// The same for a server that is reached over a network, where connections vanish without a word.
  package static let remoteIdleMs = 300_000
  /// Milliseconds of what has no end, such as listening: some decades.
  package static let endlessMs = 1 << 40
  /// The shortest limit of a call that settings may set, in milliseconds.
  package static let callLeastMs = 1_000
  /// Milliseconds in which changes of a list are told once: servers tell of each tool that they add.
  package static let changePauseMs = 250

  // MARK: Restarts

  /// The first pause before a server that ended is started again, in milliseconds; it doubles each time.
  package static let restartPauseMs = 1_000
  /// The longest pause.
  package static let restartPauseMaxMs = 60_000
  /// Restarts within ``restartWindowMs``: a server that ends more often is broken.
  package static let restartsMax = 5
  /// The time in which restarts are counted, in milliseconds.
  package static let restartWindowMs = 600_000

  // MARK: Lists and rounds

  /// Pages of one list: a server that has more repeats itself.
  package static let pagesMax = 100
  /// Tools of one server: no model chooses among more.
  package static let toolsMax = 2_000
  /// Bytes of one list, all of its pages: some times what the largest servers have; each session holds it.
  package static let listBytesMax = 16 * 1024 * 1024
  /// Rounds of questions within one call, as the reference client has it.
  package static let roundsMax = 10
  /// Milliseconds between rounds that ask nothing: the server waits for something, and is not to be hurried.
  package static let roundPauseMs = 200

  // MARK: Pipes

  /// Bytes of one line: a result with large pictures; more would not fit anything behind it.
  package static let lineMax = 64 * 1024 * 1024
  /// Lines that are no message before the first that is one: a program that goes on so does not speak MCP.
  package static let strayLinesMax = 100
  /// Bytes kept of what a server says on standard error: enough to tell why it failed.
  package static let errorsMax = 64 * 1024
  /// Bytes that may wait for a server to read them for ``unreadMs``: what a pipe holds and more.
  package static let unreadMax = 1024 * 1024
  /// Milliseconds that a server may leave ``unreadMax`` unread.
  package static let unreadMs = 30_000
  /// Milliseconds from the end of a server's input to the request to end (SIGTERM), from there to its end (SIGKILL), and
  /// from there until it is not waited for any more: what it keeps is written in that time.
  package static let endingMs = 2_000
  /// Bytes of a line that are quoted where it tells what is wrong.
  package static let quotedMax = 300
  /// Characters of a failure that a person is shown: a line that is quoted, and what stands around it.
  package static let failureShownMax = 600
  /// Characters of a name of a server's that stands in a sentence.
  package static let nameShownMax = 80
  /// Requests in flight to one server, and from it: what one turn's calls and a server's questions need many times over.
  package static let inFlightMax = 256
  /// Bytes of stack for the thread that waits for a server: it reads JSON of any depth that is let through.
  package static let threadStack = 1024 * 1024
}

extension MCPLimits {
  /// A name of a server's as it may stand in a sentence.
  package static func shown(_ name: String) -> String { VisibleText.line(name, most: nameShownMax) }

  /// A limit of time as people say it.
  package static func words(_ milliseconds: Int) -> String {
    milliseconds % 1_000 == 0 ? "\(milliseconds / 1_000) s" : "\(milliseconds) ms"
  }
}
