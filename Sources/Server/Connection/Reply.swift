package import Protocol
internal import Synchronization

/// Where an answer goes: to the pipe, or into the answer of its batch.
package enum Reply: Sendable {
  case pipe
  case batch(Batch)
}

/// The answers of one batch, which are sent together when all are there (JSON-RPC 2.0 section 6).
package final class Batch: Sendable {
  private struct State {
    var open: Int
    var answers = JSONWriter()

    /// The whole batch, when that was its last.
    mutating func countDown() -> [UInt8]? {
      open -= 1
      guard open == 0, !answers.bytes.isEmpty else { return nil }
      answers.raw("]")
      return answers.bytes
    }
  }

  private let state: Mutex<State>

  /// A batch that waits for so many answers.
  package init(expecting open: Int) { state = Mutex(State(open: open)) }

  /// Adds an answer.
  ///
  /// - Returns: The whole batch, when this was its last answer.
  package func add(_ answer: (inout JSONWriter) -> Void) -> [UInt8]? {
    state.withLock { state in
      state.answers.raw(state.answers.bytes.isEmpty ? "[" : ",")
      answer(&state.answers)
      return state.countDown()
    }
  }

  /// Waits for one answer less, as one will not come.
  ///
  /// - Returns: The whole batch, when no other answer is waited for and there is one.
  package func leaveOne() -> [UInt8]? { state.withLock { $0.countDown() } }
}

/// An answer as it stands on the wire (JSON-RPC 2.0 section 5).
package enum Answer {
  /// Writes the answer to a request, or to something that was none.
  package static func write(_ result: Result<JSON, RPCError>, to id: RequestID?, in writer: inout JSONWriter) {
    writer.raw(#"{"jsonrpc":"2.0","id":"#)
    writer.write(id?.json ?? .null)
    switch result {
    case .success(let value):
      writer.raw(#","result":"#)
      writer.write(value)
    case .failure(let error):
      writer.raw(#","error":"#)
      writer.write(error.json)
    }
    writer.raw("}")
  }
}
