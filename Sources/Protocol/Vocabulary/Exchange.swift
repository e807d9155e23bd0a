/// One run as history keeps it: what was said to the model and what came back, in the API's form.
package struct Exchange: Codable, Hashable, Sendable {
  package var runId: String
  /// When it began, in milliseconds since 1970.
  package var at: Int
  /// The messages, the first one the user's; sent back to the model as they are.
  package var messages: [JSON]
  /// The tokens it used.
  package var usage: Usage
  /// Why it ended; absent when it failed.
  package var stopReason: StopReason?
  /// The model that answered, by its provider's name.
  package var model: String?
  /// Who answered for it.
  package var provider: ProviderID?
  /// What its messages told of circumstances: a mark of each by its name, `null` for one that ended.
  package var told: JSONObject?
  /// Whether models no longer get to see it, as `maxHistory` was reached; true, or absent.
  package var hidden: Bool?

  /// A run's messages.
  package init(runId: String, at: Int, messages: [JSON], usage: Usage, stopReason: StopReason?) {
    self.runId = runId
    self.at = at
    self.messages = messages
    self.usage = usage
    self.stopReason = stopReason
  }
}

extension Exchange {
  /// The bytes of memory that its messages take.
  package var memoryBytes: Int { messages.reduce(0) { $0 + MemoryLayout<JSON>.stride + $1.memoryBytes } }
}
