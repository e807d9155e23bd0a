package import Protocol

/// What fills a model's window, by category, in tokens.
///
/// The categories without `free` add up to `used`, whatever was estimated and whatever the API counted.
package struct ContextReport: Codable, Hashable, Sendable {
  /// What tokens are for.
  package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    /// The system prompt, the caller's `system` included.
    case system
    /// The project's instructions.
    case instructions
    /// The definitions of tools.
    case tools
    /// What was said in past exchanges, less images and tool results.
    case history
    /// What was said in the run that goes on, less images and tool results.
    case currentRun
    /// Images and documents.
    case images
    /// What tools gave.
    case toolResults
    /// What is left of the window.
    case free
  }

  /// The tokens of one category.
  package struct Category: Codable, Hashable, Sendable {
    /// What they are for.
    package var kind: Kind
    /// How many.
    package var tokens: Int

    /// A category.
    package init(kind: Kind, tokens: Int) {
      self.kind = kind
      self.tokens = tokens
    }
  }

  /// The tokens of one past exchange that the model sees, its images and tool results included.
  package struct ExchangeTokens: Codable, Hashable, Sendable {
    /// The run it was.
    package var runId: String
    /// How many.
    package var tokens: Int

    /// An exchange.
    package init(runId: String, tokens: Int) {
      self.runId = runId
      self.tokens = tokens
    }
  }

  /// The tokens of the next request as it stands.
  package var used: Int
  /// The model's window; absent when it is not known.
  package var size: Int?
  /// Whether `used` is an estimate; false when the API counted this very request.
  package var isEstimated: Bool
  /// Every category, also those without tokens; `free` only where the window is known.
  package var categories: [Category]
  /// The past exchanges that the model sees, the oldest first.
  package var exchanges: [ExchangeTokens]

  /// What a request is made of.
  package struct Contents: Sendable {
    /// The blocks of the API's `system`, the project's instructions left out.
    package var system: [JSON] = []
    /// The project's instructions.
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

  /// What fills the window of a model of that size; `counted` is the API's own count of this request, if there is one.
  package init(_ contents: Contents, counted: Int?, calibration: TokenCalibration? = nil, model: String, size: Int?) {
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
    self.used = used
    self.size = size
    isEstimated = counted == nil
    categories = zip(estimates, shares).map { Category(kind: $0.0, tokens: $1) }
    if let size { categories.append(Category(kind: .free, tokens: max(0, size - used))) }
    let rest = max(0, estimate - each.reduce(0, +))
    let portions = Self.shares(of: used, weights: each + [rest])
    exchanges = zip(contents.exchanges, portions).map { ExchangeTokens(runId: $0.runId, tokens: $1) }
  }

  /// The tokens of a category.
  package subscript(kind: Kind) -> Int? { categories.first { $0.kind == kind }?.tokens }

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
