/// The part of the world in which an inference profile may route a request; its raw value begins the profile's id.
package enum Geography: String, Sendable, Hashable, CaseIterable {
  case us, eu, apac, jp, au, global
  case usGov = "us-gov"

  /// The geographies whose profiles may be asked in a region, the best first (AWS's inference profiles guide).
  ///
  /// From Claude 4.5 on, Japan and Australia have profiles of their own and the rest of Asia has the global one; before
  /// that there was one for Asia. There is no `ap.`. A region outside the public cloud never has the global one.
  package static func preferred(in region: Region, modelVersion: [Int]) -> [Geography] {
    switch region.partition {
    case .usGov: return [.usGov]
    case .aws: break
    default: return []
    }
    let isRecent = modelVersion.isEmpty || !modelVersion.lexicographicallyPrecedes([4, 5])
    switch region.name.split(separator: "-").first {
    case "us", "ca": return [.us, .global]
    case "eu": return [.eu, .global]
    case "ap" where !isRecent: return [.apac, .global]
    case "ap": return (ofItsOwn[region.name].map { [$0] } ?? []) + [.global]
    default: return [.global]
    }
  }

  /// Whether its profiles may be asked in a region at all.
  package func covers(_ region: Region) -> Bool {
    if self == .usGov { return region.partition == .usGov }
    guard region.partition == .aws else { return false }
    switch self {
    case .us: return region.name.hasPrefix("us-") || region.name.hasPrefix("ca-")
    case .eu: return region.name.hasPrefix("eu-")
    case .apac: return region.name.hasPrefix("ap-")
    case .jp, .au: return Geography.ofItsOwn[region.name] == self
    case .global, .usGov: return true
    }
  }

  /// The geography of a country that has profiles of its own; `nil` for all other regions.
  static func ofCountry(_ region: String) -> Geography? { ofItsOwn[region] }

  /// Regions in countries with profiles of their own.
  private static let ofItsOwn: [String: Geography] = [
    "ap-northeast-1": .jp, "ap-northeast-3": .jp,
    "ap-southeast-2": .au, "ap-southeast-4": .au, "ap-southeast-6": .au,
  ]
}
