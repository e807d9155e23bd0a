/// How long calls to models may take, and how often they are made; what is absent stays as it is.
package struct TimeoutOptions: Codable, Hashable, Sendable {
  /// Milliseconds without content between two `stalled` events; 0 for none.
  package var stallNoticeMs: Int?
  /// Milliseconds without a byte from the service before a call fails.
  package var idleMs: Int?
  /// Milliseconds without content before a call fails, although the connection lives.
  package var contentMs: Int?
  /// Milliseconds for a call as a whole, its tries and the waits between them included.
  package var callMs: Int?
  /// How often a call that failed is made again.
  package var retries: Int?

  /// Nothing said.
  package init() {}
}
