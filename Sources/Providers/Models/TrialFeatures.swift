/// The features in trial that Bedrock takes with a model: one that it does not know costs the whole request.
///
/// Source: AWS's pages of the Messages API's parameters and of each model, and refusals that users reported, as of November
/// 2026.
package enum TrialFeatures {
  /// The feature by which thinking is shown as updates.
  static let updates = "thinking-display-updates-2026-08-18"
  /// The feature by which it is said what becomes of thinking that is sealed elsewhere.
  static let binding = "thinking-binding-controls-2026-08-01"
  /// The feature by which Bedrock loads tools as they are found; the API has that without one.
  static let foundTools = "tool-search-tool-2025-10-19"

  /// Whether a request to a model on Bedrock may name a feature.
  ///
  /// Of a name that says nothing of its model nobody knows: all may be named then. So may a feature that is not known, as a
  /// person named it; what is refused is learned.
  package static func isTaken(_ name: String, by model: String) -> Bool {
    let entry = ModelCatalog.find(model)
    let ours = entry?.family.version ?? ModelName(model).version
    guard entry != nil || ours.first.map({ $0 < 100 }) == true && ModelName(model).line != nil else { return true }
    let traits = ModelCatalog.traits(of: model)
    func isSince(_ version: Int...) -> Bool { !ours.lexicographicallyPrecedes(version) }
    switch name {
    case LongWindow.beta, "fine-grained-tool-streaming-2025-05-14": return isSince(4)
    case "interleaved-thinking-2025-05-14", "dev-full-thinking-2025-05-14":
      return isSince(4) && (traits.thinkingTypes.contains("enabled") || entry?.family.id == "claude-opus-4-7")
    case "output-128k-2025-02-19", "token-efficient-tools-2025-02-19": return ours == [3, 7]
    case "computer-use-2025-01-24": return isSince(3, 7) && !isSince(4, 6)
    case "computer-use-2025-11-24", "tool-examples-2025-10-29": return isSince(4, 5)
    case foundTools: return traits.loadsFoundTools
    case "context-management-2025-06-27": return isSince(4)
    case "compact-2026-01-12": return isSince(4, 6)
    case "effort-2025-11-24": return !traits.efforts.isEmpty
    case binding: return traits.thinkingTypes.contains("adaptive")
    case updates: return traits.showsUpdates
    case "mid-conversation-system-clear-at-2026-08-21": return traits.systemMessagesOnBedrock
    case "mid-conversation-output-config-2026-07-01": return entry.map { turnEfforts.contains($0.family.id) } ?? true
    default: return !elsewhere.contains { name.hasPrefix($0) }
    }
  }

  /// The beginnings of names of what only the Anthropic API has.
  private static let elsewhere = [
    "advisor-", "claude-code-", "code-execution-", "compact-2026-09-04", "extended-cache-ttl-", "fast-mode-",
    "files-api-", "mcp-client-", "message-batches-", "oauth-", "prompt-caching-", "skills-", "structured-outputs-",
    "token-counting-", "web-fetch-", "web-search-",
  ]

  /// The models that take an effort from one turn on.
  private static let turnEfforts: Set = [
    "claude-fable-5-1", "claude-fable-5-2", "claude-mythos-5-2", "claude-opus-5-5",
  ]
}
