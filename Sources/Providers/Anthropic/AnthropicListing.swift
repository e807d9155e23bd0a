package import Protocol

/// The Anthropic API's list of models: how to ask for a page, and what it says.
package enum AnthropicListing {
  /// The path and query of a page of `GET /v1/models`, to be put behind the base URL.
  package static func path(after id: String? = nil) -> String {
    "/v1/models?limit=\(ModelLimits.pageSize)" + (id.map { "&after_id=\(PercentEncoding.encode($0))" } ?? "")
  }

  /// What a page says.
  ///
  /// - Throws: ``ProviderError`` when it is not a list; an entry that cannot be read is left out.
  package static func page(_ reply: JSON) throws(ProviderError) -> ModelPage {
    let models = try ModelEntry.list(reply, "data", "the API's list of models").compactMap { entry -> ListedModel? in
      guard let id = entry.text("id") else { return nil }
      var model = ListedModel(
        listed: id, displayName: entry.text("display_name"), createdAt: entry.moment("created_at"),
        window: window(entry, id), available: true, onBedrock: false)
      let capabilities = entry.json["capabilities"]
      model.thinkingTypes = supported(capabilities?["thinking"]?["types"]).map(Set.init)
      model.efforts = supported(capabilities?["effort"]).map { found in
        ModelTraits.allEfforts.filter(found.contains)
      }
      model.structuredOutputs = capabilities?["structured_outputs"]?["supported"]?.bool
      return model
    }
    return ModelPage(
      models: models, next: reply["has_more"]?.bool == true ? ModelEntry(json: reply).text("last_id") : nil)
  }

  /// The models that the catalog has there, newest first; for want of a live list.
  package static func known() -> [ListedModel] {
    ModelCatalog.families.reversed().compactMap { family in
      family.api.map { ListedModel(family, providerModelId: $0.id, onBedrock: false) }
    }
  }

  /// The names in a list of what is `{"supported": true}` or not; `nil` when there is no such list.
  private static func supported(_ json: JSON?) -> [String]? {
    json?.object.map { $0.filter { $0.value["supported"]?.bool == true }.map(\.key) }
  }

  /// What the API says of a model's window; one number alone is completed by the catalog.
  private static func window(_ entry: ModelEntry, _ id: String) -> ModelWindow? {
    let known = ModelCatalog.find(id)?.window(onBedrock: false)
    let (context, output) = (entry.positive("max_input_tokens"), entry.positive("max_tokens"))
    guard context != nil || output != nil, let context = context ?? known?.context,
      let output = output ?? known?.output
    else { return nil }
    return ModelWindow(context: context, output: output)
  }
}
