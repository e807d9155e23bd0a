/// Begins a conversation in the Agent Client Protocol, version 1 (agentclientprotocol.com, "Initialization").
///
/// Only `protocolVersion` has to be there.
package struct ACPInitialize: RequestMessage, Hashable {
  package static let method = "initialize"
  package typealias Response = JSON
  /// The newest version that the client speaks: a whole number, or by careless clients its digits as a string.
  package var protocolVersion: JSON
  /// What the client can do, as it came: a member counts only where its leaf says so.
  package var clientCapabilities: JSON?

  /// Whether a version is one of this protocol's: other protocols have a date there, or nothing.
  package static func isVersion(_ version: JSON?) -> Bool {
    switch version {
    case .number?: true
    case .string(let text)?: !text.isEmpty && text.utf8.allSatisfy { 0x30...0x39 ~= $0 }
    default: false
    }
  }

  /// The version as a number; `nil` for one that is none.
  package var version: Int? { protocolVersion.int ?? protocolVersion.string.flatMap { Int($0) } }
}
