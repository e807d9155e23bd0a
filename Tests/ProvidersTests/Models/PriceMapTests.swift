import Foundation
import Protocol
import Providers
import TestSupport
import Testing

/// The table in the program is the file that it was made from, value by value.
@Suite(.enabled(if: SharedData.url("models-2026-11.json") != nil, "the shared vectors are not here"))
struct PriceMapTests {
  static let file: JSONObject = {
    guard let url = SharedData.url("models-2026-11.json"), let data = try? Data(contentsOf: url),
      let json = try? JSON.parse([UInt8](data))
    else { return [:] }
    return json["models"]?.object ?? [:]
  }()

  /// Picodollars a token from dollars per million tokens, by moving the decimal point.
  private func picodollars(_ json: JSON?) throws -> Int? {
    guard let json, !json.isNull else { return nil }
    let parts = json.text.split(separator: ".")
    let fraction = parts.count == 2 ? String(parts[1]) : ""
    #expect(parts.count <= 2 && fraction.utf8.count <= 6)
    let digits = String(parts[0]) + fraction + String(repeating: "0", count: 6 - fraction.utf8.count)
    let whole: Int = try #require(Int(digits))
    return whole
  }

  /// What is said of the file's price; a retired model's table may say more of the cache than the file.
  private func expect(_ price: Price?, is json: JSON?, tier: JSON? = nil, isRetired: Bool = false, _ what: String)
    throws
  {
    guard let json else {
      #expect(price == nil || isRetired, "\(what)")
      return
    }
    #expect(try price?.input == picodollars(json["in"]), "\(what)")
    #expect(try price?.output == picodollars(json["out"]), "\(what)")
    for (rate, name) in [
      (price?.cacheWrite, "cache_write_5m"), (price?.cacheWriteHour, "cache_write_1h"),
      (price?.cacheRead, "cache_read"),
    ] where json[name] != nil || !isRetired {
      #expect(try rate == picodollars(json[name]), "\(what) \(name)")
    }
    let input = try picodollars(json["in_above_200k"]) ?? picodollars(tier?["usd_per_mtok"]?["in"])
    let output = try picodollars(json["out_above_200k"]) ?? picodollars(tier?["usd_per_mtok"]?["out"])
    #expect(price?.long?.rates.input == input && price?.long?.rates.output == output, "\(what)")
    let known: Set = [
      "in", "out", "cache_write_5m", "cache_write_1h", "cache_read", "in_above_200k", "out_above_200k",
    ]
    #expect(Set((json.object ?? [:]).map(\.key)).isSubset(of: known), "\(what)")
    guard let tier, let price else { return }
    let above = try #require(tier["abovePromptTokens"]?.int)
    #expect(price.at(prompt: above) == price)
    let long = price.at(prompt: above + 1)
    #expect(long.input == input && long.output == output)
    for (rate, name) in [
      (long.cacheWrite, "cache_write_5m"), (long.cacheWriteHour, "cache_write_1h"), (long.cacheRead, "cache_read"),
    ] {
      guard let said = try picodollars(tier["usd_per_mtok"]?[name]) else { continue }
      #expect(rate == said, "\(what) \(name)")
    }
  }

  @Test func `both have the same models`() {
    let ours = Set(ModelCatalog.families.map(\.id)).subtracting(["claude-3-5-sonnet-20240620"])
    #expect(Self.file.count == 30 && ours == Set(Self.file.map(\.key)))
    #expect(Set(priceMapModels.map(\.id)).count == priceMapModels.count)
  }

  @Test func `both say the same of every model at the API`() throws {
    for (id, entry) in Self.file.members.map({ ($0.key, $0.value) }) {
      // Two of the oldest have no price there any more.
      guard let offer = ModelCatalog.family(id)?.api else {
        #expect(["claude", "claude-instant"].contains(id))
        continue
      }
      let isRetired = offer.source == .hand
      let ids = Set(entry["anthropic_api_ids"]?.array?.compactMap(\.string) ?? [])
      #expect(isRetired ? !ids.isDisjoint(with: offer.ids) : ids == Set(offer.ids), "\(id)")
      #expect(offer.window.context == entry["context_window"]?.int, "\(id)")
      #expect(offer.window.output == entry["max_output"]?.int, "\(id)")
      try expect(
        offer.price, is: entry["usd_per_mtok"], tier: entry["priceTiers"]?.array?.first, isRetired: isRetired, id)
      let fast = entry["fastMode"]
      #expect(try offer.price.fast?.input == picodollars(fast?["in"]), "\(id)")
      #expect(try offer.price.fast?.output == picodollars(fast?["out"]), "\(id)")
    }
  }

  @Test func `both say the same of every model on Bedrock, profile by profile`() throws {
    var count = 0
    for (id, entry) in Self.file.members.map({ ($0.key, $0.value["bedrock"] ?? .null) }) {
      let offer = try #require(ModelCatalog.family(id)?.bedrock)
      let isRetired = offer.source == .hand
      #expect(offer.foundationID == entry["foundation_id"]?.string, "\(id)")
      if let context = entry["context_window"]?.int {
        #expect(offer.window?.context == context && offer.window?.output == entry["max_output"]?.int, "\(id)")
      }
      try expect(
        offer.price, is: entry["usd_per_mtok"], tier: entry["priceTiers"]?.array?.first, isRetired: isRetired, id)
      let profiles = try #require(entry["profiles"]?.object)
      // For retired models more profiles are known than the file has.
      #expect(Set(profiles.map(\.key)).isSubset(of: offer.profiles.map(\.geography.rawValue)), "\(id)")
      for profile in offer.profiles {
        guard let listed = profiles[profile.geography.rawValue] else { continue }
        #expect(profile.id == listed["id"]?.string)
        try expect(profile.price, is: listed["usd_per_mtok"], tier: listed["priceTiers"]?.array?.first, profile.id)
        count += 1
      }
    }
    #expect(count > 80)
  }
}
