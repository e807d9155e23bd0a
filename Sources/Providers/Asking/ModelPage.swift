internal import OperatingSystem
internal import Protocol

/// One page of a provider's list of models.
package struct ModelPage: Sendable, Hashable {
  /// The models on it, in the provider's order.
  package var models: [ListedModel]
  /// What asks for the next page; `nil` on the last one.
  package var next: String?

  /// A page.
  package init(models: [ListedModel], next: String? = nil) {
    self.models = models
    self.next = next
  }

  /// All models of a list, page by page; `ask` gets what asks for a page, `nil` for the first.
  ///
  /// A server that names the same page twice, or more than `ModelLimits.pagesMax`, is asked no further: what it has said
  /// so far is the list.
  package static func all(_ ask: (_ next: String?) async throws(ProviderError) -> ModelPage)
    async throws(ProviderError) -> [ListedModel]
  {
    var page = try await ask(nil)
    var models = page.models
    var asked: Set<String> = []
    while let next = page.next, asked.insert(next).inserted, asked.count < ModelLimits.pagesMax {
      page = try await ask(next)
      models += page.models
    }
    return models
  }
}

/// An entry of a provider's list; a member that has another form than expected counts as missing.
struct ModelEntry {
  /// The entry as it came.
  let json: JSON

  /// The entries of a list.
  ///
  /// - Throws: ``ProviderError`` when there is no list of that name; `what` says what was asked for.
  static func list(_ reply: JSON, _ key: String, _ what: String) throws(ProviderError) -> [ModelEntry] {
    guard let list = reply[key]?.array else {
      throw ProviderError(.providerError, "\(what) has no '\(key)'", hint: "check the address it was asked for at")
    }
    return list.map(ModelEntry.init)
  }

  /// A text that says something.
  func text(_ key: String) -> String? { json[key]?.string.flatMap { $0.isEmpty ? nil : $0 } }

  /// A number above zero.
  func positive(_ key: String) -> Int? { json[key]?.int.flatMap { $0 > 0 ? min($0, ModelLimits.tokensMax) : nil } }

  /// A moment in milliseconds since 1970: written as text, or as AWS's older formats do it, in seconds.
  func moment(_ key: String) -> Int? {
    if let text = json[key]?.string { return Timestamp.milliseconds(text) }
    return json[key]?.double.flatMap { Int(exactly: ($0 * 1_000).rounded()) }
  }
}
