package import Protocol

/// One page of a provider's list of models.
package struct ModelPage: Sendable, Hashable {
  /// The models on it, in the provider's order.
  package var models: [ListedModel]
  /// What asks for the next page; `nil` on the last one.
  package var next: String?

  /// A page.
  package init(models: [ListedModel], next: String?) {
    self.models = models
    self.next = next
  }
}

/// The lists of models that providers give: how to ask for a page, and what it says.
///
/// Requests have neither credentials nor signature. No list is read for more than `ModelLimits.pagesMax` pages.
package enum ModelListing {
  /// Reads a moment such as `2025-05-14T00:00:00Z` as milliseconds since 1970.
  package typealias Moment = (String) -> Int?

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

  // MARK: The Anthropic API

  /// The path and query of a page of `GET /v1/models`, to be put behind the base URL.
  package static func anthropicPath(after id: String? = nil) -> String {
    "/v1/models?limit=\(ModelLimits.pageSize)" + (id.map { "&after_id=\(queryEncoded($0))" } ?? "")
  }

  /// The request for a page of `GET /v1/models`.
  package static func anthropicRequest(baseURL: String, after id: String? = nil) -> HTTPRequest {
    HTTPRequest(
      method: "GET", url: baseURL + anthropicPath(after: id), headers: [HTTPHeader("accept", "application/json")])
  }

  /// A page of `GET /v1/models`.
  ///
  /// - Throws: ``ProviderError`` when it is not a list; an entry that cannot be read is left out.
  package static func anthropicPage(_ reply: JSON, moment: Moment) throws(ProviderError) -> ModelPage {
    let models = try entries(reply, "data", "the API's list of models").compactMap { entry -> ListedModel? in
      guard let id = entry["id"]?.string, !id.isEmpty else { return nil }
      return ListedModel(
        listed: id, displayName: text(entry, "display_name"), createdAt: date(entry, "created_at", moment),
        window: window(entry, id), available: true, onBedrock: false)
    }
    let last = text(reply, "last_id")
    return ModelPage(models: models, next: reply["has_more"]?.bool == true ? last : nil)
  }

  /// What the API says of a model's window; one number alone is completed by the catalog.
  private static func window(_ entry: JSON, _ id: String) -> ModelWindow? {
    let known = ModelCatalog.find(id)?.window(onBedrock: false)
    let (context, output) = (positive(entry, "max_input_tokens"), positive(entry, "max_tokens"))
    guard context != nil || output != nil, let context = context ?? known?.context,
      let output = output ?? known?.output
    else { return nil }
    return ModelWindow(context: context, output: output)
  }

  // MARK: Bedrock's control plane

  /// The request for `ListFoundationModels`, which has one page; `endpoint` is that of ``AWSService/bedrock``.
  package static func foundationModelsRequest(_ endpoint: Endpoint) -> HTTPRequest {
    get(endpoint, "/foundation-models?byProvider=Anthropic")
  }

  /// The request for a page of `ListInferenceProfiles`.
  package static func inferenceProfilesRequest(_ endpoint: Endpoint, next token: String? = nil) -> HTTPRequest {
    let following = token.map { "&nextToken=\(queryEncoded($0))" } ?? ""
    return get(endpoint, "/inference-profiles?maxResults=\(ModelLimits.pageSize)\(following)")
  }

  /// What `ListFoundationModels` says: Anthropic's models, available when they can be asked by their own id.
  ///
  /// - Throws: ``ProviderError`` when it is not a list; an entry that cannot be read is left out.
  package static func foundationModels(_ reply: JSON, moment: Moment) throws(ProviderError) -> ModelPage {
    let list = try entries(reply, "modelSummaries", "Bedrock's list of models")
    let models = list.compactMap { entry -> ListedModel? in
      guard let id = entry["modelId"]?.string, ModelName(id).isAnthropic else { return nil }
      let types = entry["inferenceTypesSupported"]?.array?.compactMap(\.string)
      return ListedModel(
        listed: id, displayName: text(entry, "modelName"),
        createdAt: date(entry["modelLifecycle"] ?? .null, "startOfLifeTime", moment), window: nil,
        available: types?.contains("ON_DEMAND") ?? true, onBedrock: true)
    }
    return ModelPage(models: models, next: nil)
  }

  /// What a page of `ListInferenceProfiles` says: the profiles for Anthropic's models, one's own included.
  ///
  /// - Throws: ``ProviderError`` when it is not a list; an entry that cannot be read is left out.
  package static func inferenceProfiles(_ reply: JSON, moment: Moment) throws(ProviderError) -> ModelPage {
    let list = try entries(reply, "inferenceProfileSummaries", "Bedrock's list of inference profiles")
    let models = list.compactMap { entry -> ListedModel? in
      let modelIDs = (entry["models"]?.array ?? []).compactMap {
        $0["modelArn"]?.string.flatMap(ModelARN.init)?.modelID
      }
      // One's own profile is asked by its ARN; its short id means nothing outside its account and region.
      let isOwn = entry["type"]?.string == "APPLICATION"
      guard let id = entry[isOwn ? "inferenceProfileArn" : "inferenceProfileId"]?.string, !id.isEmpty else {
        return nil
      }
      let name = isOwn ? modelIDs.first ?? "" : id
      guard ModelName(name).isAnthropic else { return nil }
      var model = ListedModel(
        listed: name, displayName: text(entry, "inferenceProfileName"), createdAt: date(entry, "createdAt", moment),
        window: nil, available: (entry["status"]?.string ?? "ACTIVE") == "ACTIVE", onBedrock: true)
      model.providerModelId = id
      return model
    }
    return ModelPage(models: models, next: text(reply, "nextToken"))
  }

  /// Which model each of one's own profiles stands for, by ARN; what ``ModelCatalog`` wants to be told.
  package static func ownProfiles(_ reply: JSON) -> [String: String] {
    var told: [String: String] = [:]
    for entry in reply["inferenceProfileSummaries"]?.array ?? [] where entry["type"]?.string == "APPLICATION" {
      let ids = (entry["models"]?.array ?? []).compactMap { $0["modelArn"]?.string.flatMap(ModelARN.init)?.modelID }
      guard let arn = entry["inferenceProfileArn"]?.string, let id = ids.first else { continue }
      told[arn] = id
    }
    return told
  }

  // MARK: Reading

  private static func get(_ endpoint: Endpoint, _ path: String) -> HTTPRequest {
    HTTPRequest(method: "GET", url: endpoint.url + path, headers: [HTTPHeader("accept", "application/json")])
  }

  private static func entries(_ reply: JSON, _ key: String, _ what: String) throws(ProviderError) -> [JSON] {
    guard let list = reply[key]?.array else {
      throw ProviderError(.providerError, "\(what) has no '\(key)'", hint: "check the address it was asked for at")
    }
    return list
  }

  private static func text(_ entry: JSON, _ key: String) -> String? {
    entry[key]?.string.flatMap { $0.isEmpty ? nil : $0 }
  }

  private static func positive(_ entry: JSON, _ key: String) -> Int? { entry[key]?.int.flatMap { $0 > 0 ? $0 : nil } }

  /// A moment as text, or as AWS's older formats write it, in seconds.
  private static func date(_ entry: JSON, _ key: String, _ moment: Moment) -> Int? {
    if let text = entry[key]?.string { return moment(text) }
    return entry[key]?.double.flatMap { Int(exactly: ($0 * 1_000).rounded()) }
  }

  /// A value in a query, with all but RFC 3986's unreserved characters encoded, as a signature wants it.
  private static func queryEncoded(_ text: String) -> String {
    var encoded: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        encoded.append(byte)
      default:
        encoded.append(UInt8(ascii: "%"))
        encoded += [byte >> 4, byte & 15].map { Array("0123456789ABCDEF".utf8)[Int($0)] }
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }
}
