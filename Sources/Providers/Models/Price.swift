/// What a model's tokens cost, exact: in millionths of a dollar per million tokens, that is picodollars a token.
package struct Price: Sendable, Hashable {
  /// A prompt token that has nothing to do with the cache.
  package var input: Int
  /// A token the model writes.
  package var output: Int
  /// A prompt token written to the cache for five minutes; `nil` when no price is known.
  package var cacheWrite: Int?
  /// A prompt token written to the cache for an hour; `nil` when no price is known.
  package var cacheWriteHour: Int?
  /// A prompt token read from the cache; `nil` when no price is known.
  package var cacheRead: Int?
  /// What input and output cost, all tokens of the call, when its prompt is above `ModelLimits.shortPromptMax`; `nil`
  /// when they cost the same.
  package var long: Long?

  /// The prices of calls with long prompts.
  package struct Long: Sendable, Hashable {
    /// A prompt token that has nothing to do with the cache.
    package var input: Int
    /// A token the model writes.
    package var output: Int
  }

  /// A price list's line, in thousandths of a dollar per million tokens, in the order in which vendors print them.
  init(
    _ input: Int, _ output: Int, _ cacheWrite: Int?, _ cacheWriteHour: Int?, _ cacheRead: Int?, long: (Int, Int)? = nil
  ) {
    self.input = input * 1_000
    self.output = output * 1_000
    self.cacheWrite = cacheWrite.map { $0 * 1_000 }
    self.cacheWriteHour = cacheWriteHour.map { $0 * 1_000 }
    self.cacheRead = cacheRead.map { $0 * 1_000 }
    self.long = long.map { Long(input: $0.0 * 1_000, output: $0.1 * 1_000) }
  }

  /// The same list with so many percent added; exact, as all prices of the table are multiples of a nanodollar.
  func plus(percent: Int) -> Price {
    func raised(_ price: Int) -> Int { price * (100 + percent) / 100 }
    var price = self
    price.input = raised(input)
    price.output = raised(output)
    price.cacheWrite = cacheWrite.map(raised)
    price.cacheWriteHour = cacheWriteHour.map(raised)
    price.cacheRead = cacheRead.map(raised)
    price.long = long.map { Long(input: raised($0.input), output: raised($0.output)) }
    return price
  }
}
