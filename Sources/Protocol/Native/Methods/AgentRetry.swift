/// Asks the last prompt of a session again, as it was or edited: the session goes back to before it first.
///
/// What the last run was asked with otherwise (`system`, `tools`, `outputSchema`, …) holds again where nothing else is said
/// here.
///
/// - Throws: ``RPCError/Code/requestFailed`` when there is no such session, or it is busy; ``RPCError/Code/invalidParams``
///   when nothing was asked in it; what `agent/run` throws.
package struct AgentRetry: RequestMessage, Hashable {
  package static let method = "agent/retry"
  package typealias Response = RunResult
  package var sessionId: String
  /// What to say in the place of the last prompt; absent for the same again.
  package var prompt: Prompt?
  /// Whether files that tools changed since are put back as they were first.
  package var files: Bool?
  /// The model of this run; absent for the one that the last run was asked with.
  package var model: String?
  /// How hard the model should try; absent for as hard as the last time.
  package var effort: Effort?
  /// What the run may use; absent for as much as the last one.
  package var budget: JSON?
  /// The client's name for the run: a second request with the same name gets the first one's answer.
  package var runId: String?
  /// Whether to send `run/event` notifications; true when absent.
  package var stream: Bool?
  /// Whether to answer at once, with the run's id only.
  package var detach: Bool?
  /// Kept and given back; its `traceparent` goes to the provider.
  package var _meta: JSONObject?
}
