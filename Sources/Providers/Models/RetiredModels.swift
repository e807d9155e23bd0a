/// What the price map no longer has: retired models, the API's names of models that it has on Bedrock only, and their
/// profiles for Asia and for GovCloud.
///
/// Prices are Anthropic's list prices of the time; a cache entry for an hour costs twice the input (Anthropic's
/// prompt caching guide). Profiles are those of AWS's inference profiles guide, at the price of the model itself.
let retiredModels: [ModelFamily] = [
  ModelFamily("claude-3-haiku", "Claude 3 Haiku")
    .old(["claude-3-haiku-20240307"], window(200_000, 4_096), Price(250, 1_250, 300, 500, 30))
    .old("anthropic.claude-3-haiku-20240307-v1:0", [.us, .eu, .apac, .usGov]),
  ModelFamily("claude-3-sonnet", "Claude 3 Sonnet")
    .old(["claude-3-sonnet-20240229"], window(200_000, 4_096), Price(3_000, 15_000, nil, nil, nil))
    .old("anthropic.claude-3-sonnet-20240229-v1:0", [.us, .eu, .apac]),
  ModelFamily("claude-3-opus", "Claude 3 Opus")
    .old(
      ["claude-3-opus-20240229", "claude-3-opus-latest"], window(200_000, 4_096),
      Price(15_000, 75_000, 18_750, 30_000, 1_500)),
  ModelFamily("claude-3-5-sonnet-20240620", "Claude 3.5 Sonnet v1")
    .old(["claude-3-5-sonnet-20240620"], window(200_000, 8_192), Price(3_000, 15_000, 3_750, 6_000, 300))
    .old("anthropic.claude-3-5-sonnet-20240620-v1:0", [.us, .eu, .apac, .usGov]),
  ModelFamily("claude-3-5-sonnet", "Claude 3.5 Sonnet")
    .old(
      ["claude-3-5-sonnet-20241022", "claude-3-5-sonnet-latest"], window(200_000, 8_192),
      Price(3_000, 15_000, 3_750, 6_000, 300)
    )
    .old("anthropic.claude-3-5-sonnet-20241022-v2:0", [.apac]),
  ModelFamily("claude-3-5-haiku", "Claude 3.5 Haiku")
    .old(
      ["claude-3-5-haiku-20241022", "claude-3-5-haiku-latest"], window(200_000, 8_192),
      Price(800, 4_000, 1_000, 1_600, 80)),
  ModelFamily("claude-3-7-sonnet", "Claude 3.7 Sonnet")
    .old(
      ["claude-3-7-sonnet-20250219", "claude-3-7-sonnet-latest"], window(200_000, 64_000),
      Price(3_000, 15_000, 3_750, 6_000, 300)
    )
    .old("anthropic.claude-3-7-sonnet-20250219-v1:0", [.apac, .usGov]),
  ModelFamily("claude-sonnet-4", "Claude Sonnet 4")
    .old(
      ["claude-sonnet-4-20250514", "claude-sonnet-4-0"], window(200_000, 64_000),
      Price(3_000, 15_000, 3_750, 6_000, 300, long: (200_000, 6_000, 22_500))),
  ModelFamily("claude-opus-4", "Claude Opus 4")
    .old(
      ["claude-opus-4-20250514", "claude-opus-4-0"], window(200_000, 32_000),
      Price(15_000, 75_000, 18_750, 30_000, 1_500)),
  ModelFamily("claude-opus-4-1", "Claude Opus 4.1")
    .old(
      ["claude-opus-4-1-20250805", "claude-opus-4-1"], window(200_000, 32_000),
      Price(15_000, 75_000, 18_750, 30_000, 1_500)),
]

extension ModelFamily {
  fileprivate func old(_ ids: [String], _ window: ModelWindow, _ price: Price) -> ModelFamily {
    api(ids, window, price, source: .hand)
  }

  /// On Bedrock a retired model costs what it costs at the API, but nothing was kept there for an hour.
  fileprivate func old(_ foundationID: String, _ geographies: [Geography]) -> ModelFamily {
    var price = api?.price
    price?.cacheWriteHour = nil
    return bedrock(foundationID, api?.window, price, at: geographies, source: .hand)
  }
}
