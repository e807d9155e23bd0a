/// When a failed call is tried again, and after what wait: the official SDK's policy, as pure functions.
///
/// Tried again are connection errors, timeouts, 408, 409, 429 and everything from 500 up; an error inside a stream
/// counts as the status that it stands for. `x-should-retry` overrides the status. A call whose answer has begun to be
/// heard is never repeated.
package enum Retry {
  /// Whether a reply with this status may be followed by another try.
  package static func isWorthwhile(status: Int, headers: HTTPHeaders) -> Bool {
    switch headers["x-should-retry"] {
    case "true": true
    case "false": false
    default: status == 408 || status == 409 || status == 429 || status >= 500
    }
  }

  /// The wait that a reply asks for, in milliseconds; `nil` when it names none that makes sense.
  ///
  /// `retry-after-ms` goes before `retry-after`, which holds seconds or a date, and that before what is said of limits of
  /// which nothing is left. Dates are held against the service's clock where the reply tells it, else against `now`, in
  /// milliseconds since 1970.
  package static func requestedDelay(_ headers: HTTPHeaders, now: Int) -> Int? {
    if let milliseconds = headers["retry-after-ms"].flatMap(Double.init).flatMap(positive) { return milliseconds }
    guard let after = headers["retry-after"] else { return RateHeaders.wait(headers, now: now) }
    if let seconds = Double(after) { return positive(seconds * 1_000) }
    let now = headers.date ?? now
    return HTTPDate.milliseconds(after).flatMap { positive(Double($0 - now)) }
  }

  /// The wait before the next try, in milliseconds; `nil` when there is to be none.
  ///
  /// `triesMade` counts from 1, `retries` are allowed after the first; `random` is a number from 0 up to 1, for jitter. What the model had said is in the
  /// failure's
  /// `partial`.
  package static func delay(
    after failure: ProviderError, triesMade: Int, retries: Int = ProviderLimits.retriesMax, random: Double
  ) -> Int? {
    guard failure.retryable, triesMade <= retries, !failure.wasHeard else { return nil }
    if let requested = failure.retryAfterMs { return requested <= ProviderLimits.retryAfterMax ? requested : nil }
    return ownDelay(triesMade: triesMade, random: random)
  }

  /// The wait of our own choosing after so many tries, in milliseconds: it doubles up to a bound.
  static func ownDelay(triesMade: Int, random: Double) -> Int {
    let doubled = ProviderLimits.retryDelayFirst << min(triesMade - 1, Int.bitWidth / 2)
    let longest = Double(min(doubled, ProviderLimits.retryDelayMax))
    return Int(longest * (1 - ProviderLimits.retryJitter * random))
  }

  /// A number of milliseconds that makes sense as a wait, rounded up; `nil` for zero, less, or no number.
  private static func positive(_ milliseconds: Double) -> Int? {
    guard milliseconds > 0 else { return nil }
    return Int(exactly: min(milliseconds, ProviderLimits.retryAfterRead).rounded(.up))
  }
}
