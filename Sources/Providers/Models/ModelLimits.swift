/// The limits of names, lists and regions of models, each with its reason.
package enum ModelLimits {
  /// Characters quoted of a name that is wrong: what fits a line.
  package static let quotedMax = 80
  /// Bytes of a name that is compared with known ones for a typing error: the longest known name has under 60, and the
  /// comparison takes time with the square of the length.
  package static let comparedMax = 100
  /// Tokens of prompt above which some models cost more.
  package static let shortPromptMax = 200_000
  /// Tokens of one kind in one call: a million times what any window holds; more is a broken count.
  package static let tokensMax = 1_000_000_000_000
  /// Tokens of the window that the suffix `[1m]` asks for.
  package static let longWindow = 1_000_000
  /// Models asked for a page of a list: the most that both services give.
  package static let pageSize = 1_000
  /// Pages read of one list: ten thousand models, more than there will be; more means a server that goes in circles.
  package static let pagesMax = 10
  /// Regions tried in turn for one call: beyond it a person waits for too long.
  package static let regionsMax = 16
}
