import Providers
import TestSupport
import Testing

@Suite struct ModelCatalogTests {
  @Test(arguments: [
    ("claude-sonnet-4-5", "claude-sonnet-4-5"), ("claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
    ("CLAUDE-SONNET-4-5", "claude-sonnet-4-5"), (" claude-opus-4-6 ", "claude-opus-4-6"),
    ("claude-3-haiku-20240307", "claude-3-haiku"), ("claude-3-5-sonnet-latest", "claude-3-5-sonnet"),
    ("claude-3-5-sonnet-20241022", "claude-3-5-sonnet"), ("claude-3-5-sonnet-20240620", "claude-3-5-sonnet-20240620"),
    ("claude-opus-4-1-20250805", "claude-opus-4-1"), ("claude-opus-4-20250514", "claude-opus-4"),
    ("claude-sonnet-4-0", "claude-sonnet-4"), ("sonnet", "claude-sonnet-5-5"), ("Opus", "claude-opus-5-5"),
    ("haiku", "claude-haiku-5-5"), ("claude-sonnet-4-20250514[1m]", "claude-sonnet-4"),
    ("us.anthropic.claude-sonnet-4-20250514-v1:0", "claude-sonnet-4"),
    ("anthropic.claude-3-5-sonnet-20240620-v1:0", "claude-3-5-sonnet-20240620"),
    ("apac.anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3-5-sonnet"),
    ("mars.anthropic.claude-opus-4-6-v1", "claude-opus-4-6"), ("us.anthropic.claude-opus-4-6", "claude-opus-4-6"),
    ("us-gov.anthropic.claude-opus-4-8", "claude-opus-4-8"), ("anthropic.claude-haiku-4-5", "claude-haiku-4-5"),
    ("anthropic.claude-haiku-4-5-20251001", "claude-haiku-4-5"), ("anthropic.claude-v2:1", "claude"),
    ("anthropic.claude-instant-v1", "claude-instant"),
    ("anthropic.claude-3-haiku-20240307-v1:0:200k", "claude-3-haiku"),
    ("us.anthropic.claude-mythos-5", "claude-mythos-5"), ("us.anthropic.claude-opus-5[1M]", "claude-opus-5"),
    ("arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0", "claude-3-haiku"),
    ("arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"),
  ])
  func `a model is found by any of its names`(name: String, family: String) {
    #expect(ModelCatalog.find(name)?.family.id == family)
  }

  @Test(arguments: [
    "", " ", "claude", "gpt-4", "claude-sonnet-4-5-20990101", "claude-sonnet-9", "anthropic.", "us.anthropic.",
    "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc", "arn:aws:bedrock:us-east-1:1:provisioned-model/x",
    "[1m]", "claude-opus-4-6-v1:0:1:2", "amazon.nova-pro-v1:0", "a.b.anthropic.claude-opus-5", "sonnet-", "-",
  ])
  func `a name of no known model finds none`(name: String) {
    #expect(ModelCatalog.find(name) == nil)
  }

  @Test func `every name in the catalog finds its own model, in any geography and case`() {
    for family in ModelCatalog.families {
      for name in (family.api?.ids ?? []) + (family.line == nil ? [] : [family.id]) {
        #expect(ModelCatalog.find(name)?.family == family, "\(name)")
        #expect(ModelCatalog.find("\(name.uppercased())[1m]")?.family == family, "\(name)")
      }
      for id in (family.bedrock?.profiles ?? []).map(\.id) + [family.bedrock?.foundationID].compactMap(\.self) {
        #expect(ModelCatalog.find(id)?.family == family, "\(id)")
        #expect(ModelCatalog.find("arn:aws:bedrock:x:1:inference-profile/\(id)")?.family == family, "\(id)")
      }
    }
    #expect(Set(ModelCatalog.families.map(\.id)).count == ModelCatalog.families.count)
  }

  @Test func `the suffix for the long window widens it, asks for the beta, and is never part of the name`() throws {
    let long = try #require(ModelCatalog.find("claude-sonnet-4-20250514[1m]"))
    #expect(long.window(onBedrock: false)?.context == 1_000_000)
    #expect(long.betas(onBedrock: false) == ["context-1m-2025-08-07"])
    let short = try #require(ModelCatalog.find("claude-sonnet-4-20250514"))
    #expect(short.window(onBedrock: false)?.context == 200_000)
    #expect(short.betas(onBedrock: true) == [])
    let always = try #require(ModelCatalog.find("claude-opus-5[1m]"))
    #expect(always.betas(onBedrock: true) == [] && always.window(onBedrock: true)?.context == 1_000_000)
    #expect(ModelName("us.anthropic.claude-opus-5[1m]").bare == "us.anthropic.claude-opus-5")
  }

  @Test func `the same model may write less on Bedrock`() throws {
    let entry = try #require(ModelCatalog.find("claude-sonnet-4-6"))
    #expect(entry.window(onBedrock: false)?.output == 128_000 && entry.window(onBedrock: true)?.output == 64_000)
    let old = try #require(ModelCatalog.find("claude-3-7-sonnet"))
    #expect(old.window(onBedrock: true)?.output == 8_192)
  }

  @Test func `retired models are known with the prices of their time`() throws {
    let haiku = try #require(ModelCatalog.family("claude-3-haiku"))
    #expect(haiku.api?.price.input == 250_000 && haiku.api?.price.output == 1_250_000)
    #expect(haiku.api?.price.cacheWrite == 300_000 && haiku.api?.price.cacheRead == 30_000)
    #expect(haiku.api?.window.output == 4_096 && haiku.api?.source == .hand)
    let opus = try #require(ModelCatalog.family("claude-opus-4-1"))
    #expect(opus.api?.price.cacheWrite == 18_750_000 && opus.api?.id == "claude-opus-4-1-20250805")
    #expect(opus.bedrock?.source == .table)
    for id in ["claude-3-sonnet", "claude-3-opus", "claude-3-5-sonnet-20240620", "claude-sonnet-4", "claude-opus-4"] {
      #expect(ModelCatalog.family(id)?.api != nil && ModelCatalog.family(id)?.bedrock?.foundationID != nil, "\(id)")
    }
  }

  @Test(arguments: [
    ("sonet", "sonnet"), ("hiaku", "haiku"), ("claude-sonnet-4.5", "claude-sonnet-4-5"),
    ("claude-opus-4-1-20250806", "claude-opus-4-1-20250805"), ("claud-opus-5", "claude-opus-5"),
    ("claude-3-haiku-20240308", "claude-3-haiku-20240307"), ("Claude-Sonet-5-5[1m]", "claude-sonnet-5-5"),
  ])
  func `a typing error is told from another name`(typed: String, meant: String) {
    #expect(ModelCatalog.suggestion(for: typed) == meant)
  }

  @Test func `a name that is like none has no suggestion, however long it is`() {
    for name in ["", "x", "gpt", "llama-3-70b", "sonnet", "claude-opus-5", String(repeating: "claude", count: 100_000)]
    {
      #expect(ModelCatalog.suggestion(for: name) == nil, "\(name.prefix(40))")
    }
  }

  @Test(arguments: [UInt64(1), 2, 3]) func `no name breaks the look-up`(seed: UInt64) {
    var random = RandomNumbers(seed: seed)
    let pieces = [
      "claude", "-", ".", ":", "anthropic", "us", "v1", "0", "[1m]", "20250514", "sonnet", "arn:", "/", "\u{0}", "é",
      "latest",
      "inference-profile/", "",
    ]
    for _ in 0..<2_000 {
      let name = (0..<Int.random(in: 0...9, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
        .joined()
      let parsed = ModelName(name)
      #expect(!parsed.bare.lowercased().hasSuffix("[1m]"))
      if let entry = ModelCatalog.find(name) { #expect(ModelCatalog.families.contains(entry.family)) }
    }
  }
}
