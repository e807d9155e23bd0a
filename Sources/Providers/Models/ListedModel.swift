/// A model as a list shows it, whichever provider has it.
package struct ListedModel: Sendable, Hashable {
  /// The name that means the model everywhere: our id of it when it is known, else the provider's name.
  package var id: String
  /// The name by which the provider is asked.
  package var providerModelId: String
  /// The name for people.
  package var displayName: String
  /// When the provider published it, in milliseconds since 1970; `nil` when it does not say.
  package var createdAt: Int?
  /// Tokens of prompt and answer together; `nil` when nobody says.
  package var contextWindow: Int?
  /// Tokens of an answer; `nil` when nobody says.
  package var maxOutput: Int?
  /// What `thinking.type` may be; `nil` when the service does not say.
  package var thinkingTypes: Set<String>?
  /// What `output_config.effort` may be, the least first; `nil` when the service does not say.
  package var efforts: [String]?
  /// Whether it can be made to keep to a schema; `nil` when the service does not say.
  package var structuredOutputs: Bool?
  /// Whether it can be asked by this name; `nil` when no provider was asked.
  package var available: Bool?

  /// A model from a provider's list; what the list leaves out is taken from the catalog.
  init(
    listed name: String, displayName: String?, createdAt: Int?, window: ModelWindow?, available: Bool, onBedrock: Bool
  ) {
    let entry = ModelCatalog.find(name)
    let known = entry?.window(onBedrock: onBedrock)
    id = entry?.family.id ?? name
    providerModelId = name
    self.displayName = displayName ?? entry?.family.displayName ?? name
    self.createdAt = createdAt
    contextWindow = window?.context ?? known?.context
    maxOutput = window?.output ?? known?.output
    self.available = available
  }

  /// A model of the catalog that no list was asked for.
  init(_ family: ModelFamily, providerModelId: String, onBedrock: Bool) {
    let window = onBedrock ? family.bedrock?.window ?? family.api?.window : family.api?.window
    id = family.id
    self.providerModelId = providerModelId
    displayName = family.displayName
    contextWindow = window?.context
    maxOutput = window?.output
  }

  /// How much it reads and writes; `nil` when half of it is not known.
  var window: ModelWindow? {
    contextWindow.flatMap { context in maxOutput.map { ModelWindow(context: context, output: $0) } }
  }

  /// The newest model of a line in a list, among those that can be asked; `nil` when there is none.
  ///
  /// Newest is the highest version, then the latest date in the name, then the latest publication: a profile for an old
  /// model may be younger than the one for a new model. Of several ids of one model, the one that fits the region best is
  /// taken.
  package static func newest(of line: ModelLine, in models: [ListedModel], region: Region? = nil) -> ListedModel? {
    best(in: models.filter { ModelName($0.providerModelId).line == line }, region: region)
  }

  /// The newest model in a list that can be asked, by the id that fits the region best; `nil` when there is none.
  static func best(in models: [ListedModel], region: Region?) -> ListedModel? {
    models.filter { $0.available != false }
      .map { (model: $0, rank: Rank($0, region)) }
      .max { $0.rank < $1.rank }?.model
  }

  /// How new a model is, and how well its id fits.
  private struct Rank: Comparable {
    let version: [Int]
    let date: String
    let createdAt: Int
    let fit: Int

    init(_ model: ListedModel, _ region: Region?) {
      let name = ModelName(model.providerModelId)
      version = name.version
      date = name.date ?? ""
      createdAt = model.createdAt ?? 0
      let preferred = region.map { Geography.preferred(in: $0, modelVersion: name.version) } ?? []
      let place = preferred.firstIndex { $0.rawValue == name.geography }
      fit = place.map { preferred.count - $0 } ?? (name.geography == nil ? 0 : -1)
    }

    static func < (one: Rank, other: Rank) -> Bool {
      if one.version != other.version { return one.version.lexicographicallyPrecedes(other.version) }
      if one.date != other.date { return one.date < other.date }
      // Profiles of one model differ in when they were made, which says nothing of the model.
      if one.fit != other.fit { return one.fit < other.fit }
      return one.createdAt < other.createdAt
    }
  }
}
