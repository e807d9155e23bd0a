/// Which Bedrock id is asked when a person names a model.
///
/// In this order: what the user said a name means; ids of Bedrock, which are never touched; six names of old, which are
/// fixed by contract even where they name an older model; the lines, which mean their newest model; known models, by the
/// inference profile that fits the region; the line that an unknown name mentions; and at last the name as it is. Whenever another model
/// is asked than was named, or the name is not known, the choice carries a notice.
package struct BedrockModelNames: Sendable {
  private let region: Region
  private let overrides: ModelOverrides

  /// Names for a region.
  package init(region: Region, overrides: ModelOverrides) {
    self.region = region
    self.overrides = overrides
  }

  /// The id to ask for a name.
  package func resolve(_ asked: String) -> ModelChoice {
    let name = ModelName(asked)
    if let other = overrides.override(of: name, asked: asked) {
      return said(other, for: asked, but: overrides.withoutNames)
    }
    if name.isBedrock { return ModelChoice(asIs: asked, onBedrock: true) }
    if let fixed = ModelNameOfOld(name) {
      if fixed.isLatest, let other = overrides.meaning(of: fixed.line, longWindow: name.wantsLongWindow) {
        return said(other, for: asked, but: .none)
      }
      var choice = noticed(ours(fixed.bedrockID, for: name, asked), asked: ModelCatalog.find(name.bare)?.family.id)
      choice.mayBeAnother = true
      return choice
    }
    if let line = ModelCatalog.alias(name) {
      if let other = overrides.meaning(of: line, longWindow: name.wantsLongWindow) {
        return said(other, for: asked, but: .none)
      }
      return newest(line, for: name, asked)
    }
    if let entry = ModelCatalog.find(name.bare), let id = Self.ids(of: entry.family, in: region).first {
      return noticed(ours(id, for: name, asked), asked: entry.family.id)
    }
    if let line = ModelLine.mentioned(in: name.bare) { return mentioning(line, name, asked) }
    var choice = ModelChoice(asIs: asked, onBedrock: true)
    choice.notice = ModelChoice.unknownNotice(name)
    return choice
  }

  /// The next choice after a provider refused one, to be tried once; `nil` when there is none, or the user chose the id.
  ///
  /// It is the model that was asked for by the profile that fits the region, or by its next one; of a name of old whose
  /// model is gone (`isGone`), what is recommended in its place, and when that is gone too the newest of the line.
  package func next(after refused: ModelChoice, isGone: Bool) -> ModelChoice? {
    guard refused.chosenByUs, let asked = refused.familyAsked else { return nil }
    if isGone, let old = ModelNameOfOld(ModelName(refused.asked)) {
      let name = ModelName(refused.asked)
      var choice = newest(old.line, for: name, refused.asked)
      if refused.id == old.bedrockID, let id = old.replacement.flatMap(profile) {
        choice = ours(id, for: name, refused.asked)
        choice.familyAsked = old.replacement?.id
        choice.mayBeAnother = true
      }
      guard choice.id != refused.id else { return nil }
      choice.notice = "'\(refused.id)' was refused, so \(Self.shown(choice)) is asked instead"
      return choice
    }
    guard let id = Self.profile(for: asked, in: region, refused: refused.id) else { return nil }
    var choice = ours(id, for: ModelName(refused.asked), refused.asked)
    choice.familyAsked = asked
    choice.mayBeAnother = refused.mayBeAnother
    choice.notice = "'\(refused.id)' was refused, so \(Self.shown(choice)) is asked instead"
    return choice
  }

  /// The newest model of a line that has a profile for the region, or else the newest of all.
  private func newest(_ line: ModelLine, for name: ModelName, _ asked: String) -> ModelChoice {
    let families = ModelCatalog.families.reversed().filter { $0.line == line && $0.bedrock != nil }
    let id =
      families.lazy.compactMap(profile).first ?? families.first.flatMap { Self.ids(of: $0, in: region).first }
      ?? name.bare
    var choice = ours(id, for: name, asked)
    choice.familyAsked = line.rawValue
    choice.mayBeAnother = true
    return choice
  }

  /// A model's best profile for the region; `nil` when it has none there.
  private func profile(of family: ModelFamily) -> String? {
    Geography.preferred(in: region, modelVersion: family.version).lazy.compactMap { family.bedrock?.profile($0)?.id }
      .first
  }

  /// The id to try when one was refused, for a model by our id of it, or for the newest of a line; `nil` for none.
  package static func profile(for asked: String, in region: Region, refused: String) -> String? {
    let families =
      ModelLine(rawValue: asked).map { line in ModelCatalog.families.reversed().filter { $0.line == line } }
      ?? [ModelCatalog.family(asked)].compactMap(\.self)
    return families.lazy.flatMap { ids(of: $0, in: region) }.first { $0 != refused }
  }

  /// A model's ids in a region, the best first: profiles of the geography, the global one, its own id.
  static func ids(of family: ModelFamily, in region: Region) -> [String] {
    guard let offer = family.bedrock else { return [] }
    let profiles = Geography.preferred(in: region, modelVersion: family.version).compactMap { offer.profile($0)?.id }
    // Where the table has no id of the model's own, it is made as those of all recent models are.
    return profiles + [offer.foundationID ?? "anthropic.\(family.id)"]
  }

  // MARK: Choices

  /// What the user said a name means: a known name is mapped like any other, all else is the user's own choice.
  private func said(_ other: String, for asked: String, but rest: ModelOverrides) -> ModelChoice {
    let name = ModelName(other)
    let isKnown = ModelNameOfOld(name) != nil || ModelCatalog.find(name.bare) != nil
    var choice =
      isKnown && !name.isBedrock
      ? BedrockModelNames(region: region, overrides: rest).resolve(other) : ModelChoice(asIs: other, onBedrock: true)
    choice.asked = asked
    let model = ModelName(asked)
    if choice.isOpaque, ModelCatalog.alias(model) == nil, let family = ModelCatalog.find(model.bare)?.family {
      // Whoever gives an ARN the name of a model says which model it is.
      return choice.meaning(family.bedrock?.foundationID ?? family.id, onBedrock: true)
    }
    if choice.notice == nil { choice.notice = ModelChoice.otherNotice(asked, choice) }
    return choice
  }

  /// An unknown name that mentions a line, as `claude-sonnet-next`.
  private func mentioning(_ line: ModelLine, _ name: ModelName, _ asked: String) -> ModelChoice {
    var choice =
      overrides.meaning(of: line, longWindow: name.wantsLongWindow).map { said($0, for: asked, but: .none) }
      ?? newest(line, for: name, asked)
    choice.familyAsked = line.rawValue
    let meant = ModelCatalog.suggestion(for: name.bare).map { "; did you mean '\($0)'?" } ?? ""
    choice.notice = "⚠️  Unknown model '\(name.shown)', using \(Self.shown(choice)) instead\(meant)"
    return choice
  }

  private func ours(_ id: String, for name: ModelName, _ asked: String) -> ModelChoice {
    ModelChoice(asked: asked, id: id, name: name, chosenByUs: true, onBedrock: true)
  }

  /// The choice with what was asked for, and a notice when that is another model than the one served.
  private func noticed(_ choice: ModelChoice, asked family: String?) -> ModelChoice {
    var choice = choice
    choice.familyAsked = family
    let isSame =
      family == choice.familyServed
      || ModelLine(rawValue: family ?? "").map { $0 == served(choice)?.line } == true
    guard !isSame else { return choice }
    let wanted = family.flatMap(ModelCatalog.family)?.displayName ?? choice.asked
    let profile = family.flatMap { Self.profile(for: $0, in: region, refused: choice.id) }
    let instead = profile.map { "; name it '\($0)' to get \(wanted)" } ?? ""
    choice.notice =
      "'\(ModelName(choice.asked).shown)' is \(wanted), but on Bedrock it means \(Self.shown(choice))\(instead)"
    return choice
  }

  private func served(_ choice: ModelChoice) -> ModelFamily? { choice.familyServed.flatMap(ModelCatalog.family) }

  private static func shown(_ choice: ModelChoice) -> String {
    let name = choice.familyServed.flatMap(ModelCatalog.family)?.displayName
    return name.map { "\($0) (\(choice.id))" } ?? "'\(choice.id)'"
  }
}
