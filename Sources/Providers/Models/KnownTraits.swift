/// What each known model takes, by our id of it: documented in the vendors' pages of November 2026.
///
/// One model a row, oldest first; a test compares each value with the file that the table was made from.
let knownTraits: [String: ModelTraits] = [
  "claude": ModelTraits().with { ($0.caching, $0.vision) = (false, false) }.gone("2025-07-21", nil),
  "claude-instant": ModelTraits().with { ($0.caching, $0.vision) = (false, false) }.gone("2024-11-06", nil),
  "claude-3-haiku": ModelTraits().with { ($0.cacheMinTokens, $0.cachesOnBedrock) = (2_048, false) }
    .gone("2026-04-20", "2026-09-10"),
  "claude-3-sonnet": ModelTraits().with { $0.caching = false }.gone("2025-07-21", nil),
  "claude-3-opus": ModelTraits().with { $0.cachesOnBedrock = false }.gone("2026-01-05", "2026-01-15"),
  "claude-3-5-sonnet-20240620": ModelTraits().with { $0.cachesOnBedrock = false }.gone("2025-10-28", nil),
  "claude-3-5-sonnet": ModelTraits().gone("2025-10-28", nil),
  "claude-3-5-haiku": ModelTraits().with { $0.cacheMinTokens = 2_048 }.gone("2026-02-19", "2026-06-19"),
  "claude-3-7-sonnet": .manual.gone("2026-02-19", "2026-04-28"),
  "claude-sonnet-4": .manual.gone("2026-06-15", "2026-10-14"),
  "claude-opus-4": .manual.gone("2026-06-15", "2026-05-31"),
  "claude-opus-4-1": .manual.gone("2026-08-05", "2027-01-08"),
  "claude-sonnet-4-5": .manualWithSchemas.gone("2026-11-30", "2027-04-08"),
  "claude-haiku-4-5": .manualWithSchemas.with { $0.cacheMinTokens = 4_096 },
  "claude-opus-4-5": .manualWithSchemas.with {
    ($0.efforts, $0.defaultEffort, $0.cacheMinTokens) = (["low", "medium", "high"], "high", 4_096)
  }.gone("2027-01-22", nil),
  "claude-mythos-preview": .manualOrAdaptive.with {
    $0.thinkingTypes.remove("disabled")
    $0.loadsFoundTools = false
    ($0.thinkingDefault, $0.sampling, $0.cacheMinTokens) = ("adaptive", .none, 2_048)
  },
  "claude-opus-4-6": .manualOrAdaptive.with { $0.cacheMinTokens = 4_096 },
  "claude-sonnet-4-6": .manualOrAdaptive,
  "claude-opus-4-7": .adaptiveOrOff.with { $0.cacheMinTokens = 2_048 },
  "claude-opus-4-8": .adaptiveOrOff.withSystemMessages,
  "claude-sonnet-5": .adaptiveOrOff.with { $0.thinkingDefault = "adaptive" },
  "claude-opus-5": .adaptiveOrOff.withSystemMessages.with {
    ($0.thinkingDefault, $0.effortMaxWithoutThinking, $0.cacheMinTokens) = ("adaptive", "high", 512)
  },
  "claude-fable-5": .adaptive.with { $0.showsUpdates = true },
  "claude-mythos-5": .adaptive.with { $0.systemMessagesOnBedrock = false },
  "claude-fable-5-1": .sealed.with { $0.showsUpdates = true }.reading(readByFive1, atAPI: ["claude-opus-5-5"]),
  "claude-mythos-5-1": .sealed.with { ($0.showsUpdates, $0.systemMessagesOnBedrock) = (true, false) }
    .reading(readByFive1, atAPI: ["claude-opus-5-5"]),
  "claude-haiku-5-5": .sealed.with {
    ($0.thinkingTypes, $0.effortMaxWithoutThinking) = (["adaptive", "disabled"], "high")
    ($0.defaultEffort, $0.forcedToolChoice) = ("medium", .always)
  }.reading(["claude-haiku-5-5", "claude-sonnet-5", "claude-opus-4-8", "claude-haiku-4-5", "older"]),
  "claude-sonnet-5-5": .sealed.with {
    ($0.thinkingTypes, $0.effortMaxWithoutThinking) = (["adaptive", "between_tools"], "high")
    $0.showsUpdates = true
  }.reading(
    ["claude-sonnet-5-5", "claude-sonnet-5", "claude-opus-4-8", "claude-haiku-4-5", "older"],
    atAPI: ["claude-haiku-5-5"]),
  "claude-opus-5-5": .sealed.with { ($0.showsUpdates, $0.defaultEffort) = (true, "medium") }.reading(
    ["claude-opus-5-5", "claude-opus-5", "claude-opus-4-8", "older"],
    atAPI: ["claude-sonnet-5-5", "claude-haiku-5-5"]),
  "claude-fable-5-2": .sealed.with { $0.showsUpdates = true }.reading(readByFive2),
  "claude-mythos-5-2": .sealed.with { ($0.showsUpdates, $0.systemMessagesOnBedrock) = (true, false) }
    .reading(readByFive2),
]

private let readByFive1 = [
  "claude-fable-5-1", "claude-mythos-5-1", "claude-opus-5", "claude-fable-5", "claude-mythos-5", "claude-opus-4-8",
  "older",
]

private let readByFive2 = [
  "claude-fable-5-2", "claude-mythos-5-2", "claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5",
  "claude-fable-5-1", "claude-mythos-5-1", "claude-opus-5", "claude-fable-5", "claude-mythos-5", "older",
]

// MARK: - What generations have in common

extension ModelTraits {
  /// All efforts that there are.
  static let allEfforts = ["low", "medium", "high", "xhigh", "max"]

  /// From 3.7 to 4.5: thinks only when told to, with a budget.
  fileprivate static let manual = ModelTraits().with {
    ($0.thinkingTypes, $0.thinkingDefault, $0.displayDefault) = (["enabled", "disabled"], "disabled", "summarized")
    $0.forcedToolChoice = .withoutManualThinking
  }

  /// 4.5: keeps to schemas, and gets to know tools as it finds them.
  fileprivate static let manualWithSchemas = manual.with {
    ($0.sampling, $0.structuredOutputs, $0.loadsFoundTools) = (.oneOfTwo, true, true)
  }

  /// 4.6: may also decide by itself how long to think.
  fileprivate static let manualOrAdaptive = manualWithSchemas.with {
    $0.thinkingTypes = ["adaptive", "enabled", "disabled"]
    ($0.efforts, $0.defaultEffort) = (["low", "medium", "high", "max"], "high")
    $0.prefill = false
  }

  /// From 4.7 on there are no budgets.
  fileprivate static let adaptiveOrOff = ModelTraits().with {
    ($0.thinkingTypes, $0.thinkingDefault, $0.displayDefault) = (["adaptive", "disabled"], "disabled", "omitted")
    ($0.efforts, $0.defaultEffort) = (allEfforts, "high")
    ($0.prefill, $0.sampling, $0.structuredOutputs, $0.loadsFoundTools) = (false, .none, true, true)
  }

  /// Always thinks.
  fileprivate static let adaptive = adaptiveOrOff.withSystemMessages.with {
    ($0.thinkingTypes, $0.thinkingDefault, $0.cacheMinTokens) = (["adaptive"], "adaptive", 512)
  }

  /// From 5.1 on: thinking is sealed, and tools are never forced.
  static let sealed = adaptive.with { ($0.sealsThinking, $0.forcedToolChoice) = (true, .never) }

  fileprivate var withSystemMessages: ModelTraits {
    with { ($0.systemMessagesAtAPI, $0.systemMessagesOnBedrock) = (true, true) }
  }

  /// The same but for some of it.
  func with(_ change: (inout ModelTraits) -> Void) -> ModelTraits {
    var traits = self
    change(&traits)
    return traits
  }

  /// The days from which it is gone.
  fileprivate func gone(_ api: String?, _ bedrock: String?) -> ModelTraits {
    with { ($0.retiresAtAPI, $0.retiresOnBedrock) = (api, bedrock) }
  }

  fileprivate func reading(_ others: [String], atAPI: [String] = []) -> ModelTraits {
    with { ($0.readsThinkingOf, $0.readsAtAPIOnly) = (others, atAPI) }
  }
}
