/// A revision of the Model Context Protocol, as servers and clients name it: a date.
package struct MCPRevision: RawRepresentable, Hashable, Sendable {
  /// The date.
  package var rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

extension MCPRevision {
  /// The oldest that servers still speak.
  package static let first = Self(rawValue: "2024-11-05")
  /// The newest with a handshake, which is asked for first.
  package static let handshake = Self(rawValue: "2025-11-25")
  /// The newest: each request says its revision, and there is no handshake and no session.
  package static let modern = Self(rawValue: "2026-07-28")
  /// Those with a handshake, oldest first.
  package static let legacy = [
    first, Self(rawValue: "2025-03-26"), Self(rawValue: "2025-06-18"), handshake,
  ]

  /// Whether it has no handshake.
  package var isModern: Bool { self == Self.modern }

  /// The revisions that a refusal names: in its data's `supported`, or else as dates in its text that are not `requested`.
  package static func named(in refusal: RPCError) -> [MCPRevision] {
    let supported = refusal.data?["supported"]?.array?.compactMap(\.string) ?? []
    guard supported.isEmpty else { return supported.map(Self.init(rawValue:)) }
    let words = refusal.message.split { !($0.isASCII && $0.isNumber) && $0 != "-" }
    let dates = words.filter {
      $0.split(separator: "-", omittingEmptySubsequences: false).map(\.utf8.count) == [4, 2, 2]
    }
    return dates.map { Self(rawValue: String($0)) }.filter { $0 != .handshake }
  }
}
