package import Protocol
internal import Synchronization

/// Where a connection stands between its first message and its end, and what the client said of both.
///
/// The connection, the greeting and the loop that ends the process share it.
package final class Handshake: Sendable {
  private enum Phase {
    case new, open, shutDown
  }

  private struct State {
    var phase = Phase.new
    var isNeeded = false
    var trace = TraceLevel.off
    var endOfInput: EndOfInput?
    var exitRequested = false
    var parent: Int?
  }

  private let state = Mutex(State())

  /// A connection on which nothing has come.
  package init() {}

  /// From now on `initialize` must come before anything else, as with headers (LSP 3.17).
  package func require() { state.withLock { $0.isNeeded = true } }

  /// Takes note of `initialize`.
  package func open(parent: Int?, trace: TraceLevel, endOfInput: EndOfInput?) {
    state.withLock { state in
      state.phase = .open
      state.parent = parent
      state.trace = trace
      state.endOfInput = endOfInput
    }
  }

  /// Takes note of `shutdown`.
  package func shutDown() { state.withLock { $0.phase = .shutDown } }

  /// Takes note of `exit`.
  package func exit() { state.withLock { $0.exitRequested = true } }

  /// Whether a request may come now.
  ///
  /// - Throws: ``RPCError/Code/notInitialized`` or ``RPCError/Code/invalidRequest``.
  package func check(_ method: String) throws(RPCError) {
    let (phase, isNeeded) = state.withLock { ($0.phase, $0.isNeeded) }
    switch phase {
    case .new where isNeeded && method != Initialize.method: throw .notInitialized(method)
    case .open where method == Initialize.method:
      throw .invalidRequest("'initialize' may come once; this connection is initialized")
    case .shutDown: throw .invalidRequest("'\(method)' came after 'shutdown'; only 'exit' may")
    default: break
    }
  }

  /// Whether a notification is heard now.
  package func mayHear(_ method: String) -> Bool {
    state.withLock { $0.phase != .new || !$0.isNeeded || method == Exit.method }
  }

  /// How much of what goes on the client wants traced.
  package var trace: TraceLevel {
    get { state.withLock { $0.trace } }
    set { state.withLock { $0.trace = newValue } }
  }

  /// Whether `exit` has come, and the status to exit with: 0 after `shutdown`, else 1 (LSP 3.17).
  package var exitStatus: Int32? { state.withLock { $0.exitRequested ? ($0.phase == .shutDown ? 0 : 1) : nil } }

  /// Whether `shutdown` has come.
  package var isShutDown: Bool { state.withLock { $0.phase == .shutDown } }

  /// What the end of input means; `nil` when the client did not say.
  package var endOfInput: EndOfInput? { state.withLock { $0.endOfInput } }

  /// The process to live with, by its number.
  package var parent: Int? { state.withLock { $0.parent } }
}
