import Foundation
import Synchronization
import Testing

/// Gives each test of a suite a thread of its own, two at a time.
///
/// Who talks to a process waits in system calls. On the threads that all tasks share, of which there is one a core, that
/// would hold up the tests that measure time.
struct OwnThread: TestTrait, SuiteTrait, TestScoping {
  private static let places = Places(2)

  var isRecursive: Bool { true }

  func scopeProvider(for test: Test, testCase: Test.Case?) -> OwnThread? { testCase == nil ? nil : self }

  @concurrent func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    await Self.places.take()
    defer { Self.places.giveBack() }
    let thread = ThreadExecutor()
    defer { thread.stop() }
    try await withTaskExecutorPreference(thread) { try await function() }
  }
}

extension Trait where Self == OwnThread {
  /// On a thread of its own.
  static var ownThread: OwnThread { OwnThread() }
}

/// Places that tasks take and give back; who finds none waits in turn.
private final class Places: Sendable {
  private let state: Mutex<(free: Int, waiting: [CheckedContinuation<Void, Never>])>

  init(_ count: Int) { state = Mutex((count, [])) }

  func take() async {
    await withCheckedContinuation { continuation in
      let isTaken = state.withLock { state -> Bool in
        guard state.free > 0 else {
          state.waiting.append(continuation)
          return false
        }
        state.free -= 1
        return true
      }
      if isTaken { continuation.resume() }
    }
  }

  func giveBack() {
    let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard !state.waiting.isEmpty else {
        state.free += 1
        return nil
      }
      return state.waiting.removeFirst()
    }
    next?.resume()
  }
}

/// Runs jobs one after the other on one thread, until it is stopped and none is left.
private final class ThreadExecutor: TaskExecutor {
  private let jobs = Mutex<[UnownedJob]>([])
  private let count = DispatchSemaphore(value: 0)

  init() {
    Thread.detachNewThread { [self] in
      while let job = next() { unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.withLock { $0.append(job) }
    count.signal()
  }

  func stop() { count.signal() }

  private func next() -> UnownedJob? {
    count.wait()
    return jobs.withLock { jobs in jobs.isEmpty ? nil : jobs.removeFirst() }
  }
}
