package import Protocol
internal import Synchronization

/// Requests that have no answer yet: each is in here from before it starts until its one answer is taken.
package final class Calls: Sendable {
  /// What became of a request that wanted in.
  package enum Entry: Sendable {
    case begun, duplicate, full
  }

  private struct Call {
    let reply: Reply
    var task: Task<Void, Never>?
  }

  private struct State {
    var calls: [RequestID: Call] = [:]
    /// Requests that were taken out and whose answer is on its way to the outbox.
    var answering = 0

    var count: Int { calls.count + answering }
  }

  private let state = Mutex(State())
  private let onIdle: @Sendable () -> Void

  /// No requests; `onIdle` is called whenever the last one is answered.
  package init(onIdle: @escaping @Sendable () -> Void) { self.onIdle = onIdle }

  /// How many there are.
  package var count: Int { state.withLock { $0.count } }

  /// Whether a request of that id has no answer yet.
  package func contains(_ id: RequestID) -> Bool { state.withLock { $0.calls[id] != nil } }

  /// Takes a request in, before anything of it runs.
  package func begin(_ id: RequestID, reply: Reply) -> Entry {
    state.withLock { state in
      guard state.calls[id] == nil else { return .duplicate }
      guard state.count < ServerLimits.requestsInFlightMax else { return .full }
      state.calls[id] = Call(reply: reply)
      return .begun
    }
  }

  /// Says which task works on a request, so that it can be cancelled.
  package func attach(_ task: Task<Void, Never>, to id: RequestID) {
    state.withLock { $0.calls[id]?.task = task }
  }

  /// Takes a request out and answers it, unless it was answered already; it counts until its answer is sent.
  package func end(_ id: RequestID, answer: (Reply) -> Void) {
    let reply = state.withLock { state -> Reply? in
      guard let call = state.calls.removeValue(forKey: id) else { return nil }
      state.answering += 1
      return call.reply
    }
    guard let reply else { return }
    answer(reply)
    let isIdle = state.withLock { state in
      state.answering -= 1
      return state.count == 0
    }
    if isIdle { onIdle() }
  }

  /// Cancels the work on a request; an unknown id is ignored.
  package func cancel(_ id: RequestID) { state.withLock { $0.calls[id]?.task }?.cancel() }

  /// Cancels the work on all requests.
  package func cancelAll() {
    for task in state.withLock({ $0.calls.values.map(\.task) }) { task?.cancel() }
  }

  /// Takes all requests out, for a last answer.
  package func takeAll() -> [(id: RequestID, reply: Reply)] {
    state.withLock { state in
      defer { state.calls = [:] }
      return state.calls.map { ($0.key, $0.value.reply) }
    }
  }
}
