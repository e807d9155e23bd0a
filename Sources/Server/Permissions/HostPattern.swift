internal import Protocol

/// A pattern of places on the network: `example.com`, `*.example.com` for what is below it, `127.0.0.1:8080` with a port.
///
/// Without a port all of them are meant. Case does not count.
package struct HostPattern: Hashable, Sendable {
  private let host: String
  private let port: String?
  private let isBelow: Bool

  /// The pattern that a rule has in parentheses.
  package init(_ text: String) throws(PermissionRule.Problem) {
    let lowered = text.lowercased()
    isBelow = lowered.hasPrefix("*.")
    let place = isBelow ? lowered.dropFirst(2) : lowered[...]
    (host, port) = Self.parts(place)
    let isName = host.utf8.allSatisfy { Byte.isName($0) || ".:[]".utf8.contains($0) }
    guard !host.isEmpty, isName, port?.utf8.allSatisfy(Byte.isDigit) != false else {
      throw PermissionRule.Problem(
        "it must be a host, as in 'example.com', '*.example.com' or '127.0.0.1:8080', without scheme and path")
    }
  }

  /// Whether it means a place, given as `host` or `host:port`.
  func matches(_ place: String) -> Bool {
    let (host, port) = Self.parts(place.lowercased()[...])
    guard self.port == nil || self.port == port else { return false }
    return isBelow ? host.hasSuffix("." + self.host) : host == self.host
  }

  /// Whether it names that place itself, and no wider circle.
  func names(_ place: String) -> Bool { !isBelow && matches(place) }

  private static func parts(_ place: Substring) -> (host: String, port: String?) {
    let behindAddress = place.lastIndex(of: "]").map { place[$0...] } ?? place
    guard let colon = behindAddress.lastIndex(of: ":") else { return (String(place), nil) }
    return (String(place[..<colon]), String(place[colon...].dropFirst()))
  }
}
