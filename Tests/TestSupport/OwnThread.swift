internal import Foundation
internal import Synchronization
package import Testing

/// Gives each test of a suite a thread of its own.
///
/// Who talks to a process waits in system calls, and who tries out a whole space computes for seconds. On the threads that
/// all tasks share, of which there is one a core, that would hold up the tests that measure time.
package struct OwnThread: TestTrait, SuiteTrait, TestScoping {
  /// Whether the tests of a suite have it, too.
  package var isRecursive: Bool { true }

  /// The same for each case, and nothing for a suite as a whole.
  package func scopeProvider(for test: Test, testCase: Test.Case?) -> OwnThread? { testCase == nil ? nil : self }

  /// Runs a test there.
  @concurrent package func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    let thread = ThreadExecutor()
    defer { thread.stop() }
    try await withTaskExecutorPreference(thread) { try await function() }
  }
}

extension Trait where Self == OwnThread {
  /// On a thread of its own.
  package static var ownThread: OwnThread { OwnThread() }
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
