/// Says something to a run that goes on: the model reads it at its next turn.
///
/// - Throws: ``RPCError/Code/requestFailed`` when there is no such session.
package struct AgentSteer: RequestMessage, Hashable {
  package static let method = "agent/steer"
  package var sessionId: String
  /// The run that is meant; when another one goes on, nothing is said.
  package var expectedRunId: String?
  /// What to say.
  package var prompt: Prompt

  /// What became of it.
  package struct Response: Codable, Hashable, Sendable {
    /// What became of the prompt.
    package enum Outcome: String, Codable, Hashable, Sendable, CaseIterable {
      /// The run that goes on reads it at its next turn.
      case injected
      /// The run waits for its session and will read it from the start.
      case queued
      /// Nobody reads it; send it with `agent/run`.
      case noActiveRun
    }
    /// What became of the prompt.
    package var outcome: Outcome
    /// The run that reads it.
    package var runId: String?

    /// An outcome.
    package init(outcome: Outcome, runId: String? = nil) {
      self.outcome = outcome
      self.runId = runId
    }
  }

  /// Something to say to whichever run goes on.
  package init(sessionId: String, prompt: Prompt) {
    self.sessionId = sessionId
    self.prompt = prompt
  }
}
