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
  /// Whether `used` is an estimate; false when the service counted this very request.
  package var isEstimated: Bool
  /// Every category, also those without tokens; `free` only where the window is known.
  package var categories: [Category]
  /// The past exchanges that the model sees, the oldest first.
  package var exchanges: [ExchangeTokens]

  /// What fills a window.
  package init(
    used: Int, size: Int?, isEstimated: Bool, categories: [Category], exchanges: [ExchangeTokens]
  ) {
    self.used = used
    self.size = size
    self.isEstimated = isEstimated
    self.categories = categories
    self.exchanges = exchanges
  }

  /// The tokens of a category.
  package subscript(kind: Kind) -> Int? { categories.first { $0.kind == kind }?.tokens }
}
