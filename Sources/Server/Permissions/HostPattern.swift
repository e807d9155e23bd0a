internal import Protocol

/// A pattern of places on the network: `example.com`, `*.example.com` for what is below it, `127.0.0.1:8080` with a port.
///
/// Without a port all of them are meant. Case does not count, and `domain:` before it, as others write it, says nothing.
package struct HostPattern: Hashable, Sendable {
  private let host: String
  private let port: String?
  private let isBelow: Bool

  /// The pattern that a rule has in parentheses.
  package init(_ text: String) throws(PermissionRule.Problem) {
    let written = text.lowercased()
    let lowered = written.hasPrefix("domain:") ? String(written.dropFirst(7)) : written
    isBelow = lowered.hasPrefix("*.")
    let place = isBelow ? lowered.dropFirst(2) : lowered[...]
    (host, port) = Self.parts(place)
    let isAddress = host.hasPrefix("[") && host.hasSuffix("]")
    let isName = host.utf8.allSatisfy {
      Byte.isName($0) || $0 == UInt8(ascii: ".") || isAddress && ":[]".utf8.contains($0)
    }
    let isBare = !host.hasPrefix(".") && !host.hasSuffix(".")
    guard !host.isEmpty, isName, isBare, port.map({ !$0.isEmpty && $0.utf8.allSatisfy(Byte.isDigit) }) ?? true else {
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

  /// Whether a rule that refuses or asks means a place: one without a port has its scheme's.
  func restricts(_ place: String) -> Bool {
    if matches(place) { return true }
    guard let port, ["80", "443"].contains(port), Self.parts(place[...]).port == nil else { return false }
    return matches("\(place):\(port)")
  }

  /// Whether it names that place itself, and no wider circle.
  func names(_ place: String) -> Bool { !isBelow && matches(place) }

  private static func parts(_ place: Substring) -> (host: String, port: String?) {
    let behindAddress = place.lastIndex(of: "]").map { place[$0...] } ?? place
    guard let colon = behindAddress.lastIndex(of: ":") else { return (String(place), nil) }
    return (String(place[..<colon]), String(place[colon...].dropFirst()))
  }
}
