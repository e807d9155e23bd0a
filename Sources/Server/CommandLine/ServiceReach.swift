package import Protocol
package import Providers

/// How a service would be reached, and why so: what the doctor is told by those who know.
package struct ServiceReach: Sendable {
  /// Who would be asked.
  package var provider: ProviderID
  /// Who chose it: an option, a variable, or nobody.
  package var whyProvider: String
  /// Who chose the model.
  package var whyModel: String
  /// The AWS region; `nil` where there is none.
  package var region: String?
  /// Why that region; `nil` where there is none.
  package var whyRegion: String?
  /// The address, without what may be secret of it.
  package var address: String?
  /// Who says so.
  package var whyAddress: String?
  /// The proxy, likewise; `nil` for none.
  package var proxy: String?
  /// Why that one, or none.
  package var whyProxy: String?
  /// Whose certificates are trusted, and which is one's own.
  package var trusted: [DoctorReport.Fact] = []
  /// What is wrong with it.
  package var problems: [DoctorReport.Problem] = []
  /// What nobody may see.
  package var mask: SecretMask

  /// A service that is asked for those reasons.
  package init(provider: ProviderID, whyProvider: String, whyModel: String, mask: SecretMask) {
    (self.provider, self.whyProvider, self.whyModel, self.mask) = (provider, whyProvider, whyModel, mask)
  }

  /// An address without what signs in: no user, no password, no query.
  package static func withoutSecrets(_ address: String) -> String {
    let start = address.firstRange(of: "://")?.upperBound ?? address.startIndex
    let plain = address[start...].prefix { $0 != "?" && $0 != "#" }
    let rest = address[plain.endIndex...]
    // A password may have what ends an address, where it should not.
    let bare = plain.lastIndex(of: "@").map { plain[plain.index(after: $0)...] } ?? (rest.contains("@") ? "" : plain)
    return "\(address[..<start])\(bare)\(rest.isEmpty ? "" : "?\(SecretMask.mark)")"
  }
}
