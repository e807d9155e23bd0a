/// What a run gave: the answer of `agent/run` and `agent/wait`.
///
/// With `detach` the answer comes before the run has given anything: only the two ids are there.
package struct RunResult: Codable, Hashable, Sendable {
  package var runId: String
  /// Its session.
  package var sessionId: String
  /// Why the run ended; absent while it goes on.
  package var stopReason: StopReason?
  /// What the model said last, the partial text when it was cut off.
  package var text: String?
  /// The value that `outputSchema` asked for.
  package var output: JSON?
  /// The model that was asked for and the one that answered.
  package var model: ModelUsed?
  /// The tokens of this run, and of its session so far.
  package var usage: UsageReport?
  /// How full the model's window is.
  package var context: ContextUse?
  /// What its calls to models come to.
  package var cost: Cost?
  /// What its session has cost so far, this run included.
  package var sessionCost: Cost?
  /// How many times the model was asked.
  package var turns: Int?
  /// How long it took.
  package var timings: Timings?
  /// What a person should know.
  package var notices: [String]?
  /// What became of changed files; in the answer of `agent/retry` only.
  package var files: SessionInfo.FilesRestored?
  /// The `_meta` of the request, as it came.
  package var _meta: JSONObject?

  /// A run that has nothing to tell yet.
  package init(runId: String, sessionId: String) {
    self.runId = runId
    self.sessionId = sessionId
  }
}

/// Which model was wanted and which one answered.
package struct ModelUsed: Codable, Hashable, Sendable {
  /// The name as the client gave it.
  package var requested: String
  /// The name as the provider gave it back.
  package var id: String
  /// The name that was sent to the provider.
  package var providerModelId: String?
  /// Who answered.
  package var provider: ProviderID

  /// A model's names.
  package init(requested: String, id: String, provider: ProviderID) {
    self.requested = requested
    self.id = id
    self.provider = provider
  }
}

/// Tokens of one run and of its whole session, kept apart.
package struct UsageReport: Codable, Hashable, Sendable {
  /// This run's tokens, all its turns together.
  package var run: Usage
  /// The session's tokens, this run included.
  package var session: Usage

  /// Both counts.
  package init(run: Usage, session: Usage) {
    self.run = run
    self.session = session
  }
}

/// How much of the model's context window the conversation uses, in tokens.
package struct ContextUse: Codable, Hashable, Sendable {
  /// The last call's prompt and answer.
  package var used: Int
  /// The model's window; absent when it is not known.
  package var size: Int?

  /// A use of the window.
  package init(used: Int, size: Int?) {
    self.used = used
    self.size = size
  }
}

/// What something cost.
package struct Cost: Codable, Hashable, Sendable {
  /// US dollars; `null` when the price is not known, never a guess.
  package var usd: JSON
  /// Where the price comes from, or why there is none.
  package var source: String

  /// A cost; `nil` when the price is not known.
  package init(usd: Double?, source: String) {
    self.usd = usd.flatMap(JSONNumber.init).map(JSON.number) ?? .null
    self.source = source
  }
}

/// How long a run took, in milliseconds.
package struct Timings: Codable, Hashable, Sendable {
  /// From the first request to the first content; absent when none came.
  package var ttftMs: Int?
  /// Spent waiting for the provider, retries included.
  package var apiMs: Int
  /// From the start of the run to its end; waiting in the queue does not count.
  package var totalMs: Int

  /// Durations.
  package init(ttftMs: Int?, apiMs: Int, totalMs: Int) {
    self.ttftMs = ttftMs
    self.apiMs = apiMs
    self.totalMs = totalMs
  }
}
