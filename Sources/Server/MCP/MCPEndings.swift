internal import Synchronization

/// The servers that are being shut down, until they are: whoever ends the program waits for them.
///
/// Its lock is taken under others, and takes none itself.
final class MCPEndings: Sendable {
  private struct State {
    var last = 0
    var tasks: [Int: Task<Void, Never>] = [:]
  }

  private let state = Mutex(State())

  /// Whether some are not over.
  var areThere: Bool { state.withLock { !$0.tasks.isEmpty } }

  /// Begins one.
  @discardableResult
  func add(_ work: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
    state.withLock { state in
      state.last += 1
      let number = state.last
      let task = Task {
        await work()
        forget(number)
      }
      state.tasks[number] = task
      return task
    }
  }

  private func forget(_ number: Int) { state.withLock { $0.tasks[number] = nil } }

  /// Waits until all are over.
  func wait() async {
    while let task = state.withLock({ $0.tasks.values.first }) { await task.value }
  }
}
