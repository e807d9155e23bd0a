import OperatingSystem
import Providers
import Testing

@Suite struct AnthropicModelNamesTests {
  private func resolve(_ name: String, _ variables: [String: String] = [:], named: [String: String] = [:])
    -> ModelChoice
  {
    AnthropicModelNames(overrides: ModelOverrides(named: named, environment: ProcessEnvironment(variables))).resolve(
      name)
  }

  @Test(arguments: [
    ("sonnet", "claude-sonnet-5-5"), ("OPUS", "claude-opus-5-5"), ("haiku", "claude-haiku-5-5"),
    ("fable", "claude-fable-5-2"), ("mythos[1m]", "claude-mythos-5-2"),
    ("us.anthropic.claude-sonnet-4-20250514-v1:0", "claude-sonnet-4-20250514"),
    ("anthropic.claude-3-5-sonnet-20240620-v1:0", "claude-3-5-sonnet-20240620"),
    ("anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3-5-sonnet-20241022"),
    ("eu.anthropic.claude-opus-4-6-v1", "claude-opus-4-6"), ("global.anthropic.claude-opus-4-7", "claude-opus-4-7"),
    ("anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5-20251001"),
    ("arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-opus-5", "claude-opus-5"),
    ("us.anthropic.claude-opus-5[1m]", "claude-opus-5"),
  ])
  func `an alias or an id of Bedrock's becomes the API's own name`(name: String, id: String) {
    let choice = resolve(name)
    #expect(choice.id == id && choice.chosenByUs && choice.notice == nil && choice.asked == name)
    #expect(choice.familyServed != nil)
  }

  @Test(arguments: ["claude-sonnet-4-20250514", "claude-sonnet-4-5", "claude-3-7-sonnet-latest", "claude-opus-4-0"])
  func `a name of the API's goes out as it is`(name: String) {
    let choice = resolve(name)
    #expect(choice.id == name && !choice.chosenByUs && choice.notice == nil)
    #expect(choice.familyAsked == choice.familyServed && choice.familyServed != nil)
  }

  @Test func `an unknown name goes out as it is, with a notice`() {
    #expect(resolve("claude-next").id == "claude-next")
    #expect(resolve("claude-next").notice == "⚠️  Unknown model 'claude-next', using as-is")
    #expect(resolve("claude-sonet-4-5").notice?.hasSuffix("did you mean 'claude-sonnet-4-5'?") == true)
    #expect(resolve("my-sonnet").id == "my-sonnet", "the API knows its models better than a table")
  }

  @Test(arguments: ["arn:aws:bedrock:us-east-1:1:application-inference-profile/abc", "us.anthropic.claude-future-9"])
  func `an id of Bedrock's for no known model goes out with a notice`(id: String) {
    #expect(resolve(id).id == id)
    #expect(resolve(id).notice?.contains("Bedrock") == true)
  }

  @Test func `what the user said a name means goes first`() {
    let mine = [
      "ANTHROPIC_DEFAULT_OPUS_MODEL": "claude-opus-4-1",
      "ANTHROPIC_DEFAULT_HAIKU_MODEL": "us.anthropic.claude-haiku-4-5-20251001-v1:0",
    ]
    #expect(resolve("opus", mine).id == "claude-opus-4-1")
    #expect(resolve("haiku", mine).id == "claude-haiku-4-5-20251001")
    #expect(resolve("claude-opus-5", mine).id == "claude-opus-5")
    let named = ["sonnet": "opus", "opus": "sonnet", "claude-opus-5": "gateway-model"]
    #expect(resolve("sonnet", mine, named: named).id == "claude-opus-4-1")
    let gateway = resolve("claude-opus-5", named: named)
    #expect(gateway.id == "gateway-model" && gateway.notice == nil && gateway.asked == "claude-opus-5")
    #expect(resolve("sonnet", named: ["sonnet": "claude-opus-5"]).notice?.contains("Claude Opus 5") == true)
  }

  @Test(arguments: ["claude-sonnet-4-5[1m]", "sonnet-of-mine[1m]", "us.anthropic.claude-sonnet-4-20250514-v1:0[1M]"])
  func `the suffix for the long window never reaches the API, and asks for the beta`(name: String) {
    #expect(!resolve(name).id.contains("["))
    #expect(resolve(name).betas == ["context-1m-2025-08-07"])
    #expect(resolve("opus[1m]").betas == [])
  }
}
