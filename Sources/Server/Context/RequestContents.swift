package import Protocol

/// What a request is made of, for a report of what fills the window.
package struct RequestContents: Sendable {
  /// The blocks of the API's `system`, the project's instructions left out.
  package var system: [JSON] = []
  /// The project's instructions, which stand in `system` too and are reported by themselves.
  package var instructions = ProjectInstructions()
  /// The tools' definitions, in the API's form.
  package var tools: [JSON] = []
  /// The past exchanges that the model sees.
  package var exchanges: [Exchange] = []
  /// The messages of the run that goes on.
  package var current: [JSON] = []

  /// An empty request.
  package init() {}
}

extension ContextReport {
  /// What fills the window of a model of that size.
  ///
  /// All of it is estimated; a calibration corrects it by what the API counted last. What the service `counted` of this very
  /// request is the whole, and only its parts are estimated.
  package init(
    _ contents: RequestContents, calibration: TokenCalibration? = nil, counted: Int? = nil, model: String, size: Int?
  ) {
    var history = TokenEstimate.Parts()
    var each: [Int] = []
    for exchange in contents.exchanges {
      let parts = Self.parts(of: exchange.messages)
      history += parts
      each.append(parts.total)
    }
    let current = Self.parts(of: contents.current)
    let instructions = contents.instructions.files.map { $0.path.utf8.count + $0.text.utf8.count }
    let estimates: [(Kind, Int)] = [
      (.system, TokenEstimate.system(contents.system)),
      (.instructions, instructions.reduce(0) { $0 + TokenEstimate.tokens(bytes: $1) }),
      (.tools, TokenEstimate.tools(contents.tools)), (.history, history.words), (.currentRun, current.words),
      (.images, history.images + current.images), (.toolResults, history.toolResults + current.toolResults),
    ]
    let estimate = estimates.reduce(0) { $0 + $1.1 }
    let used = counted ?? calibration?.corrected(estimate, model: model) ?? estimate
    // A count of nothing at all is held against the system prompt: what else could it be?
    let weights = estimate > 0 ? estimates.map(\.1) : estimates.map { $0.0 == .system ? 1 : 0 }
    let shares = Self.shares(of: used, weights: weights)
    var categories = zip(estimates, shares).map { Category(kind: $0.0, tokens: $1) }
    if let size { categories.append(Category(kind: .free, tokens: max(0, size - used))) }
    let rest = max(0, estimate - each.reduce(0, +))
    let portions = Self.shares(of: used, weights: each + [rest])
    self.init(
      used: used, size: size, isEstimated: counted == nil, categories: categories,
      exchanges: zip(contents.exchanges, portions).map { ExchangeTokens(runId: $0.runId, tokens: $1) })
  }

  private static func parts(of messages: [JSON]) -> TokenEstimate.Parts {
    messages.reduce(into: TokenEstimate.Parts()) { $0 += TokenEstimate.parts(of: $1) }
  }

  /// A whole divided by weights so that the shares add up to it: each ends where the sum of the weights so far ends.
  private static func shares(of whole: Int, weights: [Int]) -> [Int] {
    let sum = weights.reduce(0, +)
    guard sum > 0 else { return weights.map { _ in 0 } }
    var (weight, given) = (0, 0)
    return weights.map { share in
      weight += share
      let end = whole.multiplied(by: weight, over: sum)
      defer { given = end }
      return end - given
    }
  }
}
