package import Protocol

/// What a run or a session may use: money, tokens, time.
///
/// It is looked at before each call, so that no call is made that cannot stay within it. Money is counted in picodollars
/// (a millionth of a millionth of a dollar; a price of one dollar per million tokens is a million picodollars a token),
/// whole numbers all the way.
package struct Budget: Hashable, Sendable {
  /// Whose budget it is.
  package enum Scope: String, Hashable, Sendable {
    case run, session, day
  }

  /// Money, in picodollars.
  package var picodollars: Int?
  /// Tokens: all prompts, cached or not, and all answers.
  package var tokens: Int?
  /// Time, in milliseconds.
  package var wallMs: Int?

  /// A budget; what is `nil` is not limited.
  package init(picodollars: Int? = nil, tokens: Int? = nil, wallMs: Int? = nil) {
    self.picodollars = picodollars
    self.tokens = tokens
    self.wallMs = wallMs
  }

  /// A budget as a client writes it, with dollars as a number of any precision; parts of a picodollar are rounded down.
  ///
  /// - Throws: What is wrong, for a person: a member below zero, or one that is no number.
  package init(_ json: JSON) throws(Failure) {
    guard let object = json.object else { throw .invalidParams("budget must be an object; it is \(json.kindName)") }
    if let usd = object["usd"], !usd.isNull {
      guard case .number(let number) = usd, let amount = Picodollars.parse(number) else {
        throw .invalidParams("budget.usd must be a number of at least 0; it is \(usd.text)")
      }
      picodollars = amount
    }
    tokens = try Self.count(object["tokens"], "tokens")
    wallMs = try Self.count(object["wallMs"], "wallMs")
  }

  private static func count(_ json: JSON?, _ name: String) throws(Failure) -> Int? {
    guard let json, !json.isNull else { return nil }
    guard let value = json.int, value >= 0 else {
      throw .invalidParams("budget.\(name) must be a whole number of at least 0; it is \(json.text)")
    }
    return value
  }

  /// What has been used so far.
  package struct Spent: Hashable, Sendable {
    /// Money, in picodollars; `nil` when a call was made whose price is not known.
    package var picodollars: Int? = 0
    /// All tokens that count against a budget: what went in and what came out.
    package var tokens = 0
    /// Time, in milliseconds.
    package var wallMs = 0

    /// Nothing.
    package init() {}

    /// Adds a call; a cost of `nil` makes the sum unknown.
    package mutating func add(_ usage: Usage, picodollars cost: Int?) {
      tokens = tokens.plus(usage.all)
      picodollars = Picodollars.sum(picodollars, cost)
    }
  }

  /// What a token costs, in picodollars.
  package struct Rates: Hashable, Sendable {
    /// A prompt token.
    package var input: Int
    /// A prompt token read from the cache; that of a prompt token where no other is known.
    package var cacheRead: Int
    /// A token the model writes.
    package var output: Int

    /// Rates.
    package init(input: Int, cacheRead: Int?, output: Int) {
      self.input = input
      self.cacheRead = cacheRead ?? input
      self.output = output
    }
  }

  /// The call that is to be made.
  package struct NextCall: Hashable, Sendable {
    /// Its prompt's tokens.
    package var prompt: Int
    /// How many of them may come from the cache: those of the last call's prompt and answer.
    package var cached: Int
    /// The most tokens it asks for.
    package var maxTokens: Int
    /// The model, for a person.
    package var model: String
    /// What its tokens cost; `nil` when that is not known.
    package var rates: Rates?

    /// A call.
    package init(prompt: Int, cached: Int = 0, maxTokens: Int, model: String, rates: Rates?) {
      self.prompt = prompt
      self.cached = min(max(cached, 0), prompt)
      self.maxTokens = maxTokens
      self.model = model
      self.rates = rates
    }

    /// What it costs before the model has written anything.
    fileprivate func promptCost(_ rates: Rates) -> Int {
      cached.times(min(rates.cacheRead, rates.input)).plus((prompt - cached).times(rates.input))
    }
  }

  /// Whether a call may be made.
  package enum Verdict: Hashable, Sendable {
    /// Yes, with so many tokens for the answer: what it asks for, or what the budget leaves.
    case go(maxTokens: Int)
    /// No: the budget is used up, or the call would go beyond it before its first word.
    case stop(String)
  }
}

// MARK: - The check

extension Budget {
  /// Why a budget cannot be kept with a model; `nil` when it can.
  ///
  /// Said at the start, before anything is spent: a price that is not known never counts as zero.
  package func obstacle(model: String, rates: Rates?, scope: Scope) -> String? {
    guard picodollars != nil, rates == nil else { return nil }
    return "the \(scope.rawValue)'s budget is in dollars, and the price of '\(model)' is not known; "
      + "give it in tokens, or choose a model with a price (models/list)"
  }

  /// Whether a call may be made when so much has been used.
  ///
  /// The prompt counts as what it costs at least, and the answer as one token; what is left limits how long the answer may
  /// be. So the budget is kept but for an estimate's error.
  package func verdict(spent: Spent, next: NextCall, scope: Scope) -> Verdict {
    if let obstacle = obstacle(model: next.model, rates: next.rates, scope: scope) { return .stop(obstacle) }
    if let wallMs, spent.wallMs >= wallMs {
      return .stop("the \(scope.rawValue)'s budget of \(wallMs) ms is used up after \(spent.wallMs) ms\(Self.advice)")
    }
    var most = next.maxTokens
    if let tokens {
      let left = tokens.minus(spent.tokens).minus(next.prompt)
      guard left >= 1 else {
        return .stop(
          "the \(scope.rawValue)'s budget of \(tokens) tokens does not last: \(spent.tokens) are used, and the next prompt has "
            + "about \(next.prompt)\(Self.advice)")
      }
      most = min(most, left)
    }
    if let picodollars, let rates = next.rates {
      guard let used = spent.picodollars else {
        return .stop(
          "the \(scope.rawValue)'s budget is in dollars, and what it has used so far is not known: "
            + "a model without a price was asked\(Self.advice)")
      }
      let cost = next.promptCost(rates)
      let left = picodollars.minus(used).minus(cost)
      guard left >= max(rates.output, picodollars == 0 ? 1 : 0) else {
        return .stop(
          "the \(scope.rawValue)'s budget of \(Picodollars.text(picodollars)) does not last: \(Picodollars.text(used)) is "
            + "used, and the next call costs at least \(Picodollars.text(cost.plus(rates.output)))\(Self.advice)")
      }
      if rates.output > 0 { most = min(most, left / rates.output) }
    }
    return .go(maxTokens: most)
  }

  private static let advice = "; raise the budget, or start anew with less history"
}
