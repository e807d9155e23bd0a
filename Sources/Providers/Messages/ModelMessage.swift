package import Protocol

/// A model's message: whole, or as much of it as arrived.
package struct ModelMessage: Sendable, Hashable {
  /// The message as the API would have sent it unstreamed, unknown members included.
  package var raw: JSONObject
  /// The blocks in order; a block that was cut off is marked in `incomplete`.
  package var content: [JSON]
  /// Indices of blocks that never came to their end: text so far, but no valid signature or tool input.
  package var incomplete: Set<Int> = []
  /// Of those, the calls whose input did come to its end and is no JSON, by their index, and why it is none.
  package var inputFlaws: [Int: String] = [:]
  /// Why the model stopped, in the API's word; `nil` when the stream ended before it said so.
  package var stopReason: String?
  /// The tokens used as last reported.
  package var usage = Usage()
  /// Milliseconds from the request that succeeded to its first content; `nil` when none came.
  package var firstContentMs: Int?
  /// The provider's name for the call, to be quoted to its support.
  package var requestID: String?
  /// What was added to the end of the user's words for this answer, and has to stay there; `nil` for nothing.
  package var addedToPrompt: String?
  /// Which model was asked in the end, and where; `nil` when it is the one of the request.
  package var servedBy: Service?

  /// Who answered.
  package struct Service: Sendable, Hashable {
    /// The model's name as it was sent.
    package var model: String
    /// The region that was asked; `nil` where there are none.
    package var region: String?

    /// The name by which tables know the model, where its own does not say it.
    package var means: String?

    /// A model, and where it was asked.
    package init(model: String, region: String? = nil, means: String? = nil) {
      self.model = model
      self.region = region
      self.means = means
    }

    /// The name by which tables of models and prices know it.
    package var known: String { means ?? model }
  }

  /// What it is billed as, which tells more than the tokens of the answer.
  package var bill: Bill {
    Bill(usage, details: raw["usage"]?.object, isFree: stopReason == "refusal" && content.isEmpty)
  }

  /// A message that has only begun.
  package init(raw: JSONObject = JSONObject(), content: [JSON] = []) {
    self.raw = raw
    self.content = content
  }
}
