package import Protocol

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
  /// The API's `output_config.effort`; `nil` leaves it out.
  package var effort: Effort?
  /// Tool definitions, in the API's form.
  package var tools: [JSON] = []
  /// The API's `tool_choice`.
  package var toolChoice: JSON?
  /// Whether to mark the prompt for caching (`cache_control`).
  package var caching = true
  /// A W3C trace context to send along.
  package var traceparent: String?

  /// A question without tools.
  package init(model: String, messages: [JSON], maxTokens: Int) {
    self.model = model
    self.messages = messages
    self.maxTokens = maxTokens
  }

  /// The same with more features in trial before its own, each named once.
  func adding(betas more: [String]) -> ModelRequest {
    var request = self
    request.betas = (more + betas).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    return request
  }
}
