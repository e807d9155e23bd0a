/// What a model takes and what it does when nothing is said: all in which models differ for whoever asks them.
///
/// Words are those of the Messages API. What a model does not take is refused with a 400, so nothing is sent that is not
/// here, unless a caller asks for it.
package struct ModelTraits: Sendable, Hashable {
  /// When a model may be made to use a tool (`tool_choice` of type `any` or `tool`).
  package enum ForcedToolChoice: Sendable, Hashable {
    case always, withoutManualThinking, never
  }

  /// What a model takes of `temperature`, `top_p` and `top_k`.
  package enum Sampling: Sendable, Hashable {
    case free
    /// The temperature or `top_p`, not both.
    case oneOfTwo
    /// Nothing but its defaults.
    case none
  }

  /// What `thinking.type` may be, of `adaptive`, `between_tools`, `disabled` and `enabled`; none where the member itself
  /// is refused.
  package var thinkingTypes: Set<String> = []
  /// What leaving `thinking` out means: `adaptive` or `disabled`; `nil` where a model never thinks, or nobody knows.
  package var thinkingDefault: String?
  /// What leaving `thinking.display` out means: `summarized` or `omitted`; `nil` where there is none.
  package var displayDefault: String?
  /// Whether thinking can be shown as notes between calls (`display` of `updates`).
  package var showsUpdates = false
  /// What `output_config.effort` may be, the least first; none where the member itself is refused.
  package var efforts: [String] = []
  /// What leaving the effort out means.
  package var defaultEffort: String?
  /// The highest effort with thinking `disabled` or `between_tools`; `nil` where there is no such bound.
  package var effortMaxWithoutThinking: String?
  /// When the use of a tool may be forced.
  package var forcedToolChoice = ForcedToolChoice.always
  /// Whether the conversation may end with a message of the assistant's.
  package var prefill = true
  /// What it takes of sampling.
  package var sampling = Sampling.free
  /// Tokens of a prompt's beginning below which the cache silently keeps nothing.
  package var cacheMinTokens = 1_024
  /// Whether marks for the cache are taken by the service whose name the model was asked by.
  package var caching = true
  /// Whether Bedrock takes marks for the cache with it.
  package var cachesOnBedrock = true
  /// Whether messages of the role `system` may stand in a conversation, at the API.
  package var systemMessagesAtAPI = false
  /// The same on Bedrock.
  package var systemMessagesOnBedrock = false
  /// Whether its thinking is bound to all that stood before it: what was sent once may not be changed.
  package var sealsThinking = false
  /// The models whose thinking it reads, by our ids, `older` for all before them; `nil` where no rule is published.
  package var readsThinkingOf: [String]?
  /// Those of which it reads thinking at the API only.
  package var readsAtAPIOnly: [String] = []
  /// Whether the service can make it keep to a schema, in answers and in calls of tools.
  package var structuredOutputs = false
  /// Whether the service loads tools for it as they are found (`defer_loading`, `tool_reference`).
  package var loadsFoundTools = false
  /// Whether it can look at images.
  package var vision = true
  /// The day from which it is gone from the API, as `2026-11-30`; `nil` when none is set.
  package var retiresAtAPI: String?
  /// The same for Bedrock.
  package var retiresOnBedrock: String?

  /// Whether messages of the role `system` may stand in a conversation.
  package func takesSystemMessages(onBedrock: Bool) -> Bool {
    onBedrock ? systemMessagesOnBedrock : systemMessagesAtAPI
  }

  /// The day from which the service no longer has it, as `2026-11-30`; `nil` when none is set.
  package func retires(onBedrock: Bool) -> String? { onBedrock ? retiresOnBedrock : retiresAtAPI }

  /// Whether it reads what a model thought; that of others is left out by the service, without a word.
  ///
  /// `writer` and `reader` are names of any sort.
  package static func reads(_ writer: String, by reader: String, onBedrock: Bool) -> Bool {
    guard let one = ModelCatalog.find(reader)?.family, let other = ModelCatalog.find(writer)?.family else {
      return false
    }
    if one == other { return true }
    guard let readable = knownTraits[one.id]?.readsThinkingOf else { return false }
    if readable.contains(other.id) { return true }
    if knownTraits[one.id]?.readsAtAPIOnly.contains(other.id) == true { return !onBedrock }
    // "Older" is said of what came before the fives, among which readers differ.
    return readable.contains("older") && other.version.lexicographicallyPrecedes([5])
  }
}

// MARK: - Names that no table has

extension ModelTraits {
  /// What is assumed of a model that is newer than all known ones: what the newest have in common.
  static let ofNewer = sealed

  /// What is assumed of a name that says nothing: nothing is sent that was not asked for, and all of that is.
  static let ofUnknown = ModelTraits().with {
    $0.thinkingTypes = ["adaptive", "between_tools", "disabled", "enabled"]
    $0.efforts = allEfforts
    $0.prefill = false
    $0.sealsThinking = true
  }
}

extension ModelCatalog {
  /// What a model takes, by any of its names.
  ///
  /// An unknown version of a known line is taken for the newest known one below it, and from 5.1 on for one that takes
  /// what all of those take (their rules have not been relaxed since). Of a name that says no version nothing is known.
  package static func traits(of text: String) -> ModelTraits {
    let name = ModelName(text)
    var traits = ModelTraits.ofUnknown
    if let family = find(text)?.family ?? nearest(name) {
      traits = knownTraits[family.id] ?? .ofUnknown
    } else if isNewerThanKnown(name) {
      traits = .ofNewer
      traits.systemMessagesOnBedrock = name.date == nil
    }
    traits.caching = traits.caching && (traits.cachesOnBedrock || !name.isBedrock)
    return traits
  }

  /// How much a model reads and writes, by any of its names, with the longer window if the name asks for it.
  ///
  /// It is `nil` when that is not known. Unknown versions are treated as in `traits(of:)`.
  package static func window(of text: String, onBedrock: Bool) -> ModelWindow? {
    if let entry = find(text) { return entry.window(onBedrock: onBedrock) }
    let name = ModelName(text)
    if isNewerThanKnown(name) { return ModelWindow(context: ModelLimits.longWindow, output: ModelLimits.newestOutput) }
    return nearest(name).flatMap { CatalogEntry(family: $0, name: name).window(onBedrock: onBedrock) }
  }

  /// The newest known model of an unknown name's line that is not newer than it.
  private static func nearest(_ name: ModelName) -> ModelFamily? {
    guard let line = name.line, let version = release(name), !isNewerThanKnown(name) else { return nil }
    return families.last { $0.line == line && !version.lexicographicallyPrecedes($0.version) }
  }

  /// Whether a name says a version since which all models take the same.
  private static func isNewerThanKnown(_ name: ModelName) -> Bool {
    release(name).map { !$0.lexicographicallyPrecedes([5, 1]) } ?? false
  }

  /// The version in a name that is built as those of today's models are: `claude-<line>-<major>[-<minor>]`.
  private static func release(_ name: ModelName) -> [Int]? {
    let pieces = name.base.split(separator: "-", omittingEmptySubsequences: false)
    guard 3...4 ~= pieces.count, pieces[0] == "claude", !pieces[1].isEmpty, pieces[1].allSatisfy(\.isLetter) else {
      return nil
    }
    let numbers = pieces.dropFirst(2).map { 1...3 ~= $0.utf8.count ? Int($0) : nil }
    return numbers.contains(nil) ? nil : numbers.compactMap(\.self)
  }
}
