/// The limits of names, lists and regions of models, each with its reason.
package enum ModelLimits {
  /// Characters quoted of a name that is wrong: what fits a line.
  package static let quotedMax = 80
  /// Bytes of a name that is compared with known ones for a typing error: the longest known name has under 60, and the
  /// comparison takes time with the square of the length.
  package static let comparedMax = 100
  /// Tokens of one kind in one call: a million times what any window holds; more is a broken count.
  package static let tokensMax = 1_000_000_000_000
  /// Tokens of the window that the suffix `[1m]` asks for.
  package static let longWindow = 1_000_000
  /// Tokens of an answer of all models from 5.1 on.
  package static let newestOutput = 128_000
  /// Models asked for a page of a list: the most that both services give.
  package static let pageSize = 1_000
  /// Pages read of one list: ten thousand models, more than there will be; more means a server that goes in circles.
  package static let pagesMax = 10
  /// Names and regions for which is remembered what is asked instead of what was refused: clients choose both, and a
  /// forgotten one costs one refused call.
  package static let replacementsMax = 256
  /// Regions and addresses whose clients are kept: clients choose them by a model's ARN, and a new one costs nothing but
  /// what it had learned of the server's clock.
  package static let clientsMax = 64
  /// Milliseconds to wait for what an ARN of one's own stands for: a control plane that cannot be reached must not hold
  /// up the first question, which needs no answer to it.
  package static let profileWaitMax = 3_000
  /// Regions tried in turn for one call: beyond it a person waits for too long.
  package static let regionsMax = 16
}
