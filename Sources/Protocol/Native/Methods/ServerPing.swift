/// Asks whether the server is there.
package struct ServerPing: RequestMessage, Hashable {
  package static let method = "server/ping"
  /// Anything; it comes back.
  package var payload: JSON?

  /// The server is there.
  package struct Response: Codable, Hashable, Sendable {
    /// What was sent.
    package var payload: JSON?
    /// Milliseconds since the server started.
    package var uptimeMs: Int

    /// An answer.
    package init(payload: JSON?, uptimeMs: Int) {
      self.payload = payload
      self.uptimeMs = uptimeMs
    }
  }
}
