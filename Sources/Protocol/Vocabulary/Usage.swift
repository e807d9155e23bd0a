/// Tokens that a model call used, as the API counted them.
///
/// The whole prompt is `input + cacheRead + cacheWrite`.
package struct Usage: Codable, Hashable, Sendable {
  /// Prompt tokens that were neither read from nor written to the cache.
  package var input = 0
  /// Tokens the model wrote, thinking included.
  package var output = 0
  /// Prompt tokens read from the cache.
  package var cacheRead = 0
  /// Prompt tokens written to the cache, of either lifetime.
  package var cacheWrite = 0
  /// The part of `cacheWrite` that is kept for an hour and costs more.
  package var cacheWriteHour = 0

  /// No tokens.
  package init() {}

  /// All prompt tokens, cached or not.
  package var prompt: Int { input + cacheRead + cacheWrite }

  /// Adds the tokens of another call.
  package static func += (sum: inout Usage, more: Usage) {
    sum.input += more.input
    sum.output += more.output
    sum.cacheRead += more.cacheRead
    sum.cacheWrite += more.cacheWrite
    sum.cacheWriteHour += more.cacheWriteHour
  }
}
