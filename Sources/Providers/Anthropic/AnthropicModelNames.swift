/// Which name the Anthropic API is asked by when a person names a model.
///
/// In this order: what the user said a name means; `sonnet`, `opus` and the like, which are the newest known of their
/// line; Bedrock's ids, which become the API's name of the same model, so that a session can move between the two; and
/// any other name as it is, because the API knows its models better than any table.
package struct AnthropicModelNames: Sendable {
  private let overrides: ModelOverrides

  /// Names as the user has them.
  package init(overrides: ModelOverrides) { self.overrides = overrides }

  /// The name to ask by for a name.
  package func resolve(_ asked: String) -> ModelChoice {
    let name = ModelName(asked)
    if let other = overrides.override(of: name, asked: asked) {
      return said(other, for: asked, but: overrides.withoutNames)
    }
    if let line = ModelCatalog.alias(name) {
      if let other = overrides.meaning(of: line, longWindow: name.wantsLongWindow) {
        return said(other, for: asked, but: .none)
      }
      guard let id = ModelCatalog.newest(line)?.api?.id else { return ModelChoice(asIs: asked, onBedrock: false) }
      var choice = ModelChoice(asked: asked, id: id, name: name, chosenByUs: true, onBedrock: false)
      choice.familyAsked = line.rawValue
      choice.mayBeAnother = true
      return choice
    }
    if name.isBedrock { return fromBedrock(name, asked) }
    var choice = ModelChoice(asIs: asked, onBedrock: false)
    if choice.familyServed == nil { choice.notice = ModelChoice.unknownNotice(name) }
    choice.mayBeAnother = ModelNameOfOld(name) != nil
    return choice
  }

  /// What to ask in the place of a name of old that the API no longer has: what is recommended in its place, and then the
  /// newest known of its line.
  func successor(of refused: ModelChoice) -> ModelChoice? {
    guard let old = ModelNameOfOld(ModelName(refused.asked)) else { return nil }
    let families = [refused.id == ModelName(refused.asked).bare ? old.replacement : nil, ModelCatalog.newest(old.line)]
    guard let id = families.lazy.compactMap({ $0?.api?.id }).first, id != refused.id else { return nil }
    return ModelChoice(asked: refused.asked, id: id, name: ModelName(refused.asked), chosenByUs: true, onBedrock: false)
  }

  /// The API's name of a model named in Bedrock's way: the one with the same date when there is one.
  private func fromBedrock(_ name: ModelName, _ asked: String) -> ModelChoice {
    guard let family = ModelCatalog.find(name.bare)?.family, let offer = family.api else {
      var choice = ModelChoice(asIs: asked, onBedrock: false)
      choice.notice = "⚠️  '\(name.shown)' is a name of Bedrock's for no model that is known here, using as-is"
      return choice
    }
    let id = offer.ids.contains(name.dated) ? name.dated : offer.id
    var choice = ModelChoice(asked: asked, id: id, name: name, chosenByUs: true, onBedrock: false)
    choice.familyAsked = family.id
    return choice
  }

  /// What the user said a name means; nobody is told that it is not known, because the user knows it.
  private func said(_ other: String, for asked: String, but rest: ModelOverrides) -> ModelChoice {
    var choice = AnthropicModelNames(overrides: rest).resolve(other)
    choice.asked = asked
    choice.notice = ModelChoice.otherNotice(asked, choice)
    return choice
  }
}
