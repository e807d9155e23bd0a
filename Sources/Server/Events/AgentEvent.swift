package import Protocol

/// Something that happens in a run, before it has its number and before any wire has a form for it.
package enum AgentEvent: Sendable, Hashable, Codable {
  /// What a piece of streamed text is part of.
  package enum DeltaKind: String, Sendable, Hashable, Codable {
    case text, thinking, toolInput
  }

  /// The run begins to ask that model.
  case started(model: String, provider: ProviderID)
  /// A piece of text: by far the most frequent.
  case delta(DeltaKind, index: Int, text: String)
  /// The model begins a message.
  case messageStart(id: String, model: String)
  /// The tokens of the call so far.
  case usage(Usage)
  /// The model has ended its message, for a reason in the API's word.
  case messageEnd(reason: String?)
  /// The model begins to call a tool; what it is given is still to come.
  case toolCallBegun(index: Int, callId: String, name: String)
  /// The model has called a tool; nothing of it has been done yet.
  case toolCall(ToolCallMade)
  /// A call was let through, and is being done.
  case toolStarted(ToolCallInfo)
  /// A piece of what a command printed.
  case toolOutput(callId: String, text: String)
  /// What came of a call.
  case toolResult(ToolCallDone)
  /// The model's plan: all of its steps, each time.
  case plan([PlanStep])
  /// A summary stands for that many exchanges from now on.
  case compaction(exchanges: Int, summary: String)
  /// A call failed, and is tried again.
  case retry(RetryAhead)
  /// Nothing has come from the provider for so long.
  case stalled(idleMs: Int)
  /// Something that a person should know.
  case notice(String)
  /// Another model is asked from now on.
  case modelChanged(ModelInUse, notice: String?)
  /// Something happens in the work that a call of that name has done.
  indirect case delegated(callId: String, AgentEvent)
  /// The run is over.
  case completed(RunEnd)

  /// Whether it is the beginning or the end of a run: what even a client hears that wants no stream.
  package var isBorder: Bool {
    switch self {
    case .started, .completed: true
    default: false
    }
  }
}

/// A tool call as the model made it.
package struct ToolCallMade: Sendable, Hashable, Codable {
  /// The content block it stands in, counted from 0 in its message.
  package var index: Int
  /// The provider's id of the call.
  package var callId: String?
  /// The tool as the model named it; `nil` when it named none.
  package var name: String?
  /// What the tool is given.
  package var input: JSON?

  /// A call.
  package init(index: Int, callId: String?, name: String?, input: JSON?) {
    self.index = index
    self.callId = callId
    self.name = name
    self.input = input
  }
}

/// What came of a tool call.
package struct ToolCallDone: Sendable, Hashable, Codable {
  /// The provider's id of the call.
  package var callId: String
  /// The tool as the model named it.
  package var name: String
  /// What the call did, in one line for people.
  package var title: String
  /// The files and folders it was about; `nil` for none.
  package var locations: [ToolLocation]?
  /// What the tool gave, as content blocks of the API.
  package var content: [JSON]
  /// Whether the tool failed.
  package var isError: Bool
  /// What changed in files, as a unified diff.
  package var diff: String?

  /// What came of a call.
  package init(
    callId: String, name: String, title: String, locations: [ToolLocation]? = nil, content: [JSON], isError: Bool,
    diff: String? = nil
  ) {
    self.callId = callId
    self.name = name
    self.title = title
    self.locations = locations
    self.content = content
    self.isError = isError
    self.diff = diff
  }
}

/// A try that comes after one that failed.
package struct RetryAhead: Sendable, Hashable, Codable {
  /// Its number; 1 where it is the first, which waits as others were refused.
  package var attempt: Int
  /// How many there will be at most.
  package var of: Int
  /// The wait before it.
  package var delayMs: Int
  /// Why the last one failed.
  package var reason: String
}

/// How a run ended, and what it took.
package struct RunEnd: Sendable, Hashable, Codable {
  /// Why it ended; `nil` when it failed.
  package var stopReason: StopReason?
  /// Why it failed; `nil` when it did not.
  package var failure: Failure?
  /// The tokens it used.
  package var usage: Usage
  /// How many times the model was asked.
  package var turns: Int

  /// An end.
  package init(stopReason: StopReason?, failure: Failure? = nil, usage: Usage, turns: Int) {
    self.stopReason = stopReason
    self.failure = failure
    self.usage = usage
    self.turns = turns
  }
}
