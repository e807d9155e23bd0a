/// What every message of the wire has: a method name, and params that are the type itself.
package protocol Message: Codable, Sendable {
  /// The name on the wire, `noun/verb`.
  static var method: String { get }
  /// Whether params with a member that nobody reads are refused: where a slip of the pen would leave a door open.
  static var wantsAllRead: Bool { get }
}

extension Message {
  /// Most messages tell of such a member, and go on without it.
  package static var wantsAllRead: Bool { false }
}

/// A message that asks for an answer: exactly one comes back.
package protocol RequestMessage: Message {
  /// What the answer holds when all went well.
  associatedtype Response: Codable, Sendable
}

/// A message that gets no answer.
package protocol NotificationMessage: Message {}

/// The answer of a request that has nothing to tell: `null` on the wire.
package struct NoResult: Codable, Hashable, Sendable {
  /// Nothing.
  package init() {}
  package init(from decoder: any Decoder) throws { _ = try decoder.singleValueContainer().decodeNil() }
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encodeNil()
  }
}

extension NoResult: JSONSchemaDescribing {
  package static var jsonSchema: JSON { ["type": "null"] }
  package static var jsonSample: JSON { .null }
}
