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
  package var prompt: Int { input.plus(cacheRead).plus(cacheWrite) }

  /// All tokens, those of the prompt and those that the model wrote.
  package var all: Int { prompt.plus(output) }

  /// Adds the tokens of another call.
  package static func += (sum: inout Usage, more: Usage) {
    sum.input = sum.input.plus(more.input)
    sum.output = sum.output.plus(more.output)
    sum.cacheRead = sum.cacheRead.plus(more.cacheRead)
    sum.cacheWrite = sum.cacheWrite.plus(more.cacheWrite)
    sum.cacheWriteHour = sum.cacheWriteHour.plus(more.cacheWriteHour)
  }
}

extension Usage {
  /// Reads counts that anybody may have written: none is below zero.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    input = max(0, try container.decode(Int.self, forKey: .input))
    output = max(0, try container.decode(Int.self, forKey: .output))
    cacheRead = max(0, try container.decode(Int.self, forKey: .cacheRead))
    cacheWrite = max(0, try container.decode(Int.self, forKey: .cacheWrite))
    cacheWriteHour = max(0, try container.decode(Int.self, forKey: .cacheWriteHour))
  }
}

/// Arithmetic with numbers from outside, which stays at the largest or smallest number where the result would be beyond it.
extension Int {
  /// The sum.
  package func plus(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other > 0 ? .max : .min) : sum
  }

  /// The difference.
  package func minus(_ other: Int) -> Int {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other < 0 ? .max : .min) : difference
  }

  /// The product of two numbers of which none is below zero.
  package func times(_ other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
