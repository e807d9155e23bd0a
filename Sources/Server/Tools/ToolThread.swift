internal import OperatingSystem

/// Threads for the work of tools, which blocks.
enum ToolThread {
  private static let thread = BlockingThread(name: "tool", stack: ToolLimits.threadStack)

  /// Does some work on a thread of its own; the work is told when the task is cancelled.
  static func run<Value: Sendable>(
    _ work: @escaping @Sendable (Cancellation) throws(ToolError) -> Value
  ) async throws(ToolError) -> Value {
    try await thread.run(
      orThrow: ToolError(.failed, "The system has no thread left for this; try again later."), work)
  }
}

extension Cancellation {
  /// - Throws: ``ToolError/cancelled`` when the work is to stop.
  func check() throws(ToolError) {
    if isCancelled { throw .cancelled }
  }
}
