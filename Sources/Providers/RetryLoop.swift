extension Retry {
  /// Makes tries until one succeeds or the policy says that none is to follow.
  ///
  /// - Throws: The last failure with the number of tries; a cancellation ends the call at once, also while it waits.
  package static func run<Value>(
    time: TimeSource, notify: (RetryNotice) async -> Void,
    _ attempt: (_ number: Int) async throws(ProviderError) -> Value
  ) async throws(ProviderError) -> Value {
    var number = 1
    while true {
      var failure: ProviderError
      do { return try await attempt(number) } catch { failure = error }
      failure.attempts = number
      guard !Task.isCancelled else { throw cancelled(failure) }
      guard let delay = delay(after: failure, triesMade: number, random: time.random()) else { throw failure }
      number += 1
      await notify(
        RetryNotice(attempt: number, of: ProviderLimits.retriesMax + 1, delayMs: delay, reason: failure.message))
      do { try await time.sleep(delay) } catch { throw cancelled(failure) }
    }
  }

  /// A cancellation that tells what had gone wrong before it.
  private static func cancelled(_ failure: ProviderError) -> ProviderError {
    guard failure.kind != .cancelled else { return failure }
    var cancelled = failure
    cancelled.kind = .cancelled
    cancelled.message = "the call was cancelled; before that: \(failure.message)"
    cancelled.hint = nil
    cancelled.retryable = false
    return cancelled
  }
}
