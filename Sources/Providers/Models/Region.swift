internal import Protocol
package import OperatingSystem

/// A region of AWS, and who chose it.
///
/// A region becomes part of a host name, so only a DNS label is one: anything else could lead credentials elsewhere.
package struct Region: Sendable, Hashable {
  /// Who chose a region.
  package enum Source: Sendable, Hashable {
    /// A person or client, for this process, session or run.
    case explicit
    /// The environment variable of that name.
    case environment(String)
    /// The profile in AWS's configuration files.
    case profile
    /// The model's ARN, which is good in its own region only.
    case model
    /// A list of regions to fall back to.
    case list
    /// The instance that this runs on, by its metadata.
    case instance
    /// Nobody.
    case unset
  }

  /// The name, like `us-east-1`.
  package let name: String
  /// Who chose it.
  package var source: Source

  /// The region that is asked when nobody chose one.
  package static let usual = "us-east-1"

  /// A region by its name.
  ///
  /// - Throws: ``SettingError`` when the name is not a DNS label in lower case (RFC 1123 section 2.1).
  package init(_ name: String, source: Source = .explicit) throws(SettingError) {
    guard Region.isLabel(name) else {
      throw SettingError(
        "\(source.description) '\(ModelName.shown(SecretShape.shown(name)))' is not the name of an AWS region",
        hint: "write it like \(Region.usual): lower-case letters, digits and '-' only")
    }
    self.name = name
    self.source = source
  }

  /// The region to ask: `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile's, or `us-east-1`.
  ///
  /// A blank counts as unset; the first that is set decides, and is not passed over when it is wrong.
  package static func resolved(
    environment: ProcessEnvironment, profile: String? = nil
  ) throws(SettingError) -> Region {
    for variable in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
      if let name = environment[variable] { return try Region(name, source: .environment(variable)) }
    }
    if let name = profile.flatMap(ProcessEnvironment.value) { return try Region(name, source: .profile) }
    return try Region(usual, source: .unset)
  }

  /// The group of regions with hosts and credentials of their own that it belongs to.
  package var partition: Partition { Partition.of(region: name) }

  private static func isLabel(_ name: String) -> Bool {
    let bytes = name.utf8
    return 1...63 ~= bytes.count && bytes.first != hyphen && bytes.last != hyphen
      && bytes.allSatisfy { 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == hyphen }
  }

}

private let hyphen = UInt8(ascii: "-")

extension Region.Source: CustomStringConvertible {
  /// Where the region was found, for a person.
  package var description: String {
    switch self {
    case .explicit: "the region"
    case .environment(let variable): variable
    case .profile: "the profile's region"
    case .model: "the region in the model's ARN"
    case .list: "the region list's entry"
    case .instance: "the instance's region"
    case .unset: "the default region"
    }
  }
}
