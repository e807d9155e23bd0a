internal import OperatingSystem
internal import Protocol

/// What the headers of a reply say of the limits of whoever asked: how much of each is left, and when it is whole again.
///
/// Source: the Anthropic API's page on rate limits; each limit is a bucket that fills evenly.
enum RateHeaders {
  /// Milliseconds until one more call makes sense; `nil` when something is left of every limit, or nothing is said.
  ///
  /// Moments are the service's, and so is the clock that they are held against, where the reply tells it; `now` is
  /// milliseconds since 1970 by ours.
  static func wait(_ headers: HTTPHeaders, now: Int) -> Int? {
    let now = headers.date ?? now
    return limits.compactMap { name, parts in
      func number(_ what: String) -> Int? { headers["anthropic-ratelimit-\(name)-\(what)"].flatMap { Int($0) } }
      guard let left = number("remaining"), left <= 0,
        let whole = headers["anthropic-ratelimit-\(name)-reset"].flatMap(Timestamp.milliseconds), whole > now
      else { return nil }
      let rest = min(whole - now, Int(ProviderLimits.retryAfterRead))
      // Of a limit whose size is not told nobody knows how fast it fills.
      guard let limit = number("limit"), limit > 0 else { return rest }
      return max(1, rest / min(limit, parts))
    }.max()
  }

  /// The limits by name, each with the number of parts of which one has to be there again: of requests that is one, of
  /// tokens what an ordinary call takes.
  private static let limits: [(name: String, parts: Int)] = [
    ("requests", .max), ("tokens", ProviderLimits.tokenShares), ("input-tokens", ProviderLimits.tokenShares),
    ("output-tokens", ProviderLimits.tokenShares),
  ]
}
