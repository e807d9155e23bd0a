import Synchronization

/// What a child process reads: it stays open, and is written to from any thread, until it is closed.
package final class ChildInput: Sendable {
  private struct State {
    var waiting: [UInt8]
    /// How much of it the system has taken.
    var taken = 0
    /// The same since the beginning.
    var takenEver = 0
    /// Nothing more will be written.
    var isClosed: Bool
    /// Nobody will read any more.
    var isOver = false
    /// What wakes the child's thread, while it runs.
    var wakeDescriptor: Descriptor?
  }

  private let state: Mutex<State>

  /// Input that is written to while the child runs.
  package init() { state = Mutex(State(waiting: [], isClosed: false)) }

  /// Input that is known from the beginning.
  package init(_ bytes: [UInt8]) { state = Mutex(State(waiting: bytes, isClosed: true)) }

  /// Hands bytes over, in the order of the calls.
  ///
  /// - Returns: Whether they are taken: not by a child that is over, after ``close()``, or when more than
  ///   ``SystemLimits/childInputMax`` would wait for a child that does not read.
  @discardableResult
  package func write(_ bytes: [UInt8]) -> Bool {
    state.withLock { state in
      let waiting = state.waiting.count - state.taken
      guard !state.isClosed, !state.isOver, waiting + bytes.count <= SystemLimits.childInputMax else { return false }
      state.waiting += bytes
      state.wakeDescriptor?.wake()
      return true
    }
  }

  /// Ends the input, once all that was written has been read.
  package func close() {
    state.withLock { state in
      state.isClosed = true
      state.wakeDescriptor?.wake()
    }
  }

  /// How many bytes wait to be read, and how many were taken so far: whether a child reads at all.
  package var backlog: (waiting: Int, taken: Int) {
    state.withLock { ($0.waiting.count - $0.taken, $0.takenEver) }
  }

  // For the child's thread.

  /// From now on what is written wakes whoever polls this descriptor's other end; `nil` ends that, and the input.
  func wake(_ descriptor: Descriptor?) {
    state.withLock { state in
      state.wakeDescriptor = descriptor
      guard descriptor == nil else { return }
      state.isOver = true
      state.waiting = []
      state.taken = 0
    }
  }

  /// Whether there is something to do for ``give(to:)``.
  var isDue: Bool { state.withLock { $0.taken < $0.waiting.count || $0.isClosed } }

  /// Writes what the pipe takes; false when the input has ended, or nobody reads it.
  func give(to descriptor: Descriptor) -> Bool {
    state.withLock { state in
      if state.taken < state.waiting.count {
        guard let count = descriptor.writeSome(state.waiting[state.taken...]) else { return false }
        state.taken += count
        state.takenEver += count
        if state.taken == state.waiting.count {
          state.waiting.removeAll(keepingCapacity: state.taken <= SystemLimits.childReadBytes)
          state.taken = 0
        }
      }
      return !(state.isClosed && state.waiting.isEmpty)
    }
  }
}
