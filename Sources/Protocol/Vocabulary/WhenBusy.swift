/// What `agent/run` does when its session is busy.
package enum WhenBusy: String, Codable, Hashable, Sendable, CaseIterable {
  /// Wait for the session.
  case queue
  /// Fail at once.
  case reject
  /// Give the prompt to the run that goes on, and answer with its result.
  case steer
}
