/// One model, whatever its services call it: what it can do, what it costs, and its names.
package struct ModelFamily: Sendable, Hashable {
  /// The name without a date, like `claude-sonnet-4-5`; one model, one id.
  package let id: String
  /// The name for people.
  package let displayName: String
  /// The sort of model it is, by which `sonnet`, `opus` and so on name it; `nil` for the oldest ones.
  package let line: ModelLine?
  /// The version, major number first.
  package let version: [Int]
  /// What the Anthropic API calls it and offers; `nil` when it is not known to be there.
  package internal(set) var api: APIOffer?
  /// What Bedrock calls it and offers; `nil` when it is not known to be there.
  package internal(set) var bedrock: BedrockOffer?

  init(_ id: String, _ displayName: String) {
    self.id = id
    self.displayName = displayName
    let name = ModelName(id)
    line = name.line
    version = name.version
  }
}

/// How much a model reads and writes, in tokens, at one of its services.
package struct ModelWindow: Sendable, Hashable {
  /// Tokens of prompt and answer together.
  package var context: Int
  /// Tokens of an answer.
  package var output: Int
}

/// A model at the Anthropic API.
package struct APIOffer: Sendable, Hashable {
  /// The names the API takes, in no order that means anything.
  package var ids: [String]
  /// How much it reads and writes there.
  package var window: ModelWindow
  /// What it costs there.
  package var price: Price
  /// Where the price was read.
  package var source: PriceSource

  /// The name to ask by: a dated one where there is one, because it stays the same model.
  package var id: String { ids.first { ModelName($0).date != nil } ?? ids[0] }
}

/// A model on Bedrock.
package struct BedrockOffer: Sendable, Hashable {
  /// The id of the model itself; `nil` when only profiles are known.
  package var foundationID: String?
  /// How much it reads and writes there; `nil` when the table does not say.
  package var window: ModelWindow?
  /// What it costs by its own id; `nil` when the table does not say.
  package var price: Price?
  /// The profiles by which it is asked across regions, each with its price.
  package var profiles: [Profile]
  /// Where the prices were read.
  package var source: PriceSource

  /// A way to ask a model in any region of a geography.
  package struct Profile: Sendable, Hashable {
    /// Where it may be asked.
    package var geography: Geography
    /// Its id.
    package var id: String
    /// What the model costs by it.
    package var price: Price
  }

  /// The profile for a geography.
  package func profile(_ geography: Geography) -> Profile? { profiles.first { $0.geography == geography } }
}

/// Where prices and names were read.
package enum PriceSource: Sendable, Hashable {
  /// The table made from a public price map.
  case table
  /// Added by hand, for models that the map no longer has.
  case hand

  /// The source for a person, with its date.
  package var description: String {
    switch self {
    case .table: "price table of 2026-11-24 (litellm 1.109.1)"
    case .hand: "price table of 2026-11-24 (list price of a retired model)"
    }
  }
}

// MARK: - How the tables of models are written down

extension ModelFamily {
  /// The model is, or was, at the Anthropic API.
  func api(_ ids: [String], _ window: ModelWindow, _ price: Price, source: PriceSource = .table) -> ModelFamily {
    var family = self
    family.api = APIOffer(ids: ids, window: window, price: price, source: source)
    return family
  }

  /// The model is on Bedrock, by profiles for these geographies; without a price of its own there, the API's counts.
  func bedrock(
    _ foundationID: String?, _ window: ModelWindow?, _ price: Price?, at: [Geography] = [], plus10: [Geography] = [],
    plus20: [Geography] = [], source: PriceSource = .table
  ) -> ModelFamily {
    var family = self
    family.bedrock = BedrockOffer(
      foundationID: foundationID, window: window, price: price, profiles: [], source: source)
    guard let base = price ?? api?.price else { return family }
    for (geographies, percent) in [(at, 0), (plus10, 10), (plus20, 20)] {
      for geography in geographies { family = family.profile(geography, base.plus(percent: percent)) }
    }
    return family
  }

  /// The model has one more profile on Bedrock, at a price that follows no rule.
  func profile(_ geography: Geography, _ price: Price) -> ModelFamily {
    var family = self
    let id = "\(geography.rawValue).\(bedrock?.foundationID ?? "anthropic.\(id)")"
    family.bedrock?.profiles.append(BedrockOffer.Profile(geography: geography, id: id, price: price))
    return family
  }

  /// What is added by hand to a model of the table: what the table has stays as it is.
  func completed(by hand: ModelFamily) -> ModelFamily {
    var family = self
    family.api = api ?? hand.api
    for profile in hand.bedrock?.profiles ?? [] where bedrock?.profile(profile.geography) == nil {
      family.bedrock?.profiles.append(profile)
    }
    return family
  }
}

func window(_ context: Int, _ output: Int) -> ModelWindow { ModelWindow(context: context, output: output) }
