/// Gives a session's events again, from any `seq` on: what a client missed, without a gap.
///
/// - Throws: ``RPCError/Code/requestFailed`` when there is no such session.
package struct SessionEvents: RequestMessage, Hashable {
  package static let method = "session/events"
  package var sessionId: String
  /// The last `seq` the client has; 0 for all.
  package var after: Int
  /// The most events to give, at most 10,000; 1,000 when absent.
  package var limit: Int?

  /// Some events.
  package struct Response: Codable, Hashable, Sendable {
    /// The notifications as they were sent, in the order of their `seq`.
    package var events: [JSON]
    /// The `seq` of the session's last event; when it is higher than that of the last one here, ask again.
    package var lastSeq: Int
    /// The `seq` of the oldest event still kept; events before it are gone.
    package var oldestSeq: Int

    /// Some events.
    package init(events: [JSON], lastSeq: Int, oldestSeq: Int) {
      self.events = events
      self.lastSeq = lastSeq
      self.oldestSeq = oldestSeq
    }
  }
}
