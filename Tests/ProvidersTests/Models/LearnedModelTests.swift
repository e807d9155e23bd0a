import OperatingSystem
import Protocol
import Providers
import Synchronization
import TestSupport
import Testing

/// What services say of models goes before what the table says, or stands where it says nothing.
@Suite(.hangGuard) struct LearnedModelTests {
  private static let arn = "arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/abcd1234"

  /// A control plane that answers everything alike, and notes what it was asked.
  private final class ControlPlane: HTTPTransport {
    let targets = Mutex<[String]>([])
    private let status: Int
    private let body: String

    init(_ status: Int, _ body: String) { (self.status, self.body) = (status, body) }

    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
      targets.withLock { $0.append(request.url) }
      return try await ScriptedTransport(.plain(status, body)).send(request)
    }
  }

  private func mode(_ plane: ControlPlane) -> BedrockMode {
    let time = ManualClock(.passes).source
    let around = AWSSetup.Surroundings(
      environment: ProcessEnvironment(["AWS_REGION": "us-east-1"]), files: MemoryFiles([:]).source,
      processes: .system, transport: plane, time: time)
    return BedrockMode(
      BedrockMode.Settings(
        setup: AWSSetup(around), authorization: TestAuthorization(TestAuthorization.keys()),
        overrides: ModelOverrides(environment: ProcessEnvironment(["ANTHROPIC_DEFAULT_SONNET_MODEL": Self.arn])),
        betas: [], version: "0"), transport: plane, time: time)
  }

  @Test func `what an ARN of one's own stands for is asked once, in its region`() async throws {
    let models =
      #"{"models":[{"modelArn":"arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-opus-4-5-20251101-v1:0"}]}"#
    let plane = ControlPlane(200, models)
    let mode = mode(plane)
    #expect(try mode.choice(of: Self.arn).window(onBedrock: true) == nil)
    for name in [Self.arn, "sonnet", Self.arn] {
      await mode.learn(of: name)
      let choice = try mode.choice(of: name)
      #expect(choice.id == Self.arn && !choice.chosenByUs && choice.familyServed == "claude-opus-4-5")
      #expect(choice.window(onBedrock: true)?.context == 200_000 && choice.window(onBedrock: true)?.output == 64_000)
      #expect(choice.traits.defaultEffort == "high")
      #expect(CallCost.price(of: choice.known, provider: .bedrock)?.input == 5_000_000)
    }
    let asked = plane.targets.withLock(\.self)
    #expect(asked.count == 1)
    #expect(asked.first?.contains("bedrock.us-west-2.") == true)
    #expect(asked.first?.hasSuffix("%3Aapplication-inference-profile%2Fabcd1234") == true)
  }

  @Test func `what may not be asked stays unknown, and is not asked again`() async throws {
    let plane = ControlPlane(403, #"{"message":"User is not authorized to perform: bedrock:GetInferenceProfile"}"#)
    let mode = mode(plane)
    for _ in 1...3 { await mode.learn(of: Self.arn) }
    #expect(plane.targets.withLock(\.count) == 1)
    let choice = try mode.choice(of: Self.arn)
    #expect(choice.known == Self.arn && choice.window(onBedrock: true) == nil)
    #expect(CallCost.price(of: choice.known, provider: .bedrock) == nil)
  }

  @Test(arguments: [
    "us.anthropic.claude-opus-5", "opus", "claude-3-haiku-20240307", "gpt-4", "arn:aws:bedrock:x:1:provisioned-model/a",
  ])
  func `of other names nothing is asked:`(name: String) async {
    let plane = ControlPlane(200, "{}")
    await mode(plane).learn(of: name)
    #expect(plane.targets.withLock(\.count) == 0)
  }

  @Test func `what the API lists of a model goes before the table`() async throws {
    let list = #"""
      {"data":[{"type":"model","id":"claude-opus-5-5","max_input_tokens":2000000,"max_tokens":200000,"capabilities":{
        "thinking":{"types":{"adaptive":{"supported":true},"disabled":{"supported":true},"enabled":{"supported":false}}},
        "effort":{"high":{"supported":true},"low":{"supported":true},"max":{"supported":false}}}},
        {"type":"model","id":"claude-opus-5"}],"has_more":false}
      """#
    let configuration = try AnthropicConfiguration(ProcessEnvironment(["ANTHROPIC_API_KEY": "k"]), version: "0")
    let provider = AnthropicProvider(
      configuration, transport: ControlPlane(200, list), time: ManualClock(.passes).source)
    let mode = AnthropicMode(provider, overrides: ModelOverrides(environment: ProcessEnvironment([:])))
    #expect(try mode.choice(of: "opus").traits.thinkingTypes == ["adaptive"])
    _ = try await mode.listedModels()
    let choice = try mode.choice(of: "opus")
    #expect(choice.traits.thinkingTypes == ["adaptive", "disabled"] && choice.traits.efforts == ["low", "high"])
    #expect(choice.traits.defaultEffort == "medium" && choice.traits.sealsThinking)
    #expect(choice.window(onBedrock: false)?.context == 2_000_000 && choice.window(onBedrock: false)?.output == 200_000)
    let plain = try mode.choice(of: "claude-opus-5")
    #expect(plain.traits == ModelCatalog.traits(of: "claude-opus-5"))
    #expect(plain.window(onBedrock: false) == ModelCatalog.window(of: "claude-opus-5", onBedrock: false))
  }
}
