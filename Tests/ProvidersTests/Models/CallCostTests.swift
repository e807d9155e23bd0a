import Protocol
import Providers
import TestSupport
import Testing

@Suite struct CallCostTests {
  private func usage(_ input: Int = 0, _ output: Int = 0, read: Int = 0, write: Int = 0, hour: Int = 0) -> Usage {
    var usage = Usage()
    (usage.input, usage.output, usage.cacheRead, usage.cacheWrite, usage.cacheWriteHour) = (
      input, output, read, write, hour
    )
    return usage
  }

  private func cost(_ usage: Usage, _ model: String, _ provider: ProviderID = .anthropic) -> CallCost {
    CallCost(of: Bill(usage), model: model, provider: provider)
  }

  @Test func `each kind of token has its price`() {
    let model = "claude-opus-4-5"
    #expect(cost(usage(1_000_000), model).picodollars == 5_000_000_000_000)
    #expect(cost(usage(0, 1_000_000), model).picodollars == 25_000_000_000_000)
    #expect(cost(usage(read: 1_000_000), model).picodollars == 500_000_000_000)
    #expect(cost(usage(write: 1_000_000), model).picodollars == 6_250_000_000_000)
    #expect(cost(usage(write: 1_000_000, hour: 1_000_000), model).picodollars == 10_000_000_000_000)
    #expect(cost(usage(write: 1_000_000, hour: 400_000), model).picodollars == 7_750_000_000_000)
    #expect(cost(usage(), model).wire.usd.double == 0)
  }

  @Test func `the wire has dollars, and where the price comes from`() {
    let wire = cost(usage(1_234, 567, read: 89), "claude-sonnet-4-5").wire
    #expect(wire.usd.double == 0.0122337)
    #expect(wire.source == "price table of 2026-11-24 (litellm 1.109.1)")
    #expect(cost(usage(1), "claude-3-haiku-20240307").wire.source.contains("retired"))
  }

  @Test(arguments: [
    ("global.anthropic.claude-opus-4-5-20251101-v1:0", 5_000_000),
    ("us.anthropic.claude-opus-4-5-20251101-v1:0", 5_500_000),
    ("anthropic.claude-opus-4-5-20251101-v1:0", 5_000_000), ("us-gov.anthropic.claude-opus-5", 6_000_000),
    ("us.anthropic.claude-haiku-5-5", 110_000), ("us.anthropic.claude-sonnet-4-20250514-v1:0", 3_000_000),
    ("us.anthropic.claude-mythos-preview", 27_500_000), ("us.anthropic.claude-mythos-5", 11_000_000),
    ("arn:aws:bedrock:eu-west-1:1:inference-profile/eu.anthropic.claude-opus-5", 5_500_000),
    ("arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0", 250_000),
  ])
  func `on Bedrock the profile decides the price`(id: String, input: Int) {
    #expect(cost(usage(1), id, .bedrock).picodollars == input)
  }

  @Test func `from 100,001 tokens of prompt on all of a call of Haiku 5.5 costs five times as much`() {
    for (name, provider, percent) in [
      ("claude-haiku-5-5", ProviderID.anthropic, 100), ("global.anthropic.claude-haiku-5-5", .bedrock, 100),
      ("us.anthropic.claude-haiku-5-5", .bedrock, 110),
    ] {
      for (prompt, factor) in [(99_999, 1), (100_000, 1), (100_001, 5)] {
        let plain = cost(usage(prompt, 10), name, provider)
        #expect(plain.picodollars == (prompt * 100_000 + 10 * 500_000) * factor * percent / 100)
        let cached = cost(usage(prompt - 90_000, 10, read: 50_000, write: 40_000, hour: 30_000), name, provider)
        let tokens = (prompt - 90_000) * 100_000 + 10 * 500_000 + 50_000 * 10_000 + 10_000 * 125_000
        #expect(cached.picodollars == (tokens + 30_000 * 200_000) * factor * percent / 100)
      }
    }
  }

  @Test func `a prompt above 200,000 tokens makes the whole call dearer, its cache too`() {
    let model = "us.anthropic.claude-sonnet-4-20250514-v1:0"
    let short = cost(usage(150_000, 1_000, read: 40_000, write: 10_000), model, .bedrock)
    #expect(short.picodollars == 150_000 * 3_000_000 + 1_000 * 15_000_000 + 40_000 * 300_000 + 10_000 * 3_750_000)
    let long = cost(usage(150_001, 1_000, read: 40_000, write: 10_000), model, .bedrock)
    #expect(long.picodollars == 150_001 * 6_000_000 + 1_000 * 22_500_000 + 40_000 * 600_000 + 10_000 * 7_500_000)
    let answerOnly = cost(usage(1, 300_000), model, .bedrock)
    #expect(answerOnly.picodollars == 3_000_000 + 300_000 * 15_000_000)
    #expect(cost(usage(900_000), "claude-opus-5").picodollars == 900_000 * 5_000_000)
  }

  @Test(arguments: [
    ("gpt-4", ProviderID.anthropic), ("claude-sonnet-9", .anthropic), ("claude-mythos-preview-2", .anthropic),
    ("", .bedrock),
    ("arn:aws:bedrock:us-east-1:1:application-inference-profile/abc", .bedrock), ("claude-opus-5", .bedrock),
    ("apac.anthropic.claude-opus-4-6-v1", .bedrock), ("mars.anthropic.claude-opus-5", .bedrock),
    ("anthropic.claude-mythos-5", .bedrock), ("anthropic.claude-v2:1", .anthropic),
  ])
  func `an unknown price is unknown, never nothing, and says why`(model: String, provider: ProviderID) {
    for tokens in [usage(), usage(5, 5)] {
      let cost = cost(tokens, model, provider)
      #expect(cost.picodollars == nil && cost.wire.usd.isNull)
      #expect(cost.source.hasPrefix("no price known: ") && cost.source.count > 20)
    }
  }

  @Test func `a price that the list lacks matters only where it is used`() {
    let old = "us.anthropic.claude-opus-4-1-20250805-v1:0"
    #expect(cost(usage(10, write: 10), old, .bedrock).picodollars == 10 * 15_000_000 + 10 * 18_750_000)
    let hour = cost(usage(10, write: 10, hour: 1), old, .bedrock)
    #expect(hour.picodollars == nil && hour.source.contains("hour"))
  }

  @Test func `counts that make no sense are unknown and do not overflow`() {
    for count in [Int.max, Int.min, -1, 1 << 60] {
      for usage in [
        usage(count), usage(0, count), usage(read: count), usage(write: count), usage(write: 1, hour: count),
      ] {
        #expect(cost(usage, "claude-opus-5").picodollars == nil)
      }
    }
    #expect(
      cost(usage(1_000_000_000_000, 1_000_000_000_000), "us.anthropic.claude-mythos-preview", .bedrock).picodollars
        == nil)
  }

  @Test func `a sum is exact, and unknown when a part of it is`() {
    var sum = CallCost.none
    for _ in 0..<1_000 { sum += cost(usage(1), "claude-haiku-5-5") }
    #expect(sum.picodollars == 1_000 * 100_000 && sum.wire.usd.double == 0.0001)
    #expect(sum.source == "price table of 2026-11-24 (litellm 1.109.1)")
    sum += CallCost.none
    #expect(sum.picodollars == 1_000 * 100_000)
    sum += cost(usage(1), "claude-3-haiku-20240307")
    #expect(sum.source.contains("litellm") && sum.source.contains("retired"))
    sum += cost(usage(1), "gpt-4")
    #expect(sum.picodollars == nil && sum.source.contains("gpt-4"))
    sum += cost(usage(1), "claude-haiku-5-5")
    #expect(sum.picodollars == nil && sum.source.contains("gpt-4"))
  }

  @Test(arguments: [UInt64(7), 8]) func `the cost of a sum of calls is the sum of their costs`(seed: UInt64) {
    var random = RandomNumbers(seed: seed)
    var (sum, tokens) = (CallCost.none, Usage())
    for _ in 0..<500 {
      let part = usage(
        Int.random(in: 0...9_999, using: &random), Int.random(in: 0...9_999, using: &random),
        read: Int.random(in: 0...9_999, using: &random), write: Int.random(in: 100...999, using: &random),
        hour: Int.random(in: 0...100, using: &random))
      sum += cost(part, "us.anthropic.claude-opus-5-5", .bedrock)
      tokens += part
    }
    #expect(sum == cost(tokens, "us.anthropic.claude-opus-5-5", .bedrock))
  }
}
