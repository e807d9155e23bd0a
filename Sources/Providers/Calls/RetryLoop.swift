package import OperatingSystem

/// Trying again as the policy of ``Retry`` says, with the waits between tries.
package enum RetryLoop {
  /// Makes tries until one succeeds or the policy says that none is to follow.
  ///
  /// The first failure of which nothing was heard and which has a remedy is given to `repair`. When that says that
  /// something was changed, a try follows at once that the policy does not count; there is one such try at most.
  ///
  /// After `retries` tries besides the first, or when a wait would last beyond the `deadline` by the clock that never goes
  /// back, the last failure stands.
  ///
  /// - Throws: The last failure with the number of tries, or why its repair failed; a cancellation ends the call at once,
  /// also while it waits.
  package static func run<Value>(
    time: TimeSource, retries: Int = ProviderLimits.retriesMax, deadline: Int? = nil,
    notify: (RetryNotice) async -> Void,
    repair: (ProviderError) async throws(ProviderError) -> Bool = { _ in false },
    _ attempt: (_ number: Int) async throws(ProviderError) -> Value
  ) async throws(ProviderError) -> Value {
    var number = 1
    var uncounted = 0
    var mayRepair = true
    while true {
      var failure: ProviderError
      do { return try await attempt(number) } catch { failure = error }
      failure.attempts = failure.wasTurnedAway ? number - 1 : number
      guard !failure.wasTurnedAway else { throw failure }
      guard !Task.isCancelled else { throw cancelled(failure) }
      if mayRepair, failure.remedy != nil, failure.partial == nil {
        mayRepair = false
        if try await repaired(failure, repair) {
          uncounted = 1
          number += 1
          continue
        }
      }
      let counted = number - uncounted
      let wait = Retry.delay(after: failure, triesMade: counted, retries: retries, random: time.random())
      guard let delay = wait, deadline.map({ time.monotonic() + delay < $0 }) ?? true else { throw failure }
      number += 1
      await notify(
        RetryNotice(
          attempt: number, of: retries + 1 + uncounted, delayMs: delay, reason: failure.message))
      do { try await time.sleep(delay) } catch { throw cancelled(failure) }
    }
  }

  /// Whether the cause of a failure was removed; an error on the way tells of the tries that were made, too.
  private static func repaired(
    _ failure: ProviderError, _ repair: (ProviderError) async throws(ProviderError) -> Bool
  ) async throws(ProviderError) -> Bool {
    do { return try await repair(failure) } catch {
      var reason = error
      reason.attempts = failure.attempts
      reason.requestID = reason.requestID ?? failure.requestID
      throw reason
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
