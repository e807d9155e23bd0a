/// How the tables of models are written down.
extension ModelFamily {
  /// The model is at the Anthropic API; all models that the table has there think and see.
  func api(
    _ ids: [String], _ window: ModelWindow, _ price: Price, thinking: Bool? = true, vision: Bool? = true,
    endsOn: String? = nil, source: PriceSource = .table
  ) -> ModelFamily {
    var family = self
    family.api = APIOffer(ids: ids, window: window, price: price, source: source)
    family.thinking = thinking
    family.vision = vision
    family.endsOn = endsOn
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
    family.thinking = thinking ?? hand.thinking
    family.vision = vision ?? hand.vision
    for profile in hand.bedrock?.profiles ?? [] where bedrock?.profile(profile.geography) == nil {
      family.bedrock?.profiles.append(profile)
    }
    return family
  }
}

func window(_ context: Int, _ output: Int) -> ModelWindow { ModelWindow(context: context, output: output) }
