internal import Synchronization

/// Which features in trial a request to Bedrock may name: one that it does not know costs the whole request.
///
/// What belongs to services that Bedrock has not is never sent there. Whether a model takes one of the others is known
/// where the request is made, or learned when it is refused (``KnownCures``).
final class BedrockBetas: Sendable {
  /// Those that were told of: once is enough.
  private let told = Mutex<Set<String>>([])

  /// The names that may be sent, and a notice of those that are left out for the first time.
  func taken(of betas: [String]) -> (names: [String], notice: String?) {
    let refused = betas.filter(Self.isRefused)
    guard !refused.isEmpty else { return (betas, nil) }
    let new = told.withLock { told in refused.filter { told.insert($0).inserted } }
    let notice = "Bedrock has no such features in trial, so they are not asked for: \(new.joined(separator: ", "))"
    return (betas.filter { !Self.isRefused($0) }, new.isEmpty ? nil : notice)
  }

  private static func isRefused(_ beta: String) -> Bool { elsewhere.contains { beta.hasPrefix($0) } }

  /// The beginnings of names of what only the Anthropic API has.
  private static let elsewhere = [
    "advisor-", "claude-code-", "code-execution-", "compact-2026-09-04", "extended-cache-ttl-", "fast-mode-",
    "files-api-",
    "mcp-client-", "message-batches-", "oauth-", "prompt-caching-", "skills-", "structured-outputs-", "token-counting-",
    "web-fetch-", "web-search-",
  ]
}
