import OperatingSystem
import Providers
import Testing

@Suite struct BedrockModelNamesTests {
  static func resolve(
    _ name: String, region: String = "us-east-1", _ variables: [String: String] = [:], named: [String: String] = [:]
  ) throws -> ModelChoice {
    try names(region, variables, named).resolve(name)
  }

  static func names(_ region: String, _ variables: [String: String] = [:], _ named: [String: String] = [:]) throws
    -> BedrockModelNames
  {
    BedrockModelNames(
      region: try Region(region),
      overrides: ModelOverrides(named: named, environment: ProcessEnvironment(variables)))
  }

  static let sonnet35 = "anthropic.claude-3-5-sonnet-20241022-v2:0"

  @Test(arguments: [
    ("claude-sonnet-4-20250514", "anthropic.claude-3-5-sonnet-20241022-v2:0"),
    ("claude-3-5-sonnet-20241022", "anthropic.claude-3-5-sonnet-20241022-v2:0"),
    ("claude-3-5-sonnet-20240620", "anthropic.claude-3-5-sonnet-20240620-v1:0"),
    ("claude-3-opus-20240229", "anthropic.claude-3-opus-20240229-v1:0"),
    ("claude-3-sonnet-20240229", "anthropic.claude-3-sonnet-20240229-v1:0"),
    ("claude-3-haiku-20240307", "anthropic.claude-3-haiku-20240307-v1:0"),
  ])
  func `six names mean what the contract says, in every region`(name: String, id: String) throws {
    for region in ["us-east-1", "eu-west-1", "ap-northeast-1", "sa-east-1", "us-gov-west-1", "cn-north-1"] {
      let choice = try Self.resolve(name, region: region)
      #expect(choice.id == id && choice.chosenByUs && choice.asked == name)
      #expect((choice.notice != nil) == (name == "claude-sonnet-4-20250514"))
    }
  }

  @Test(arguments: [
    ("sonnet", "us-east-1", "us.anthropic.claude-sonnet-5-5"), ("Opus", "eu-west-1", "eu.anthropic.claude-opus-5-5"),
    ("HAIKU", "ap-northeast-1", "jp.anthropic.claude-haiku-5-5"),
    ("haiku[1m]", "sa-east-1", "global.anthropic.claude-haiku-5-5"),
    ("sonnet[1M]", "us-gov-west-1", "us-gov.anthropic.claude-sonnet-5-5"),
    ("fable", "us-west-2", "us.anthropic.claude-fable-5-2"),
    ("fable", "us-gov-west-1", "us-gov.anthropic.claude-fable-5-1"),
    ("mythos", "eu-west-1", "global.anthropic.claude-mythos-5-2"), ("opus", "cn-north-1", "anthropic.claude-opus-5-5"),
  ])
  func `a line's bare name means its newest model that has a profile in the region`(
    name: String, region: String, id: String
  ) throws {
    let choice = try Self.resolve(name, region: region)
    #expect(choice.id == id && choice.chosenByUs && choice.mayBeAnother && choice.notice == nil)
    #expect(choice.familyAsked == ModelName(name).bare.lowercased() && choice.betas == [])
  }

  @Test func `a notice says that another model is served, and how to get the one named`() throws {
    let choice = try Self.resolve("claude-sonnet-4-20250514", region: "eu-west-1")
    #expect(choice.familyAsked == "claude-sonnet-4" && choice.familyServed == "claude-3-5-sonnet")
    #expect(choice.notice?.contains("Claude 3.5 Sonnet") == true)
    #expect(choice.notice?.contains("eu.anthropic.claude-sonnet-4-20250514-v1:0") == true)
  }

  @Test(arguments: [
    "us.anthropic.claude-sonnet-4-20250514-v1:0", "anthropic.claude-3-haiku-20240307-v1:0", "xx.anthropic.future-9",
    "arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/abc", "arn:sonnet",
    "arn:aws:bedrock:us-west-2:1:inference-profile/us.anthropic.claude-opus-5",
  ])
  func `an id of Bedrock's is never touched`(id: String) throws {
    let choice = try Self.resolve(id, region: "ap-south-1", ["ANTHROPIC_DEFAULT_SONNET_MODEL": "claude-opus-5"])
    #expect(choice.id == id && !choice.chosenByUs && choice.notice == nil)
  }

  @Test(arguments: [
    ("claude-sonnet-4-5", "us-east-1", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("claude-sonnet-4-5-20250929", "ca-central-1", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("claude-sonnet-4-5", "eu-central-2", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("claude-sonnet-4-5", "ap-northeast-1", "jp.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("claude-sonnet-4-5", "ap-northeast-3", "jp.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("claude-sonnet-4-5", "ap-northeast-2", "global.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("claude-sonnet-4-5", "ap-southeast-2", "au.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("claude-sonnet-4-5", "ap-southeast-4", "au.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("claude-sonnet-4-5", "ap-southeast-6", "au.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("claude-sonnet-4-5", "ap-south-1", "global.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("claude-sonnet-4-5", "us-gov-west-1", "us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("claude-sonnet-4-5", "sa-east-1", "global.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("claude-opus-4-5", "ap-northeast-1", "global.anthropic.claude-opus-4-5-20251101-v1:0"),
    ("claude-haiku-4-5", "ap-south-1", "global.anthropic.claude-haiku-4-5-20251001-v1:0"),
    ("claude-sonnet-4-0", "ap-northeast-1", "apac.anthropic.claude-sonnet-4-20250514-v1:0"),
    ("claude-sonnet-4", "ap-southeast-2", "apac.anthropic.claude-sonnet-4-20250514-v1:0"),
    ("claude-sonnet-4", "me-south-1", "global.anthropic.claude-sonnet-4-20250514-v1:0"),
    ("claude-3-7-sonnet-20250219", "us-west-2", "us.anthropic.claude-3-7-sonnet-20250219-v1:0"),
    ("claude-3-7-sonnet-20250219", "ap-south-1", "apac.anthropic.claude-3-7-sonnet-20250219-v1:0"),
    ("claude-3-7-sonnet-20250219", "af-south-1", "anthropic.claude-3-7-sonnet-20250219-v1:0"),
    ("claude-opus-4-1-20250805", "us-east-1", "us.anthropic.claude-opus-4-1-20250805-v1:0"),
    ("claude-opus-4-6", "us-gov-west-1", "anthropic.claude-opus-4-6-v1"),
    ("claude-opus-4-6", "il-central-1", "global.anthropic.claude-opus-4-6-v1"),
    ("claude-mythos-5", "us-east-1", "us.anthropic.claude-mythos-5"),
  ])
  func `a known model is asked by the profile that fits the region`(name: String, region: String, id: String) throws {
    let choice = try Self.resolve(name, region: region)
    #expect(choice.id == id && choice.chosenByUs && choice.notice == nil)
    #expect(choice.familyAsked == choice.familyServed && choice.familyAsked != nil)
  }

  @Test func `no region and no model ever give a wrong prefix`() throws {
    let regions = [
      "us-east-1", "ca-west-1", "eu-north-1", "ap-east-1", "ap-northeast-1", "ap-southeast-2", "ap-southeast-7",
      "sa-east-1",
      "me-central-1", "af-south-1", "mx-central-1", "us-gov-east-1", "cn-north-1", "eusc-de-east-1", "moon-base-1",
    ]
    for region in try regions.map({ try Region($0) }) {
      for family in ModelCatalog.families {
        guard let name = family.api?.ids.last else { continue }
        let id = try Self.resolve(name, region: region.name).id
        #expect(id.contains("anthropic."), "\(name)")
        let geography = ModelName(id).geography
        #expect(geography.map { Geography(rawValue: $0)?.covers(region) == true } ?? true, "\(id) in \(region.name)")
        let known =
          (family.bedrock?.profiles.map(\.id) ?? []) + [family.bedrock?.foundationID ?? "anthropic.\(family.id)"]
        #expect(ModelCatalog.find(id)?.family == family && known.contains(id) || name == "claude-sonnet-4-20250514")
      }
    }
  }

  @Test(arguments: [
    ("claude-sonnet-9", "sonnet", "us.anthropic.claude-sonnet-5-5"),
    ("my-OPUS", "opus", "us.anthropic.claude-opus-5-5"), ("haiku-fast", "haiku", "us.anthropic.claude-haiku-5-5"),
    ("opus-or-sonnet", "sonnet", "us.anthropic.claude-sonnet-5-5"),
    ("claude-fable-9", "fable", "us.anthropic.claude-fable-5-2"),
    ("claude-sonnet-4-20250515", "sonnet", "us.anthropic.claude-sonnet-5-5"),
  ])
  func `an unknown name that mentions a line is that line's, with a notice`(name: String, line: String, id: String)
    throws
  {
    let choice = try Self.resolve(name)
    #expect(choice.id == id && choice.chosenByUs && choice.familyAsked == line)
    #expect(choice.notice?.hasPrefix("⚠️  Unknown model '\(name)', using ") == true)
  }

  @Test func `a wholly unknown name goes out as it is, with a notice and what it may have meant`() throws {
    let choice = try Self.resolve("gpt-5")
    #expect(choice.id == "gpt-5" && !choice.chosenByUs && choice.familyAsked == nil)
    #expect(choice.notice == "⚠️  Unknown model 'gpt-5', using as-is")
    #expect(try Self.resolve("hiaku").notice == "⚠️  Unknown model 'hiaku', using as-is; did you mean 'haiku'?")
    #expect(try Self.resolve("claude-sonnet-4.5").notice?.hasSuffix("did you mean 'claude-sonnet-4-5'?") == true)
  }

  @Test func `a notice shows no name without end, and nothing that a terminal would obey`() throws {
    for name in [
      "x\u{1B}[2J\r\ny\u{202E}", String(repeating: "opus", count: 5_000), String(repeating: "x[1m]", count: 5_000),
    ] {
      for choice in [
        try Self.resolve(name), AnthropicModelNames(overrides: .init(environment: .init([:]))).resolve(name),
      ] {
        let notice = try #require(choice.notice)
        #expect(notice.count < 300 && !notice.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
      }
    }
    #expect(try Self.resolve(String(repeating: "[1m]", count: 5_000)).id == "")
  }

  @Test func `the user's meaning of a line stands for its bare name and for what the table calls the latest`() throws {
    let mine = [
      "ANTHROPIC_DEFAULT_SONNET_MODEL": "eu.anthropic.claude-opus-5",
      "ANTHROPIC_DEFAULT_HAIKU_MODEL": "claude-haiku-4-5",
    ]
    for name in ["sonnet", "claude-sonnet-4-20250514", "sonnet-next"] {
      let choice = try Self.resolve(name, mine)
      #expect(choice.id == "eu.anthropic.claude-opus-5" && !choice.chosenByUs && choice.asked == name)
      #expect(choice.notice != nil, "another model is served")
    }
    #expect(try Self.resolve("haiku", mine).id == "us.anthropic.claude-haiku-4-5-20251001-v1:0")
    #expect(try Self.resolve("haiku", mine).chosenByUs)
    #expect(try Self.resolve("claude-3-5-sonnet-20241022", mine).id == Self.sonnet35)
    #expect(try Self.resolve("opus", mine).id == "us.anthropic.claude-opus-5-5")
    #expect(try Self.resolve("sonnet", ["ANTHROPIC_DEFAULT_SONNET_MODEL": " "]).id == "us.anthropic.claude-sonnet-5-5")
    #expect(
      try Self.resolve("fable", ["ANTHROPIC_DEFAULT_FABLE_MODEL": "claude-fable-5"]).familyServed == "claude-fable-5")
  }

  @Test func `a name that the user maps goes before all else, and never in circles`() throws {
    let arn = "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc"
    let named = [
      "claude-opus-4-1": arn, "us.anthropic.claude-opus-5": "deployment-sonnet", "sonnet": "opus", "opus": "sonnet",
      "claude-sonnet-4-20250514": "claude-sonnet-4-5", "blank": " ",
    ]
    let mapped = try Self.resolve("claude-opus-4-1", named: named)
    #expect(mapped.id == arn && !mapped.chosenByUs && mapped.notice == nil)
    #expect(mapped.known == "anthropic.claude-opus-4-1-20250805-v1:0" && mapped.familyServed == "claude-opus-4-1")
    #expect(mapped.window(onBedrock: true)?.output == 32_000 && mapped.traits.thinkingTypes.contains("enabled"))
    let deployment = try Self.resolve("us.anthropic.claude-opus-5", named: named)
    #expect(deployment.id == "deployment-sonnet" && deployment.notice == nil)
    #expect(try Self.resolve("sonnet", named: named).id == "us.anthropic.claude-opus-5-5")
    let byDefault = try Self.resolve("sonnet", ["ANTHROPIC_DEFAULT_OPUS_MODEL": arn], named: named)
    #expect(byDefault.id == arn && byDefault.known == arn && byDefault.window(onBedrock: true) == nil)
    let other = try Self.resolve("claude-sonnet-4-20250514", named: named)
    #expect(other.id == "us.anthropic.claude-sonnet-4-5-20250929-v1:0" && other.chosenByUs)
    #expect(other.familyAsked == "claude-sonnet-4-5" && other.notice?.contains("Claude Sonnet 4.5") == true)
    #expect(try Self.resolve("blank", named: named).id == "blank")
  }

  @Test(arguments: [
    "claude-sonnet-4-5[1m]", "us.anthropic.claude-sonnet-4-20250514-v1:0[1m]", "nonsense[1m]",
    "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc[1m]", "mapped[1m]",
    "x[1m][1m]",
  ])
  func `the suffix for the long window never reaches the provider, and asks for the beta`(name: String) throws {
    let choice = try Self.resolve(name, named: ["mapped": "us.anthropic.claude-sonnet-4-20250514-v1:0"])
    #expect(!choice.id.contains("[") && choice.asked == name)
    #expect(choice.betas == ["context-1m-2025-08-07"])
  }

  // MARK: Healing

  @Test func `a refused choice of ours is followed once by the profile of the model that was named`() throws {
    let names = try Self.names("eu-west-1")
    let first = names.resolve("claude-sonnet-4-20250514")
    let second = try #require(names.next(after: first, isGone: false))
    #expect(second.id == "eu.anthropic.claude-sonnet-4-20250514-v1:0" && second.familyServed == "claude-sonnet-4")
    #expect(second.notice?.contains(first.id) == true && second.notice?.contains(second.id) == true)
    #expect(
      names.next(after: names.resolve("claude-3-haiku-20240307"), isGone: false)?.id
        == "eu.anthropic.claude-3-haiku-20240307-v1:0")
    for isGone in [false, true] {
      #expect(
        names.next(after: names.resolve("claude-opus-5"), isGone: isGone)?.id == "global.anthropic.claude-opus-5")
      #expect(names.next(after: names.resolve("sonnet"), isGone: isGone)?.id == "global.anthropic.claude-sonnet-5-5")
      #expect(names.next(after: names.resolve("my-opus"), isGone: isGone)?.id == "global.anthropic.claude-opus-5-5")
    }
  }

  @Test(arguments: [
    ("claude-sonnet-4-20250514", "eu.anthropic.claude-sonnet-5-5"),
    ("claude-3-opus-20240229", "eu.anthropic.claude-opus-5-5"),
    ("claude-3-haiku-20240307[1m]", "eu.anthropic.claude-haiku-4-5-20251001-v1:0"),
  ])
  func `a name of old whose model is gone gives way to what is recommended, or to the newest of its line`(
    name: String, id: String
  ) throws {
    let names = try Self.names("eu-west-1")
    let next = try #require(names.next(after: names.resolve(name), isGone: true))
    #expect(next.id == id && next.mayBeAnother && next.asked == name && next.notice?.contains(id) == true)
  }

  @Test func `what was recommended in the place of a name of old gives way too`() throws {
    let names = try Self.names("eu-west-1")
    let recommended = try #require(names.next(after: names.resolve("claude-3-haiku-20240307"), isGone: true))
    let newest = try #require(names.next(after: recommended, isGone: true))
    #expect(newest.id == "eu.anthropic.claude-haiku-5-5")
    #expect(names.next(after: newest, isGone: true) == nil)
  }

  @Test func `what the user chose is not replaced`() throws {
    let names = try Self.names("us-east-1", ["ANTHROPIC_DEFAULT_SONNET_MODEL": "us.anthropic.claude-opus-5"])
    for name in ["us.anthropic.claude-sonnet-4-20250514-v1:0", "sonnet", "gpt-5"] {
      #expect(names.next(after: names.resolve(name), isGone: true) == nil)
    }
  }

  @Test func `a model with one id has no next one`() throws {
    let region = try Region("us-east-1")
    let id = "anthropic.claude-instant-v1"
    #expect(BedrockModelNames.profile(for: "claude-instant", in: region, refused: id) == nil)
    #expect(BedrockModelNames.profile(for: "no-such-model", in: region, refused: id) == nil)
  }
}
