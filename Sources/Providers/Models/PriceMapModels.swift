/// The models of a public price map: litellm 1.109.1, `model_prices_and_context_window_backup.json` (MIT licence), read
/// on 2026-11-24.
///
/// One model a line or three, oldest first; a test compares each value with the file that the table was made from. Prices
/// are in thousandths of a dollar per million tokens: input, output, cache written for five minutes, for an hour, cache
/// read. The profiles of a geography cost as much as the model itself (`at`), or 10 or 20 percent more.
///
/// It is data of a community, not of the vendors: it enriches what a provider says, and never decides that a name is
/// wrong.
package let priceMapModels: [ModelFamily] = [
  ModelFamily("claude-mythos-preview", "Claude Mythos Preview")
    .api(
      ["claude-mythos-preview"], window(1_000_000, 128_000), Price(10_000, 50_000, 12_500, 20_000, 1_000),
      endsOn: "2026-06-09"
    )
    .bedrock(
      "anthropic.claude-mythos-preview", window(1_000_000, 128_000), Price(27_500, 137_500, 34_375, 55_000, 2_750),
      at: [.apac, .au, .us]),
  ModelFamily("claude-instant", "Claude Instant")
    .bedrock("anthropic.claude-instant-v1", window(100_000, 8_191), Price(800, 2_400, nil, nil, nil)),
  ModelFamily("claude", "Claude 2.1")
    .bedrock("anthropic.claude-v2:1", window(100_000, 8_191), Price(8_000, 24_000, nil, nil, nil)),
  ModelFamily("claude-3-opus", "Claude 3 Opus")
    .bedrock(
      "anthropic.claude-3-opus-20240229-v1:0", window(200_000, 4_096), Price(15_000, 75_000, 18_750, nil, 1_500),
      at: [.eu, .us]),
  ModelFamily("claude-3-5-haiku", "Claude 3.5 Haiku")
    .bedrock(
      "anthropic.claude-3-5-haiku-20241022-v1:0", window(200_000, 8_192), Price(800, 4_000, 1_000, nil, 80),
      at: [.eu, .us]),
  ModelFamily("claude-3-5-sonnet", "Claude 3.5 Sonnet")
    .bedrock(
      "anthropic.claude-3-5-sonnet-20241022-v2:0", window(200_000, 8_192), Price(3_000, 15_000, 3_750, nil, 300),
      at: [.eu, .us]),
  ModelFamily("claude-3-7-sonnet", "Claude 3.7 Sonnet")
    .bedrock(
      "anthropic.claude-3-7-sonnet-20250219-v1:0", window(200_000, 8_192), Price(3_000, 15_000, 3_750, nil, 300),
      at: [.eu, .us]),
  ModelFamily("claude-sonnet-4", "Claude Sonnet 4")
    .bedrock(
      "anthropic.claude-sonnet-4-20250514-v1:0", window(200_000, 64_000),
      Price(3_000, 15_000, 3_750, nil, 300, long: (6_000, 22_500)), at: [.apac, .eu, .global, .us]),
  ModelFamily("claude-opus-4", "Claude Opus 4")
    .bedrock(
      "anthropic.claude-opus-4-20250514-v1:0", window(200_000, 32_000), Price(15_000, 75_000, 18_750, nil, 1_500),
      at: [.eu, .us]),
  ModelFamily("claude-opus-4-1", "Claude Opus 4.1")
    .bedrock(
      "anthropic.claude-opus-4-1-20250805-v1:0", window(200_000, 32_000), Price(15_000, 75_000, 18_750, nil, 1_500),
      at: [.eu, .us]),
  ModelFamily("claude-haiku-4-5", "Claude Haiku 4.5")
    .api(
      ["claude-haiku-4-5-20251001", "claude-haiku-4-5"], window(200_000, 64_000), Price(1_000, 5_000, 1_250, 2_000, 100)
    )
    .bedrock(
      "anthropic.claude-haiku-4-5-20251001-v1:0", window(200_000, 64_000), Price(1_000, 5_000, 1_250, 2_000, 100),
      at: [.global], plus10: [.au, .eu, .jp, .us]
    )
    .profile(.apac, Price(1_100, 5_500, 1_375, nil, 110)),
  ModelFamily("claude-sonnet-4-5", "Claude Sonnet 4.5")
    .api(
      ["claude-sonnet-4-5", "claude-sonnet-4-5-20250929"], window(200_000, 64_000),
      Price(3_000, 15_000, 3_750, 6_000, 300), endsOn: "2026-11-30"
    )
    .bedrock(
      "anthropic.claude-sonnet-4-5-20250929-v1:0", window(200_000, 64_000),
      Price(3_000, 15_000, 3_750, 6_000, 300, long: (6_000, 22_500)), at: [.global], plus10: [.au, .eu, .jp, .us],
      plus20: [.usGov]),
  ModelFamily("claude-opus-4-5", "Claude Opus 4.5")
    .api(
      ["claude-opus-4-5-20251101", "claude-opus-4-5"], window(200_000, 64_000), Price(5_000, 25_000, 6_250, 10_000, 500)
    )
    .bedrock(
      "anthropic.claude-opus-4-5-20251101-v1:0", window(200_000, 64_000), Price(5_000, 25_000, 6_250, 10_000, 500),
      at: [.global], plus10: [.eu, .us]),
  ModelFamily("claude-sonnet-4-6", "Claude Sonnet 4.6")
    .api(["claude-sonnet-4-6"], window(1_000_000, 128_000), Price(3_000, 15_000, 3_750, 6_000, 300))
    .bedrock(
      "anthropic.claude-sonnet-4-6", window(1_000_000, 64_000), Price(3_000, 15_000, 3_750, 6_000, 300), at: [.global],
      plus10: [.apac, .au, .eu, .jp, .us]),
  ModelFamily("claude-opus-4-6", "Claude Opus 4.6")
    .api(
      ["claude-opus-4-6", "claude-opus-4-6-20260205"], window(1_000_000, 128_000),
      Price(5_000, 25_000, 6_250, 10_000, 500)
    )
    .bedrock(
      "anthropic.claude-opus-4-6-v1", window(1_000_000, 128_000), Price(5_000, 25_000, 6_250, 10_000, 500),
      at: [.global], plus10: [.au, .eu, .us]),
  ModelFamily("claude-opus-4-7", "Claude Opus 4.7")
    .api(
      ["claude-opus-4-7", "claude-opus-4-7-20260416"], window(1_000_000, 128_000),
      Price(5_000, 25_000, 6_250, 10_000, 500)
    )
    .bedrock(
      "anthropic.claude-opus-4-7", window(1_000_000, 128_000), Price(5_000, 25_000, 6_250, 10_000, 500), at: [.global],
      plus10: [.apac, .au, .eu, .jp, .us]),
  ModelFamily("claude-opus-4-8", "Claude Opus 4.8")
    .api(["claude-opus-4-8"], window(1_000_000, 128_000), Price(5_000, 25_000, 6_250, 10_000, 500))
    .bedrock(
      "anthropic.claude-opus-4-8", window(1_000_000, 128_000), Price(5_000, 25_000, 6_250, 10_000, 500), at: [.global],
      plus10: [.apac, .au, .eu, .jp, .us], plus20: [.usGov]),
  ModelFamily("claude-sonnet-5", "Claude Sonnet 5")
    .api(["claude-sonnet-5"], window(1_000_000, 128_000), Price(2_000, 10_000, 2_500, 4_000, 200))
    .bedrock(
      "anthropic.claude-sonnet-5", window(1_000_000, 128_000), Price(2_000, 10_000, 2_500, 4_000, 200), at: [.global],
      plus10: [.apac, .au, .eu, .jp, .us], plus20: [.usGov]),
  ModelFamily("claude-opus-5", "Claude Opus 5")
    .api(["claude-opus-5"], window(1_000_000, 128_000), Price(5_000, 25_000, 6_250, 10_000, 500))
    .bedrock(
      "anthropic.claude-opus-5", window(1_000_000, 128_000), Price(5_000, 25_000, 6_250, 10_000, 500), at: [.global],
      plus10: [.apac, .au, .eu, .jp, .us], plus20: [.usGov]),
  ModelFamily("claude-fable-5", "Claude Fable 5")
    .api(["claude-fable-5"], window(1_000_000, 128_000), Price(10_000, 50_000, 12_500, 20_000, 1_000))
    .bedrock(
      "anthropic.claude-fable-5", window(1_000_000, 128_000), Price(10_000, 50_000, 12_500, 20_000, 1_000),
      at: [.global], plus10: [.apac, .au, .eu, .us]),
  ModelFamily("claude-mythos-5", "Claude Mythos 5")
    .api(["claude-mythos-5"], window(1_000_000, 128_000), Price(10_000, 50_000, 12_500, 20_000, 1_000))
    .bedrock(nil, nil, nil, plus10: [.us]),
  ModelFamily("claude-fable-5-1", "Claude Fable 5.1")
    .api(["claude-fable-5-1"], window(1_000_000, 128_000), Price(10_000, 50_000, 12_500, 20_000, 250))
    .bedrock(
      "anthropic.claude-fable-5-1", window(1_000_000, 128_000), Price(10_000, 50_000, 12_500, 20_000, 250),
      at: [.global], plus10: [.eu, .us], plus20: [.usGov]),
  ModelFamily("claude-mythos-5-1", "Claude Mythos 5.1")
    .api(["claude-mythos-5-1"], window(1_000_000, 128_000), Price(10_000, 50_000, 12_500, 20_000, 250))
    .bedrock(
      "anthropic.claude-mythos-5-1", window(1_000_000, 128_000), Price(10_000, 50_000, 12_500, 20_000, 250),
      at: [.global], plus10: [.us]),
  ModelFamily("claude-haiku-5-5", "Claude Haiku 5.5")
    .api(["claude-haiku-5-5"], window(1_000_000, 128_000), Price(100, 500, 125, 200, 10))
    .bedrock(
      "anthropic.claude-haiku-5-5", window(1_000_000, 128_000), Price(100, 500, 125, 200, 10), at: [.global],
      plus10: [.apac, .au, .eu, .jp, .us], plus20: [.usGov]),
  ModelFamily("claude-sonnet-5-5", "Claude Sonnet 5.5")
    .api(["claude-sonnet-5-5"], window(1_000_000, 128_000), Price(2_000, 10_000, 2_500, 4_000, 100))
    .bedrock(
      "anthropic.claude-sonnet-5-5", window(1_000_000, 128_000), Price(2_000, 10_000, 2_500, 4_000, 100), at: [.global],
      plus10: [.apac, .au, .eu, .jp, .us], plus20: [.usGov]),
  ModelFamily("claude-opus-5-5", "Claude Opus 5.5")
    .api(["claude-opus-5-5"], window(1_000_000, 128_000), Price(4_000, 20_000, 5_000, 8_000, 200))
    .bedrock(
      "anthropic.claude-opus-5-5", window(1_000_000, 128_000), Price(4_000, 20_000, 5_000, 8_000, 200), at: [.global],
      plus10: [.apac, .au, .eu, .jp, .us], plus20: [.usGov]),
  ModelFamily("claude-fable-5-2", "Claude Fable 5.2")
    .api(["claude-fable-5-2"], window(1_000_000, 128_000), Price(8_000, 40_000, 10_000, 16_000, 200))
    .bedrock(
      "anthropic.claude-fable-5-2", window(1_000_000, 128_000), Price(8_000, 40_000, 10_000, 16_000, 200),
      at: [.global], plus10: [.us]),
  ModelFamily("claude-mythos-5-2", "Claude Mythos 5.2")
    .api(["claude-mythos-5-2"], window(1_000_000, 128_000), Price(8_000, 40_000, 10_000, 16_000, 200))
    .bedrock(nil, nil, nil, at: [.global]),
]
