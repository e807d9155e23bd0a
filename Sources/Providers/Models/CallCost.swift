package import Protocol

/// What calls cost, exact: whole picodollars, or the reason why nobody knows.
package struct CallCost: Sendable, Hashable {
  /// Millionths of a millionth of a US dollar; `nil` when a price is not known, never 0 for it.
  package private(set) var picodollars: Int?
  /// Where the price comes from, or why there is none.
  package private(set) var source: String

  /// The cost of what one request is billed for.
  ///
  /// `model` is the name by which the provider was asked: on Bedrock the profile decides the price. One request at a time,
  /// because a long prompt makes all tokens of its call dearer.
  package init(of bill: Bill, model: String, provider: ProviderID) {
    guard !bill.isFree else {
      self = CallCost(picodollars: 0, source: "refused before an answer, which is not charged")
      return
    }
    do throws(Unknown) {
      let (listed, source) = try CallCost.listed(model, provider)
      guard let price = bill.price(listed, provider: provider) else {
        throw Unknown(reason: "the price table has none for fast answers of '\(ModelName(model).shown)'")
      }
      var sum = try CallCost.amount(bill.searches, Bill.search)
      for call in bill.calls { sum = try CallCost.sum(sum, CallCost.cost(call, price)) }
      picodollars = sum
      self.source = source.description
    } catch {
      picodollars = nil
      source = "no price known: \(error.reason)"
    }
  }

  /// Nothing, as the beginning of a sum.
  package static let none = CallCost(picodollars: 0, source: "nothing was asked")

  /// A sum that a client has kept; what is no amount counts as not known.
  package init(_ cost: Cost) {
    let dollars = cost.usd.double.flatMap { (0..<1e6).contains($0) ? $0 : nil }
    picodollars = dollars.map { Int(($0 * 1e12).rounded()) }
    source = cost.source
  }

  private init(picodollars: Int?, source: String) {
    self.picodollars = picodollars
    self.source = source
  }

  /// Adds the cost of another call; a sum of which a part is unknown is unknown.
  package static func += (sum: inout CallCost, more: CallCost) {
    guard sum != .none else { return sum = more }
    guard more != .none, let one = sum.picodollars else { return }
    guard let other = more.picodollars else { return sum = more }
    let (total, isTooMuch) = one.addingReportingOverflow(other)
    sum.picodollars = isTooMuch ? nil : total
    if isTooMuch { sum.source = "no price known: \(Unknown.tooMuch.reason)" }
    if !sum.source.contains(more.source) { sum.source += ", \(more.source)" }
  }

  /// The cost in dollars, rounded once, as clients get it.
  package var wire: Cost { Cost(usd: picodollars.map { Double($0) / 1e12 }, source: source) }

  /// What tokens of a model cost, by the name that the provider is asked by; `nil` when that is not known.
  package static func price(of model: String, provider: ProviderID) -> Price? {
    (try? listed(model, provider))?.0
  }

  // MARK: Prices

  /// Why a price is not known.
  private struct Unknown: Error {
    let reason: String
    static let tooMuch = Unknown(reason: "the count of tokens makes no sense")
  }

  /// The price of a model in the list, and where it stands.
  private static func listed(_ model: String, _ provider: ProviderID)
    throws(Unknown) -> (Price, PriceSource)
  {
    let name = ModelName(model)
    guard let family = ModelCatalog.find(name.bare)?.family else {
      guard ModelARN(name.bare) != nil else { throw Unknown(reason: "'\(name.shown)' is not in the price table") }
      throw Unknown(reason: "the ARN '\(name.shown)' does not say which model it stands for")
    }
    switch provider {
    case .anthropic:
      guard let offer = family.api else {
        throw Unknown(reason: "\(family.displayName) is not in the API's price list")
      }
      return (offer.price, offer.source)
    case .bedrock:
      guard let offer = family.bedrock, name.isBedrock else {
        throw Unknown(reason: "'\(name.shown)' is not an id of Bedrock's in the price table")
      }
      let price = name.geography.map { Geography(rawValue: $0).flatMap(offer.profile)?.price } ?? offer.price
      guard let price else {
        throw Unknown(reason: "\(family.displayName) has no price for '\(name.shown)' in the price table")
      }
      return (price, offer.source)
    }
  }

  private static func cost(_ usage: Usage, _ listed: Price) throws(Unknown) -> Int {
    let counts = [usage.input, usage.output, usage.cacheRead, usage.cacheWrite, usage.cacheWriteHour]
    guard counts.allSatisfy({ 0...ModelLimits.tokensMax ~= $0 }) else { throw .tooMuch }
    let price = listed.at(prompt: usage.prompt)
    let parts: [(tokens: Int, rate: Int?, what: String)] = [
      (usage.input, price.input, "prompts"), (usage.output, price.output, "answers"),
      (usage.cacheRead, price.cacheRead, "reading the cache"),
      (max(0, usage.cacheWrite - usage.cacheWriteHour), price.cacheWrite, "writing the cache"),
      (usage.cacheWriteHour, price.cacheWriteHour, "writing the cache for an hour"),
    ]
    var whole = 0
    for part in parts where part.tokens != 0 {
      guard let rate = part.rate else { throw Unknown(reason: "the price table has none for \(part.what)") }
      whole = try sum(whole, amount(part.tokens, rate))
    }
    return whole
  }

  private static func amount(_ count: Int, _ rate: Int) throws(Unknown) -> Int {
    let (cost, isTooMuch) = count.multipliedReportingOverflow(by: rate)
    guard 0...ModelLimits.tokensMax ~= count, !isTooMuch else { throw .tooMuch }
    return cost
  }

  private static func sum(_ one: Int, _ other: Int) throws(Unknown) -> Int {
    let (sum, isTooMuch) = one.addingReportingOverflow(other)
    guard !isTooMuch else { throw .tooMuch }
    return sum
  }
}
