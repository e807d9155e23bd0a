import OperatingSystem
import Protocol
import Providers
import TestSupport
import Testing

@Suite(.hangGuard) struct ModelListingTests {
  private func parsed(_ text: String) throws -> JSON { try JSON.parse(text) }

  // MARK: The API

  @Test func `the API's list is completed by the catalog`() throws {
    let page = try AnthropicListing.page(
      parsed(
        #"""
        {"data":[
          {"type":"model","id":"claude-sonnet-4-20250514","display_name":"Sonnet Four","created_at":"2025-05-14T00:00:00Z"},
          {"type":"model","id":"claude-next-9","created_at":"once","max_input_tokens":2000000,"max_tokens":5},
          {"type":"model","id":"claude-opus-4-5","display_name":"","max_input_tokens":300000},
          {"id":""},{"id":7},"x",null],"has_more":false,"last_id":"z"}
        """#))
    #expect(page.models.map(\.id) == ["claude-sonnet-4", "claude-next-9", "claude-opus-4-5"])
    let sonnet = page.models[0]
    #expect(sonnet.providerModelId == "claude-sonnet-4-20250514" && sonnet.displayName == "Sonnet Four")
    #expect(sonnet.createdAt == 1_747_180_800_000 && sonnet.contextWindow == 200_000 && sonnet.maxOutput == 64_000)
    #expect(sonnet.available == true)
    let next = page.models[1]
    #expect(next.displayName == "claude-next-9" && next.createdAt == nil)
    #expect(next.contextWindow == 2_000_000 && next.maxOutput == 5)
    #expect(page.models[2].displayName == "Claude Opus 4.5" && page.models[2].contextWindow == 300_000)
    #expect(page.models[2].maxOutput == 64_000)
    #expect(page.next == nil)
  }

  @Test(arguments: [
    (#"{"data":[],"has_more":true,"last_id":"m/1"}"#, "m/1"), (#"{"data":[],"has_more":true,"last_id":null}"#, nil),
    (#"{"data":[],"last_id":"m"}"#, nil), (#"{"data":[],"has_more":true,"last_id":""}"#, nil),
  ])
  func `there is a next page when the API says so and names its beginning`(reply: String, next: String?) throws {
    #expect(try AnthropicListing.page(parsed(reply)).next == next)
  }

  @Test(arguments: ["{}", "[]", "null", #"{"data":{}}"#, #"{"error":"x"}"#, #"{"modelSummaries":null}"#])
  func `a reply that is no list is an error`(reply: String) throws {
    let json = try parsed(reply)
    #expect(throws: ProviderError.self) { try AnthropicListing.page(json) }
    #expect(throws: ProviderError.self) { try BedrockListing.models(json) }
    #expect(throws: ProviderError.self) { try BedrockListing.profiles(json) }
  }

  // MARK: Bedrock

  @Test func `Bedrock's models of other vendors are left out, and those that need a profile are not available`() throws
  {
    let models = try BedrockListing.models(
      parsed(
        #"""
        {"modelSummaries":[
          {"modelId":"anthropic.claude-3-haiku-20240307-v1:0","modelName":"Claude 3 Haiku",
           "inferenceTypesSupported":["ON_DEMAND"],"modelLifecycle":{"status":"LEGACY"}},
          {"modelId":"anthropic.claude-sonnet-4-20250514-v1:0","inferenceTypesSupported":["INFERENCE_PROFILE"],
           "modelLifecycle":{"status":"ACTIVE","startOfLifeTime":"2025-05-14T00:00:00Z"}},
          {"modelId":"amazon.nova-pro-v1:0"},{"modelId":null},3]}
        """#))
    #expect(models.map(\.id) == ["claude-3-haiku", "claude-sonnet-4"])
    #expect(models.map(\.available) == [true, false])
    #expect(models[1].createdAt == 1_747_180_800_000 && models[1].displayName == "Claude Sonnet 4")
    #expect(models[1].providerModelId == "anthropic.claude-sonnet-4-20250514-v1:0")
  }

  static let profiles = #"""
    {"inferenceProfileSummaries":[
      {"inferenceProfileId":"us.anthropic.claude-sonnet-4-6","inferenceProfileName":"US Sonnet 4.6","status":"ACTIVE",
       "type":"SYSTEM_DEFINED","createdAt":1747180800.5,"models":[]},
      {"inferenceProfileId":"abc123","inferenceProfileName":"mine","status":"ACTIVE","type":"APPLICATION",
       "inferenceProfileArn":"arn:aws:bedrock:us-east-1:1:application-inference-profile/abc123",
       "models":[{"modelArn":"arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-5"}]},
      {"inferenceProfileId":"us.meta.llama-v1:0","status":"ACTIVE","type":"SYSTEM_DEFINED"},
      {"inferenceProfileId":"eu.anthropic.claude-opus-5","status":"DISABLED","type":"SYSTEM_DEFINED"},
      {"type":"APPLICATION","models":"x"}, {}],"nextToken":"a+b/c="}
    """#

  @Test func `Bedrock's profiles are asked by their id, one's own by their ARN`() throws {
    let page = try BedrockListing.profiles(parsed(Self.profiles))
    #expect(page.models.map(\.id) == ["claude-sonnet-4-6", "claude-opus-5", "claude-opus-5"])
    let arn = "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc123"
    #expect(
      page.models.map(\.providerModelId) == ["us.anthropic.claude-sonnet-4-6", arn, "eu.anthropic.claude-opus-5"])
    #expect(page.models.map(\.available) == [true, true, false])
    #expect(page.models[0].createdAt == 1_747_180_800_500 && page.models[0].maxOutput == 64_000)
    #expect(page.models[1].displayName == "mine")
    #expect(page.next == "a+b/c=")
  }

  // MARK: Requests

  @Test func `a page is asked for on the wire as the services want it`() async throws {
    let server = try LoopbackServer(LoopbackServer.json(Self.profiles))
    let settings = EndpointSettings(
      environment: ProcessEnvironment(["AWS_ENDPOINT_URL_BEDROCK": server.url + "/base/"]))
    let endpoint = try settings.endpoint(of: .bedrock, region: Region("us-east-1"))
    let transport = CurlTransport()
    let first = try await transport.reply(to: BedrockListing.profilesRequest(endpoint))
    let page = try BedrockListing.profiles(JSON.parse(first.body.span))
    _ = try await transport.reply(to: BedrockListing.profilesRequest(endpoint, next: page.next))
    _ = try await transport.reply(to: BedrockListing.modelsRequest(endpoint))
    for path in [AnthropicListing.path(), AnthropicListing.path(after: "claude é&x=1")] {
      _ = try await transport.reply(
        to: HTTPRequest(method: "GET", url: server.url + path, headers: [HTTPHeader("accept", "application/json")]))
    }
    #expect(
      server.requests.map { "\($0.method) \($0.target)" } == [
        "GET /base/inference-profiles?maxResults=1000",
        "GET /base/inference-profiles?maxResults=1000&nextToken=a%2Bb%2Fc%3D",
        "GET /base/foundation-models?byProvider=Anthropic", "GET /v1/models?limit=1000",
        "GET /v1/models?limit=1000&after_id=claude%20%C3%A9%26x%3D1",
      ])
    #expect(server.requests.allSatisfy { $0["accept"] == "application/json" && $0["authorization"] == nil })
  }

  @Test func `a list is read to its end, and a server that goes in circles is left`() async throws {
    let model = try #require(AnthropicListing.known().first)
    var asked: [String?] = []
    let pages: [String?: String] = [nil: "a", "a": "b"]
    let whole = try await ModelPage.all { next throws(ProviderError) in
      asked.append(next)
      return ModelPage(models: [model], next: pages[next])
    }
    #expect(asked == [nil, "a", "b"] && whole.count == 3)
    asked = []
    _ = try await ModelPage.all { next throws(ProviderError) in
      asked.append(next)
      return ModelPage(models: [], next: next == "x" ? "y" : "x")
    }
    #expect(asked == [nil, "x", "y"])
    asked = []
    _ = try await ModelPage.all { next throws(ProviderError) in
      asked.append(next)
      return ModelPage(models: [], next: "\(asked.count)")
    }
    #expect(asked.count == ModelLimits.pagesMax)
    await #expect(throws: ProviderError.self) {
      try await ModelPage.all { _ throws(ProviderError) in throw ProviderError(.network, "gone") }
    }
  }

  // MARK: The newest

  private func listed(_ ids: [String], status: String = "ACTIVE") throws -> [ListedModel] {
    let entries = ids.map { JSON.object(["inferenceProfileId": .string($0), "status": .string(status)]) }
    return try BedrockListing.profiles(["inferenceProfileSummaries": .array(entries)]).models
  }

  @Test func `the newest of a line has the highest version, be it known or not`() throws {
    let models = try listed([
      "us.anthropic.claude-sonnet-4-20250514-v1:0", "us.anthropic.claude-sonnet-10-v1",
      "us.anthropic.claude-sonnet-9-5",
      "us.anthropic.claude-3-5-sonnet-20241022-v2:0", "us.anthropic.claude-opus-11",
    ])
    #expect(ListedModel.newest(of: .sonnet, in: models)?.providerModelId == "us.anthropic.claude-sonnet-10-v1")
    #expect(ListedModel.newest(of: .opus, in: models)?.providerModelId == "us.anthropic.claude-opus-11")
    #expect(ListedModel.newest(of: .haiku, in: models) == nil)
    #expect(ListedModel.newest(of: .sonnet, in: []) == nil)
    let old = try listed(["anthropic.claude-3-5-sonnet-20240620-v1:0", "anthropic.claude-3-5-sonnet-20241022-v2:0"])
    #expect(ListedModel.newest(of: .sonnet, in: old)?.providerModelId.contains("20241022") == true)
    #expect(ListedModel.newest(of: .sonnet, in: old.reversed())?.providerModelId.contains("20241022") == true)
  }

  @Test func `of the ids of one model the one that fits the region is taken`() throws {
    let ids = ["anthropic", "us.anthropic", "global.anthropic", "jp.anthropic"].map { "\($0).claude-opus-5" }
    for (region, prefix) in [
      ("us-east-1", "us."), ("ap-northeast-1", "jp."), ("sa-east-1", "global."), ("eu-west-1", "global."),
    ] {
      let models = try listed(ids.reversed())
      let newest = try ListedModel.newest(of: .opus, in: models, region: Region(region))
      #expect(newest?.providerModelId == "\(prefix)anthropic.claude-opus-5")
    }
  }

  @Test func `a model that cannot be asked is not the newest`() throws {
    let models = try listed(["us.anthropic.claude-opus-6"], status: "DISABLED") + listed(["us.anthropic.claude-opus-5"])
    #expect(ListedModel.newest(of: .opus, in: models)?.id == "claude-opus-5")
  }

  @Test func `without a live list the catalog is one`() throws {
    let api = AnthropicListing.known()
    #expect(api.contains { $0.providerModelId == "claude-3-haiku-20240307" } && api.allSatisfy { $0.available == nil })
    #expect(ListedModel.newest(of: .sonnet, in: api)?.providerModelId == "claude-sonnet-5-5")
    let bedrock = try BedrockListing.known(in: Region("eu-west-1"))
    #expect(bedrock.contains { $0.providerModelId == "eu.anthropic.claude-opus-5" && $0.id == "claude-opus-5" })
    #expect(bedrock.allSatisfy { !$0.providerModelId.hasPrefix("us.") })
  }
}
