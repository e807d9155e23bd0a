/// Changes how much of the conversation is sent back as `$/logTrace`.
package struct SetTrace: NotificationMessage, Hashable {
  package static let method = "$/setTrace"
  /// The new level.
  package var value: TraceLevel
}

/// How much of the conversation is traced (LSP 3.17).
package enum TraceLevel: String, Codable, Hashable, Sendable, CaseIterable {
  /// Nothing.
  case off
  /// The name of each message and how long its answer took.
  case messages
  /// The size of each message as well.
  case verbose
}
