/// Makes a session.
///
/// - Throws: ``RPCError/Code/overloaded`` when there are too many.
package struct SessionNew: RequestMessage, Hashable {
  package static let method = "session/new"
  package typealias Response = SessionInfo
  /// How to set it up; on the wire its members are the params themselves.
  package var options: SessionOptions

  package init(from decoder: any Decoder) throws { options = try SessionOptions(from: decoder) }
  package func encode(to encoder: any Encoder) throws { try options.encode(to: encoder) }
}
