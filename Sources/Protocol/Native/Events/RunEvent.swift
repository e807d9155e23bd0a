/// Something happened in a run.
///
/// The members after `type` are there as the type has them; see the table of `run/event` in the specification.
package struct RunEvent: NotificationMessage, Hashable {
  package static let method = "run/event"

  /// What can happen in a run.
  package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    case messageStart, textDelta, thinkingDelta, toolCallBegin, toolInputDelta, toolCall, toolStart, toolOutputDelta,
      toolResult, usage, messageEnd, retry, stalled, notice, modelChanged, plan, compaction
  }

  package var sessionId: String
  package var runId: String
  /// The event's number in its session, from 1, without a gap.
  package var seq: Int
  /// When, in milliseconds since 1970.
  package var at: Int
  /// What happened.
  package var type: Kind
  /// The content block it happened in, counted from 0 in its message.
  package var index: Int?
  /// What the model said or thought, or what a person should know.
  package var text: String?
  /// A piece of a tool's input, as JSON text that is complete only when its `toolCall` comes.
  package var json: String?
  /// The provider's id of the message.
  package var messageId: String?
  /// The model that speaks, or that will.
  package var model: String?
  /// Who answers for it from now on.
  package var provider: ProviderID?
  /// The provider's id of the tool call.
  package var toolCallId: String?
  /// The call of `delegate` in whose work it happened; absent for the run's own.
  package var parentToolCallId: String?
  /// The tool.
  package var name: String?
  /// What the call does, in one line for people.
  package var title: String?
  /// The files and folders it was about.
  package var locations: [ToolLocation]?
  /// What changed in files, as a unified diff.
  package var diff: String?
  /// The plan's steps, all of them.
  package var steps: [PlanStep]?
  /// How many exchanges a summary stands for.
  package var exchanges: Int?
  /// What the tool is given.
  package var input: JSON?
  /// What the tool gave.
  package var content: JSON?
  /// Whether the tool failed.
  package var isError: Bool?
  /// The tokens of the call so far.
  package var usage: Usage?
  /// Why the model stopped, in the API's word.
  package var stopReason: String?
  /// The try that comes.
  package var retry: Retry?
  /// How long nothing has come.
  package var idleMs: Int?

  /// A try that comes after one that failed.
  package struct Retry: Codable, Hashable, Sendable {
    /// Its number; 1 where it is the first, which waits as others were refused.
    package var attempt: Int
    /// How many there will be at most.
    package var of: Int
    /// The wait before it.
    package var delayMs: Int
    /// Why the last one failed.
    package var reason: String

    /// A try.
    package init(attempt: Int, of: Int, delayMs: Int, reason: String) {
      self.attempt = attempt
      self.of = of
      self.delayMs = delayMs
      self.reason = reason
    }
  }

  /// An event without its details.
  package init(sessionId: String, runId: String, seq: Int, at: Int, type: Kind) {
    self.sessionId = sessionId
    self.runId = runId
    self.seq = seq
    self.at = at
    self.type = type
  }
}
