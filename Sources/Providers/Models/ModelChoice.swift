package import OperatingSystem

/// What a provider is asked for when a person names a model.
package struct ModelChoice: Sendable, Hashable {
  /// The name as it was given.
  package var asked: String
  /// The name to send; it never has the suffix `[1m]`.
  package var id: String
  /// Whether the id is of our choosing: then another may be tried when it is refused.
  package var chosenByUs: Bool
  /// Whether another model may be asked when this one is not to be had: the name was that of a line, or one of those that
  /// must always be answered.
  package var mayBeAnother = false
  /// The name by which tables know the model, where the id does not say it: that of an ARN of one's own.
  package internal(set) var means: String?
  /// What the service's own list says of the model; `nil` when it was not asked.
  package internal(set) var listed: ListedModel?
  /// The model that was asked for, by our id of it, or its line's name when any version will do; `nil` when unknown.
  package var familyAsked: String?
  /// The model that is asked, by our id of it; `nil` when unknown.
  package var familyServed: String?
  /// Features in trial to be named with each request.
  package var betas: [String] = []
  /// What a person should know: that another model answers than was named, or that the name is not known.
  package var notice: String?

  /// A name that is sent as it is, but for the suffix `[1m]`.
  init(asIs asked: String, onBedrock: Bool) {
    let name = ModelName(asked)
    self.init(asked: asked, id: name.bare, name: name, chosenByUs: false, onBedrock: onBedrock)
    familyAsked = familyServed
  }

  /// A name for another; the betas are those of the model served.
  init(asked: String, id: String, name: ModelName, chosenByUs: Bool, onBedrock: Bool) {
    self.asked = asked
    self.id = id
    self.chosenByUs = chosenByUs
    let served = ModelCatalog.find(name.wantsLongWindow ? "\(id)[1m]" : id)
    familyServed = served?.family.id
    betas = served?.betas(onBedrock: onBedrock) ?? (name.wantsLongWindow ? [LongWindow.beta] : [])
  }

  /// The name by which tables of models and prices know what is asked.
  package var known: String { means ?? id }

  /// How much the model reads and writes; `nil` when that is not known.
  package func window(onBedrock: Bool) -> ModelWindow? {
    // The name may ask for a longer window than the id alone shows.
    let isLong = ModelName(asked).wantsLongWindow
    guard var window = ModelCatalog.window(of: isLong ? "\(known)[1m]" : known, onBedrock: onBedrock) ?? listed?.window
    else { return nil }
    if let context = listed?.contextWindow { window.context = isLong ? max(window.context, context) : context }
    window.output = listed?.maxOutput ?? window.output
    return window
  }

  /// What the model takes: what the service's own list says of it goes before the table.
  package var traits: ModelTraits {
    var traits = ModelCatalog.traits(of: known)
    traits.thinkingTypes = listed?.thinkingTypes ?? traits.thinkingTypes
    traits.efforts = listed?.efforts ?? traits.efforts
    traits.structuredOutputs = listed?.structuredOutputs ?? traits.structuredOutputs
    return traits
  }

  /// The same choice, of which is known what model its id stands for.
  func meaning(_ model: String, onBedrock: Bool) -> ModelChoice {
    var choice = self
    choice.means = model
    choice.familyServed = ModelCatalog.find(model)?.family.id
    if choice.familyAsked == nil { choice.familyAsked = choice.familyServed }
    let name = ModelName(asked).wantsLongWindow ? "\(model)[1m]" : model
    if let found = ModelCatalog.find(name) { choice.betas = found.betas(onBedrock: onBedrock) }
    return choice
  }

  /// Whether the id is an ARN that does not say which model it stands for.
  var isOpaque: Bool { means == nil && ModelARN(id) != nil && ModelCatalog.find(id) == nil }

  /// The notice for a name that nobody knows, with the known one that it may have been meant to be.
  static func unknownNotice(_ name: ModelName) -> String {
    let meant = ModelCatalog.suggestion(for: name.bare).map { "; did you mean '\($0)'?" } ?? ""
    return "⚠️  Unknown model '\(name.shown)', using as-is\(meant)"
  }

  /// The notice for a name that the user set to mean another model; `nil` when both are the same, or one is not known.
  static func otherNotice(_ asked: String, _ choice: ModelChoice) -> String? {
    let name = ModelName(asked)
    guard let served = choice.familyServed.flatMap(ModelCatalog.family), let wanted = ModelCatalog.find(name.bare),
      ModelCatalog.alias(name).map({ $0 != served.line }) ?? (wanted.family != served)
    else { return nil }
    return "'\(name.shown)' was set to mean \(served.displayName) (\(choice.id))"
  }
}

/// The names that a person gives to models of their own choosing.
package struct ModelOverrides: Sendable {
  private let named: [String: String]
  private let environment: ProcessEnvironment

  /// `named` maps a name as it is asked for to the one to use (`modelOverrides`); the environment says what `sonnet`,
  /// `opus` and the like mean (`ANTHROPIC_DEFAULT_SONNET_MODEL` and so on).
  package init(named: [String: String] = [:], environment: ProcessEnvironment) {
    self.named = named.compactMapValues { ProcessEnvironment(["": $0])[""] }
    self.environment = environment
  }

  /// Names that mean what they usually mean.
  static let none = ModelOverrides(environment: ProcessEnvironment([:]))

  /// The same without single names, so that no name leads back to itself.
  var withoutNames: ModelOverrides { ModelOverrides(environment: environment) }

  /// What a name was mapped to, with or without its suffix `[1m]`; the suffix is kept.
  func override(of name: ModelName, asked: String) -> String? {
    if let other = named[asked] { return other }
    guard let other = named[name.bare] else { return nil }
    return name.wantsLongWindow && !ModelName(other).wantsLongWindow ? "\(other)[1m]" : other
  }

  /// What a line's bare name was said to mean.
  func meaning(of line: ModelLine, longWindow: Bool) -> String? {
    guard let other = environment[line.defaultVariable] else { return nil }
    return longWindow && !ModelName(other).wantsLongWindow ? "\(other)[1m]" : other
  }
}
