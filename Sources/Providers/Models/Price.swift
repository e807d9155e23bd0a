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
  /// What all tokens of a call with a long prompt cost; `nil` when they cost the same.
  package var long: Long?
  /// What tokens cost that were asked for fast (`speed` of `fast`, at the API); `nil` where that is not offered.
  package var fast: Pair?

  /// What input and output cost; what is said of the cache is a factor of the input's price, so it grows with it.
  package struct Pair: Sendable, Hashable {
    /// A prompt token that has nothing to do with the cache.
    package var input: Int
    /// A token the model writes.
    package var output: Int
  }

  /// The prices of calls with long prompts.
  package struct Long: Sendable, Hashable {
    /// The tokens of the longest prompt, cached or not, to which they do not apply.
    package var above: Int
    /// What the call's tokens cost, all of them.
    package var rates: Pair
  }

  /// A price list's line, in thousandths of a dollar per million tokens, in the order in which vendors print them.
  init(
    _ input: Int, _ output: Int, _ cacheWrite: Int?, _ cacheWriteHour: Int?, _ cacheRead: Int?,
    long: (above: Int, input: Int, output: Int)? = nil, fast: (input: Int, output: Int)? = nil
  ) {
    self.input = input * 1_000
    self.output = output * 1_000
    self.cacheWrite = cacheWrite.map { $0 * 1_000 }
    self.cacheWriteHour = cacheWriteHour.map { $0 * 1_000 }
    self.cacheRead = cacheRead.map { $0 * 1_000 }
    self.long = long.map { Long(above: $0.above, rates: Pair(input: $0.input * 1_000, output: $0.output * 1_000)) }
    self.fast = fast.map { Pair(input: $0.input * 1_000, output: $0.output * 1_000) }
  }

  /// The prices of a call whose prompt has so many tokens, cached or not.
  package func at(prompt tokens: Int) -> Price {
    guard let long, tokens > long.above else { return self }
    return raised(to: long.rates)
  }

  /// The same list with another input and output, and the cache grown with the input.
  func raised(to rates: Pair) -> Price {
    func cached(_ price: Int) -> Int { price * rates.input / input }
    var price = self
    (price.input, price.output) = (rates.input, rates.output)
    price.cacheWrite = cacheWrite.map(cached)
    price.cacheWriteHour = cacheWriteHour.map(cached)
    price.cacheRead = cacheRead.map(cached)
    (price.long, price.fast) = (nil, nil)
    return price
  }

  /// The same list with so many percent added; exact, as all prices of the table are multiples of a nanodollar.
  func plus(percent: Int) -> Price {
    func raised(_ price: Int) -> Int { price * (100 + percent) / 100 }
    func both(_ pair: Pair) -> Pair { Pair(input: raised(pair.input), output: raised(pair.output)) }
    var price = self
    price.input = raised(input)
    price.output = raised(output)
    price.cacheWrite = cacheWrite.map(raised)
    price.cacheWriteHour = cacheWriteHour.map(raised)
    price.cacheRead = cacheRead.map(raised)
    price.long = long.map { Long(above: $0.above, rates: both($0.rates)) }
    price.fast = fast.map(both)
    return price
  }
}
