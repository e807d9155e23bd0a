package import Protocol

/// What one request is billed for: the calls of a model that it became, and how they were made.
///
/// The API's `usage` tells it (Anthropic's pages on usage, fast mode, data residency and compaction).
package struct Bill: Sendable, Hashable {
  /// Each call, that of the conversation last; each is priced by its own prompt.
  package private(set) var calls: [Usage]
  /// How fast the answer was asked for, in the API's word; `nil` when nothing is said of it.
  private(set) var speed: String?
  /// Where the model ran, in the API's word.
  private(set) var place: String?
  /// The tier that served it, in the API's word.
  private(set) var tier: String?
  /// Searches of the web that the service made.
  private(set) var searches = 0
  /// Whether it costs nothing: a request that was refused before an answer began.
  private(set) var isFree = false

  /// One plain call.
  package init(_ usage: Usage) { calls = [usage] }

  /// What an answer's `usage` object says besides the `usage` that was read of it.
  init(_ usage: Usage, details: JSONObject?, isFree: Bool) {
    self.isFree = isFree
    speed = details?["speed"]?.string
    place = details?["inference_geo"]?.string
    tier = details?["service_tier"]?.string
    searches = max(0, details?["server_tool_use"]?["web_search_requests"]?.int ?? 0)
    let iterations = (details?["iterations"]?.array ?? []).compactMap { one in
      one.object.map { (isMessage: one["type"]?.string ?? "message" == "message", usage: Usage($0)) }
    }
    // What was done besides, as a summary, is left out of the sums; the rest they hold, perhaps in more detail.
    let messages = iterations.filter(\.isMessage).map(\.usage)
    let isWhole = Self.total(messages).holds(usage)
    calls = iterations.filter { !$0.isMessage }.map(\.usage) + (isWhole && !messages.isEmpty ? messages : [usage])
  }

  /// The tokens of all calls.
  package var total: Usage { Self.total(calls) }

  /// The tokens of the last call: what the conversation fills now.
  package var last: Usage { calls.last ?? Usage() }

  private static func total(_ calls: [Usage]) -> Usage {
    var sum = Usage()
    for call in calls { sum += call }
    return sum
  }
}

extension Bill {
  /// The price list by which it is charged, made of the usual one; `nil` when there is none for how it was asked.
  func price(_ listed: Price, provider: ProviderID) -> Price? {
    var price = listed
    if speed == "fast" {
      guard provider == .anthropic, let fast = listed.fast else { return nil }
      price = listed.raised(to: fast)
    }
    // On Bedrock the profile's price says where the model runs.
    if place == "us", provider == .anthropic { price = price.plus(percent: 10) }
    if tier == "batch" { price = price.plus(percent: -50) }
    return price
  }

  /// What a search of the web costs, in picodollars: ten dollars for a thousand (Anthropic's page on the tool).
  static let search = 10_000_000_000
}

extension Usage {
  /// Whether no count is below that of another.
  fileprivate func holds(_ other: Usage) -> Bool {
    input >= other.input && output >= other.output && cacheRead >= other.cacheRead && cacheWrite >= other.cacheWrite
      && cacheWriteHour >= other.cacheWriteHour
  }
}
