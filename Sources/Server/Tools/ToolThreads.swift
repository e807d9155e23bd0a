package import OperatingSystem

/// The threads on which the tools of all sessions work, so many at a time: who comes when all are taken waits, in order.
package final class ToolThreads: Sendable {
  private let places: Places

  /// So many threads; when nobody says how many, as many as descriptors allow for.
  package init(most: Int = min(ToolLimits.threadsMax, max(ToolLimits.threadsMin, DescriptorLimit.most / 16))) {
    places = Places(most)
  }

  /// Does some work on a thread of its own, when there is one; the work is told when the task is cancelled.
  ///
  /// - Throws: What the work throws, ``ToolError/cancelled`` for a task that was cancelled before.
  package func run<Value: Sendable>(
    _ work: @escaping @Sendable (Cancellation) throws(ToolError) -> Value
  ) async throws(ToolError) -> Value {
    guard await places.enter() else { throw .cancelled }
    defer { places.leave() }
    return try await ToolThread.run(work)
  }
}
