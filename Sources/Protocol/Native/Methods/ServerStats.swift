/// Asks how the server is doing.
package struct ServerStats: RequestMessage, Hashable {
  package static let method = "server/stats"

  /// How the server is doing.
  package struct Response: Codable, Hashable, Sendable {
    /// Milliseconds since the server started.
    package var uptimeMs: Int
    /// Sessions in memory.
    package var sessions: Int
    /// Requests without an answer, this one not counted.
    package var inFlight: Int
    /// Runs that go on, and runs that wait for their session.
    package var runs: RunCounts
    /// Bytes that wait for the client to read them.
    package var outboxBytes: Int
    /// Memory that the process uses, in bytes.
    package var rssBytes: Int
    /// Totals since the start.
    package var counters: Counters

    /// All the parts.
    package init(
      uptimeMs: Int, sessions: Int, inFlight: Int, runs: RunCounts, outboxBytes: Int, rssBytes: Int, counters: Counters
    ) {
      self.uptimeMs = uptimeMs
      self.sessions = sessions
      self.inFlight = inFlight
      self.runs = runs
      self.outboxBytes = outboxBytes
      self.rssBytes = rssBytes
      self.counters = counters
    }
  }

  /// Runs by their state.
  package struct RunCounts: Codable, Hashable, Sendable {
    /// Runs that ask a model.
    package var active = 0
    /// Runs that wait for their session.
    package var queued = 0

    /// No runs.
    package init() {}
  }

  /// Totals since the start.
  package struct Counters: Codable, Hashable, Sendable {
    /// Messages received.
    package var messagesIn = 0
    /// Messages sent.
    package var messagesOut = 0
    /// Bytes received.
    package var bytesIn = 0
    /// Bytes handed to the client.
    package var bytesOut = 0
    /// Frames that were no message.
    package var badFrames = 0

    /// Nothing yet.
    package init() {}
  }
}
