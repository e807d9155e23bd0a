package import Protocol

/// A service that answers for a model: the Anthropic API, or Bedrock.
package protocol Provider: Sendable {
  /// Asks once, retries included, and hands over what the model says as it says it.
  ///
  /// Each batch holds what one network read brought, and is awaited before the next read: a slow receiver pauses the
  /// transfer. Cancelling the task closes the socket.
  ///
  /// - Returns: The whole message, when its stream came to its end.
  /// - Throws: A ``ProviderError``, which carries what had been said until then.
  func answer(_ request: ModelRequest, receive: @Sendable ([ModelEvent]) async -> Void) async throws(ProviderError)
    -> ModelMessage
  /// What is asked for a model's name; nobody is asked about it.
  ///
  /// A name that nobody chose (`isDefault`) may have given way to another model, one that a person named never does.
  func choice(of model: String, isDefault: Bool) throws(ProviderError) -> ModelChoice
  /// The models that are known, the newest families first.
  func knownModels() throws(ProviderError) -> [ListedModel]
  /// The models that the service says this account may ask.
  func listedModels() async throws(ProviderError) -> [ListedModel]
  /// How many tokens a request's prompt has, by the service's own count.
  func countTokens(_ request: ModelRequest) async throws(ProviderError) -> Int
}

extension Provider {
  /// The name as it is, but for the suffix `[1m]`.
  package func choice(of model: String, isDefault: Bool) throws(ProviderError) -> ModelChoice {
    ModelChoice(asIs: model, onBedrock: false)
  }
  /// What is asked when a person names a model.
  package func choice(of model: String) throws(ProviderError) -> ModelChoice {
    try choice(of: model, isDefault: false)
  }
  /// None.
  package func knownModels() throws(ProviderError) -> [ListedModel] { [] }
  /// None.
  package func listedModels() async throws(ProviderError) -> [ListedModel] { [] }
  /// Refuses, as not every service can count.
  package func countTokens(_ request: ModelRequest) async throws(ProviderError) -> Int {
    throw ProviderError(.invalidRequest, "this provider cannot count tokens")
  }
}

/// What a model is asked: the body of a Messages request, less what differs between providers.
package struct ModelRequest: Sendable {
  /// The model's name as the provider knows it.
  package var model: String
  /// Whether nobody chose the model: then another of its line may answer when it is gone.
  package var isModelDefault = false
  /// Names of features in trial that this request needs, besides the configured ones.
  package var betas: [String] = []
  /// The conversation, in the API's form, sent as it is (roles alternate, no message is empty).
  package var messages: [JSON]
  /// The system prompt's blocks, in the API's form.
  package var system: [JSON] = []
  /// The most tokens the model may write.
  package var maxTokens: Int
  /// The API's `thinking` object; `nil` leaves it out.
  package var thinking: JSON?
  /// Tool definitions, in the API's form.
  package var tools: [JSON] = []
  /// The API's `tool_choice`.
  package var toolChoice: JSON?
  /// Whether to mark the prompt for caching (`cache_control`).
  package var caching = true
  /// More top-level members of the body, such as `temperature` or `metadata`, sent as they are.
  package var extra = JSONObject()
  /// A W3C trace context to send along.
  package var traceparent: String?

  /// A question without tools.
  package init(model: String, messages: [JSON], maxTokens: Int) {
    self.model = model
    self.messages = messages
    self.maxTokens = maxTokens
  }
}

/// One thing that happened while a model answered.
package enum ModelEvent: Sendable, Hashable {
  case messageStart(id: String, model: String)
  /// A block begins; `block` is the API's object, `input` still empty.
  case blockStart(index: Int, block: JSON)
  case textDelta(index: Int, text: String)
  case thinkingDelta(index: Int, text: String)
  /// A piece of a tool's input, as JSON text that is complete only at the block's end.
  case toolInputDelta(index: Int, json: String)
  /// A block is complete; `block` is what history keeps.
  case blockEnd(index: Int, block: JSON)
  case usage(Usage)
  case messageEnd(stopReason: String?)
  /// The call failed in a way that is worth another try, which comes after the delay.
  case retry(RetryNotice)
  /// Nothing has come for this many milliseconds.
  case stalled(idleMs: Int)
  /// Something that a person should know, like that another model or region is asked.
  case notice(String)
}

/// A try that failed, and the one to come.
package struct RetryNotice: Sendable, Hashable {
  /// The number of the coming try, from 2.
  package var attempt: Int
  /// How many tries there will be at most.
  package var of: Int
  /// The wait before it, in milliseconds.
  package var delayMs: Int
  /// Why the last one failed, for a person.
  package var reason: String

  /// A notice.
  package init(attempt: Int, of: Int, delayMs: Int, reason: String) {
    self.attempt = attempt
    self.of = of
    self.delayMs = delayMs
    self.reason = reason
  }
}

/// A model's message: whole, or as much of it as arrived.
package struct ModelMessage: Sendable, Hashable {
  /// The message as the API would have sent it unstreamed, unknown members included.
  package var raw: JSONObject
  /// The blocks in order; a block that was cut off is marked in `incomplete`.
  package var content: [JSON]
  /// Indices of blocks that never came to their end: text so far, but no valid signature or tool input.
  package var incomplete: Set<Int> = []
  /// Why the model stopped, in the API's word; `nil` when the stream ended before it said so.
  package var stopReason: String?
  /// The tokens used as last reported.
  package var usage = Usage()
  /// Milliseconds from the request that succeeded to its first content; `nil` when none came.
  package var firstContentMs: Int?
  /// The provider's name for the call, to be quoted to its support.
  package var requestID: String?
  /// Which model was asked in the end, and where; `nil` when it is the one of the request.
  package var servedBy: Service?

  /// Who answered.
  package struct Service: Sendable, Hashable {
    /// The model's name as it was sent.
    package var model: String
    /// The region that was asked; `nil` where there are none.
    package var region: String?

    /// A model, and where it was asked.
    package init(model: String, region: String? = nil) {
      self.model = model
      self.region = region
    }
  }

  /// A message that has only begun.
  package init(raw: JSONObject = JSONObject(), content: [JSON] = []) {
    self.raw = raw
    self.content = content
  }
}
