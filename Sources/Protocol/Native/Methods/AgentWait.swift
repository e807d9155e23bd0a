/// Waits for a run that was started with `detach`, and answers as `agent/run` would have.
///
/// Cancelling this request ends the waiting, not the run.
///
/// - Throws: ``RPCError/Code/invalidParams`` when there is no such run; the run's own failure.
package struct AgentWait: RequestMessage, Hashable {
  package static let method = "agent/wait"
  package typealias Response = RunResult
  package var runId: String
}
