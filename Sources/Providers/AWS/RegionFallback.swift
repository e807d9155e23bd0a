/// The regions to ask in turn when one cannot answer.
///
/// Falling back never leaves a partition, because credentials do not, and never asks a profile outside its geography.
package enum RegionFallback {
  /// What the setting says.
  package enum Choice: Sendable, Hashable {
    /// These regions in this order.
    case list([Region])
    /// The regions near by, the quickest to reach first.
    case nearest
  }

  /// Reads a list like `us-east-1,us-west-2`, or `auto`; blank entries and repetitions are left out.
  ///
  /// - Throws: ``SettingError`` for an entry that is no region, for regions of several partitions, for an empty list,
  ///   and for more than `ModelLimits.regionsMax`.
  package static func parse(_ text: String) throws(SettingError) -> Choice {
    let entries = text.split { $0 == "," || $0.isWhitespace }.map(String.init)
    if entries.count == 1, entries[0].lowercased() == "auto" { return .nearest }
    guard !entries.contains(where: { $0.lowercased() == "auto" }) else { throw refused("has 'auto' beside regions") }
    var regions: [Region] = []
    for entry in entries where !regions.contains(where: { $0.name == entry }) {
      regions.append(try Region(entry, source: .list))
      guard regions.count <= ModelLimits.regionsMax else {
        throw refused("has more than \(ModelLimits.regionsMax) regions")
      }
    }
    guard let first = regions.first else { throw refused("is empty") }
    if let other = regions.first(where: { $0.partition != first.partition }) {
      throw refused(
        "has \(first.name) and \(other.name) in it, which belong to different partitions of AWS and never share "
          + "credentials")
    }
    return .list(regions)
  }

  /// The region to ask after one failed: the first of those left that can be asked for the model; `nil` for none.
  ///
  /// `model` is the id that was asked; pass `nil` when the next region is asked by an id of its own. A model's ARN is good
  /// in its own region only. What had been said is not said twice: a call whose answer had begun stays where it is.
  package static func next(after failure: ProviderError, in region: Region, left: [Region], model: String?) -> Region? {
    guard isWorthwhile(failure), region.source != .model else { return nil }
    return left.first { other in
      other.name != region.name && other.partition == region.partition
        && (model.map { isAskable($0, in: other) } ?? true)
    }
  }

  /// Whether another region may succeed where one failed so: the model is missing there, or it has no room left.
  package static func isWorthwhile(_ failure: ProviderError) -> Bool {
    guard !failure.wasHeard else { return false }
    switch failure.kind {
    case .rateLimited, .overloaded, .modelNotFound, .modelNotEnabled: return true
    // What Bedrock says of its own state comes with these; others of the kind are the same everywhere.
    case .providerError, .invalidRequest: return failure.status == 503
    case .authRequired, .authExpired, .accessDenied, .contextWindowExceeded, .network, .timeout, .stalled, .billing,
      .cancelled:
      return false
    }
  }

  private static func isAskable(_ model: String, in region: Region) -> Bool {
    let name = ModelName(model)
    if ModelARN(name.bare) != nil { return false }
    return name.geography.map { Geography(rawValue: $0)?.covers(region) ?? false } ?? true
  }

  private static func refused(_ reason: String) -> SettingError {
    SettingError(
      "the list of regions \(reason)", hint: "write it like us-east-1,us-west-2, or auto")
  }

  // MARK: The quickest region

  /// How long it took to connect to a region.
  package struct Measurement: Sendable, Hashable {
    package var region: Region
    /// Milliseconds for the connection; `nil` when it failed.
    package var connectMs: Int?

    /// A measurement.
    package init(region: Region, connectMs: Int?) {
      self.region = region
      self.connectMs = connectMs
    }
  }

  /// Regions in the order of their measurements: the quickest first, equals as they came, then those not reached.
  package static func ordered(_ measurements: [Measurement]) -> [Region] {
    measurements.enumerated().sorted { one, other in
      let times = (one.element.connectMs ?? .max, other.element.connectMs ?? .max)
      return times.0 == times.1 ? one.offset < other.offset : times.0 < times.1
    }.map(\.element.region)
  }

  /// The regions that `auto` measures: those with Claude in the geography of the region in use, itself first.
  ///
  /// A region that somebody chose may have been chosen by law, so its geography is not left; when nobody chose one, all
  /// of the public cloud will do.
  package static func candidates(near region: Region) -> [Region] {
    let group = { (name: String) in
      Geography.ofCountry(name)?.rawValue ?? name.split(separator: "-").first.map(String.init)
    }
    let near = withClaude.filter { name in
      name != region.name && Partition.of(region: name) == region.partition
        && (region.source == .unset || group(name) == group(region.name))
    }
    return [region] + near.compactMap { try? Region($0, source: .list) }
  }

  /// Regions where Claude is asked most, by AWS's table of supported models; others can be named in a list.
  private static let withClaude = [
    "us-east-1", "us-east-2", "us-west-2", "ca-central-1", "eu-central-1", "eu-west-1", "eu-west-3", "eu-north-1",
    "ap-northeast-1", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2", "ap-southeast-4", "ap-south-1", "sa-east-1",
    "us-gov-west-1", "us-gov-east-1",
  ]
}
