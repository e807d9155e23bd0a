package import Protocol

/// The lists of Bedrock's control plane: how to ask for a page, and what it says.
///
/// Requests have neither credentials nor signature; their `endpoint` is that of ``AWSService/bedrock``.
package enum BedrockListing {
  /// The request for `ListFoundationModels`, which has one page.
  package static func modelsRequest(_ endpoint: Endpoint) -> HTTPRequest {
    get(endpoint, "/foundation-models?byProvider=Anthropic")
  }

  /// The request for a page of `ListInferenceProfiles`.
  package static func profilesRequest(_ endpoint: Endpoint, next token: String? = nil) -> HTTPRequest {
    let following = token.map { "&nextToken=\(PercentEncoding.encode($0))" } ?? ""
    return get(endpoint, "/inference-profiles?maxResults=\(ModelLimits.pageSize)\(following)")
  }

  /// The sort of resource that a profile of one's own is.
  static let ownProfile = "application-inference-profile"

  /// The request for `GetInferenceProfile`, which is not worth a long wait.
  static func profileRequest(_ endpoint: Endpoint, arn: String) -> HTTPRequest {
    var request = get(endpoint, "/inference-profiles/\(PercentEncoding.encode(arn))")
    request.timeouts.connectMax = ModelLimits.profileWaitMax
    request.timeouts.idleMax = ModelLimits.profileWaitMax
    request.timeouts.idleNotice = 0
    return request
  }

  /// The id of the model that a profile leads to, as `GetInferenceProfile` says; `nil` when it does not.
  static func model(ofProfile reply: JSON) -> String? { modelID(ModelEntry(json: reply)) }

  /// What `ListFoundationModels` says: Anthropic's models, available when they can be asked by their own id.
  ///
  /// - Throws: ``ProviderError`` when it is not a list; an entry that cannot be read is left out.
  package static func models(_ reply: JSON) throws(ProviderError) -> [ListedModel] {
    try ModelEntry.list(reply, "modelSummaries", "Bedrock's list of models").compactMap { entry -> ListedModel? in
      guard let id = entry.text("modelId"), ModelName(id).isAnthropic else { return nil }
      let types = entry.json["inferenceTypesSupported"]?.array?.compactMap(\.string)
      return ListedModel(
        listed: id, displayName: entry.text("modelName"),
        createdAt: ModelEntry(json: entry.json["modelLifecycle"] ?? .null).moment("startOfLifeTime"), window: nil,
        available: types?.contains("ON_DEMAND") ?? true, onBedrock: true)
    }
  }

  /// What a page of `ListInferenceProfiles` says: the profiles for Anthropic's models, one's own included.
  ///
  /// - Throws: ``ProviderError`` when it is not a list; an entry that cannot be read is left out.
  package static func profiles(_ reply: JSON) throws(ProviderError) -> ModelPage {
    let list = try ModelEntry.list(reply, "inferenceProfileSummaries", "Bedrock's list of inference profiles")
    let models = list.compactMap { entry -> ListedModel? in
      // One's own profile is asked by its ARN; its short id means nothing outside its account and region.
      let isOwn = entry.json["type"]?.string == "APPLICATION"
      guard let id = entry.text(isOwn ? "inferenceProfileArn" : "inferenceProfileId") else { return nil }
      let name = isOwn ? modelID(entry) ?? "" : id
      guard ModelName(name).isAnthropic else { return nil }
      var model = ListedModel(
        listed: name, displayName: entry.text("inferenceProfileName"), createdAt: entry.moment("createdAt"),
        window: nil, available: (entry.json["status"]?.string ?? "ACTIVE") == "ACTIVE", onBedrock: true)
      model.providerModelId = id
      return model
    }
    return ModelPage(models: models, next: ModelEntry(json: reply).text("nextToken"))
  }

  /// The models that the catalog has on Bedrock, newest first, by the id that fits the region; for want of a live list.
  package static func known(in region: Region) -> [ListedModel] {
    ModelCatalog.families.reversed().compactMap { family in
      BedrockModelNames.ids(of: family, in: region).first.map {
        ListedModel(family, providerModelId: $0, onBedrock: true)
      }
    }
  }

  /// The first model that a profile leads to.
  private static func modelID(_ profile: ModelEntry) -> String? {
    (profile.json["models"]?.array ?? []).lazy.compactMap { $0["modelArn"]?.string.flatMap(ModelARN.init)?.modelID }
      .first
  }

  private static func get(_ endpoint: Endpoint, _ path: String) -> HTTPRequest {
    HTTPRequest(method: "GET", url: endpoint.url + path, headers: [HTTPHeader("accept", "application/json")])
  }
}
