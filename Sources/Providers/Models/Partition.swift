/// A group of AWS regions with domains, identities and credentials of its own.
///
/// The values are those of `partitions.json` in botocore 1.43.11; a region that belongs to none is taken for one of the
/// public cloud, as AWS's SDKs do, so that new regions work at once.
package struct Partition: Sendable, Hashable {
  /// The name, as in ARNs.
  package let id: String
  /// What its hosts end with.
  package let suffix: String
  /// What its hosts that answer by IPv6 too end with.
  package let dualStackSuffix: String
  /// What the names of its regions begin with: a region is one of these, a word, and a number.
  fileprivate let beginnings: [String]

  private init(_ id: String, _ suffix: String, dualStack: String, _ beginnings: String) {
    self.id = id
    self.suffix = suffix
    dualStackSuffix = dualStack
    self.beginnings = beginnings.split(separator: " ").map { "\($0)-" }
  }

  /// The public cloud.
  package static let aws = Partition(
    "aws", "amazonaws.com", dualStack: "api.aws", "us eu ap sa ca me af il mx")
  /// Mainland China, whose regions have accounts of their own.
  package static let china = Partition(
    "aws-cn", "amazonaws.com.cn", dualStack: "api.amazonwebservices.com.cn", "cn")
  /// The government of the USA.
  package static let usGov = Partition("aws-us-gov", "amazonaws.com", dualStack: "api.aws", "us-gov")
  /// The European sovereign cloud.
  package static let europeanSovereign = Partition(
    "aws-eusc", "amazonaws.eu", dualStack: "api.amazonwebservices.eu", "eusc-de")

  /// Every partition, that of most regions first.
  package static let all = [
    aws, china, usGov, europeanSovereign,
    Partition("aws-iso", "c2s.ic.gov", dualStack: "api.aws.ic.gov", "us-iso"),
    Partition("aws-iso-b", "sc2s.sgov.gov", dualStack: "api.aws.scloud", "us-isob"),
    Partition("aws-iso-e", "cloud.adc-e.uk", dualStack: "api.cloud-aws.adc-e.uk", "eu-isoe"),
    Partition("aws-iso-f", "csp.hci.ic.gov", dualStack: "api.aws.hci.ic.gov", "us-isof"),
  ]

  /// The partition a region belongs to.
  package static func of(region: String) -> Partition { all.first { $0.holds(region) } ?? aws }

  private func holds(_ region: String) -> Bool {
    region == "\(id)-global" || beginnings.contains { region.hasPrefix($0) && isPlace(region.dropFirst($0.count)) }
  }

  /// Whether a text is what names a region within its partition: a word and a number.
  private func isPlace(_ text: Substring) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    return parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty && parts[1].allSatisfy { 0x30...0x39 ~= $0 }
  }
}
