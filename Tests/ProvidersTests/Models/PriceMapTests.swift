import Foundation
import Protocol
import Providers
import TestSupport
import Testing

/// The table in the program is the file that it was made from, value by value.
@Suite(.enabled(if: SharedData.url("models.json") != nil, "the shared vectors are not here"))
struct PriceMapTests {
  static let file: JSONObject = {
    guard let url = SharedData.url("models.json"), let data = try? Data(contentsOf: url),
      let json = try? JSON.parse([UInt8](data))
    else { return [:] }
    return json["models"]?.object ?? [:]
  }()

  /// Models of which the file knows no more than that another list has them.
  static func isOnlyNamed(_ entry: JSON) -> Bool {
    entry.object.map { $0.map(\.key) == ["only_in_genai_prices"] } == true
  }

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

  private func expect(_ price: Price?, is json: JSON?, _ what: String) throws {
    guard let json else {
      #expect(price == nil, "\(what)")
      return
    }
    #expect(try price?.input == picodollars(json["in"]), "\(what)")
    #expect(try price?.output == picodollars(json["out"]), "\(what)")
    #expect(try price?.cacheWrite == picodollars(json["cache_write_5m"]), "\(what)")
    #expect(try price?.cacheWriteHour == picodollars(json["cache_write_1h"]), "\(what)")
    #expect(try price?.cacheRead == picodollars(json["cache_read"]), "\(what)")
    #expect(try price?.long?.input == picodollars(json["in_above_200k"]), "\(what)")
    #expect(try price?.long?.output == picodollars(json["out_above_200k"]), "\(what)")
    let known: Set = [
      "in", "out", "cache_write_5m", "cache_write_1h", "cache_read", "in_above_200k", "out_above_200k",
    ]
    #expect(Set((json.object ?? [:]).map(\.key)).isSubset(of: known), "\(what)")
  }

  @Test func `both have the same models`() {
    let named = Self.file.filter { !Self.isOnlyNamed($0.value) }.map(\.key)
    #expect(named.count > 20)
    #expect(Set(priceMapModels.map(\.id)) == Set(named))
    #expect(priceMapModels.count == named.count)
  }

  @Test func `both say the same of every model at the API`() throws {
    for model in priceMapModels {
      let entry = try #require(Self.file[model.id])
      #expect(model.api?.ids == entry["anthropic_api_ids"]?.array?.compactMap(\.string), "\(model.id)")
      #expect(model.api?.window.context == entry["context_window"]?.int, "\(model.id)")
      #expect(model.api?.window.output == entry["max_output"]?.int, "\(model.id)")
      #expect(model.thinking == entry["thinking"]?.bool, "\(model.id)")
      #expect(model.vision == entry["vision"]?.bool, "\(model.id)")
      #expect(model.endsOn == entry["deprecation_date"]?.string, "\(model.id)")
      try expect(model.api?.price, is: entry["usd_per_mtok"], model.id)
      #expect(model.api?.source != .hand)
    }
  }

  @Test func `both say the same of every model on Bedrock, profile by profile`() throws {
    var count = 0
    for model in priceMapModels {
      let entry = try #require(Self.file[model.id]?["bedrock"])
      let offer = try #require(model.bedrock)
      #expect(offer.foundationID == entry["foundation_id"]?.string, "\(model.id)")
      #expect(offer.window?.context == entry["context_window"]?.int, "\(model.id)")
      #expect(offer.window?.output == entry["max_output"]?.int, "\(model.id)")
      try expect(offer.price, is: entry["usd_per_mtok"], model.id)
      let profiles = try #require(entry["profiles"]?.object)
      #expect(Set(offer.profiles.map(\.geography.rawValue)) == Set(profiles.map(\.key)), "\(model.id)")
      #expect(offer.profiles.count == profiles.count)
      for profile in offer.profiles {
        let listed = try #require(profiles[profile.geography.rawValue])
        #expect(profile.id == listed["id"]?.string)
        try expect(profile.price, is: listed["usd_per_mtok"], profile.id)
        count += 1
      }
    }
    #expect(count > 80)
  }
}
