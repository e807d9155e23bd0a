internal import Protocol

/// The models that are known, and how to find one by any of its names.
///
/// It enriches: a name that is not here may well exist. Nothing is refused because of it.
package enum ModelCatalog {
  /// All known models, oldest first as far as versions tell.
  package static let families: [ModelFamily] = {
    let byHand = Dictionary(uniqueKeysWithValues: retiredModels.map { ($0.id, $0) })
    let completed = priceMapModels.map { family in byHand[family.id].map { family.completed(by: $0) } ?? family }
    let known = Set(completed.map(\.id))
    return (retiredModels.filter { !known.contains($0.id) } + completed)
      .sorted { $0.version.lexicographicallyPrecedes($1.version) }
  }()

  /// The model that a name means, whoever's name it is; `nil` when it is not known.
  ///
  /// Understood are the API's ids and aliases, `sonnet`, `opus` and so on (the newest of that line), Bedrock's ids with
  /// any geography and with or without `-v1:0`, and ARNs of models and of AWS's own profiles. The ARN of an application
  /// profile says nothing of its model.
  package static func find(_ text: String) -> CatalogEntry? {
    let name = ModelName(text)
    if let line = alias(name) { return newest(line).map { CatalogEntry(family: $0, name: name) } }
    return index[name.dated].map { CatalogEntry(family: $0, name: name) }
  }

  /// The model of that id of ours, like `claude-sonnet-4-5`.
  package static func family(_ id: String) -> ModelFamily? { families.first { $0.id == id } }

  /// The newest model of a line.
  package static func newest(_ line: ModelLine) -> ModelFamily? { families.last { $0.line == line } }

  /// The line that a name means when it is nothing but that: `sonnet`, in any case.
  package static func alias(_ name: ModelName) -> ModelLine? {
    ModelLine(rawValue: name.bare.lowercased())
  }

  /// A known name of which the given one is a typing error; `nil` when none is near, or the name is known.
  package static func suggestion(for text: String) -> String? {
    let name = ModelName(text).bare.lowercased()
    guard name.utf8.count <= ModelLimits.comparedMax, !suggested.contains(name) else { return nil }
    let near = suggested.map { (name: $0, errors: EditDistance.between(name, $0)) }
    // A short name has few letters to recognize it by: one error in four letters, and then no more.
    let allowed = min(TextLimits.typingErrorsMax, name.utf8.count / 4)
    return near.filter { $0.errors <= allowed }.min { $0.errors < $1.errors }?.name
  }

  /// Names that people write.
  private static let suggested: [String] =
    ModelLine.allCases.map(\.rawValue)
    + families.reversed().filter { $0.line != nil }.flatMap { [$0.id] + ($0.api?.ids ?? []) }

  /// Models by every name without geography and version suffix.
  private static let index: [String: ModelFamily] = {
    var index: [String: ModelFamily] = [:]
    for family in families {
      let names = (family.api?.ids ?? []) + [family.bedrock?.foundationID].compactMap(\.self)
      for name in names where index[ModelName(name).dated] == nil { index[ModelName(name).dated] = family }
    }
    // A model's own id comes before another model's name that looks like it; `claude` alone says too little.
    for family in families where family.line != nil { index[family.id] = family }
    return index
  }()
}

/// A model found by a name, and what that name says beyond the model.
package struct CatalogEntry: Sendable, Hashable {
  package let family: ModelFamily
  /// The geography in a Bedrock id, known to us or not.
  package let geography: String?
  /// Whether the name asked for the window of a million tokens (`[1m]`).
  package let wantsLongWindow: Bool

  init(family: ModelFamily, name: ModelName) {
    self.family = family
    geography = name.geography
    wantsLongWindow = name.wantsLongWindow
  }

  /// How much the model reads and writes on Bedrock or else at the API, with the long window if that was asked for.
  package func window(onBedrock: Bool) -> ModelWindow? {
    let (first, second) = (family.api?.window, family.bedrock?.window)
    guard var window = onBedrock ? second ?? first : first ?? second else { return nil }
    if wantsLongWindow { window.context = max(window.context, ModelLimits.longWindow) }
    return window
  }

  /// The features in trial that must be named with a request, so that it gets the window asked for.
  package func betas(onBedrock: Bool) -> [String] {
    let window = onBedrock ? family.bedrock?.window ?? family.api?.window : family.api?.window
    let isLong = (window?.context ?? 0) >= ModelLimits.longWindow
    return wantsLongWindow && !isLong ? [LongWindow.beta] : []
  }
}

/// The window of a million tokens of models that usually have a smaller one.
package enum LongWindow {
  /// The name under which it is asked for.
  package static let beta = "context-1m-2025-08-07"
}
