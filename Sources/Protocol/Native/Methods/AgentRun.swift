/// Asks the model, and answers when it has said all.
///
/// What it says comes before that as `run/event` notifications. Without `sessionId` the run gets a session of its own, named
/// in the answer, which stays for the next run.
///
/// - Throws: ``RPCError/Code/requestFailed`` with the provider's failure, ``RPCError/Code/requestCancelled`` after
///   `$/cancelRequest`.
package struct AgentRun: RequestMessage, Hashable {
  package static let method = "agent/run"
  package typealias Response = RunResult

  /// What to say to the model.
  package var prompt: Prompt
  /// The session to go on with; absent for a new one.
  package var sessionId: String?
  /// The model of this run; absent for the session's.
  package var model: String?
  /// The model that answers when the other one is overloaded, or refuses; absent for the session's.
  package var fallbackModel: String?
  /// Instructions for this run, after the session's own.
  package var system: String?
  /// The most times the model may be asked in this run.
  package var maxTurns: Int?
  /// The most tokens of one answer.
  package var maxTokens: Int?
  /// How the model should think first.
  package var thinking: Thinking?
  /// How hard the model should try.
  package var effort: Effort?
  /// Whether a tool has to be used when the model is asked first; later it may do as it likes.
  package var toolChoice: ToolChoice?
  /// A JSON Schema that the answer must follow; the value comes as `output`.
  package var outputSchema: JSON?
  /// The tools of this run, by name; absent for the session's.
  package var tools: [String]?
  /// What the run may use: `{usd, tokens, wallMs}`.
  package var budget: JSON?
  /// The client's name for the run: a second `agent/run` with the same name gets the first one's answer.
  package var runId: String?
  /// What to do when the session is busy; `queue` when absent.
  package var whenBusy: WhenBusy?
  /// Whether to send `run/event` notifications; true when absent.
  package var stream: Bool?
  /// Whether to answer at once, with the run's id only.
  package var detach: Bool?
  /// Kept and given back; its `traceparent` goes to the provider.
  package var _meta: JSONObject?

  /// A run of that prompt.
  package init(prompt: Prompt, sessionId: String? = nil) {
    self.prompt = prompt
    self.sessionId = sessionId
  }
}
