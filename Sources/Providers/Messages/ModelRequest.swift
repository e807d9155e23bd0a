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
  /// The form that the answer must have; `nil` for any.
  package var format: AnswerFormat?
  /// Tool definitions, in the API's form.
  package var tools: [JSON] = []
  /// The API's `tool_choice`.
  package var toolChoice: JSON?
  /// Whether to mark the prompt for caching (`cache_control`).
  package var caching = true
  /// Makes the same question anew for another model, when the one it was made for is gone; `nil` leaves it as it is.
  package var remake: Remake?
  /// What was added to the end of the user's words for this model alone, and has to stay there; `nil` for nothing.
  package var added: String?
  /// A W3C trace context to send along.
  package var traceparent: String?

  /// A question without tools.
  package init(model: String, messages: [JSON], maxTokens: Int) {
    self.model = model
    self.messages = messages
    self.maxTokens = maxTokens
  }

  /// The cheapest question that shows that a model answers: one token, kept nowhere.
  static func trial(of model: String) -> ModelRequest {
    var request = ModelRequest(model: model, messages: [["role": "user", "content": "."]], maxTokens: 1)
    request.caching = false
    return request
  }

  /// The same with more features in trial before its own, each named once.
  func adding(betas more: [String]) -> ModelRequest {
    var request = self
    request.betas = (more + betas).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    return request
  }
}

extension ModelRequest {
  /// How a question is made anew: models differ in what they take, in settings as in messages.
  package struct Remake: Sendable {
    /// The id of the model that it was made for.
    private let id: String
    private let make: @Sendable (ModelChoice) -> ModelRequest

    /// A question that was made for the model of that id.
    package init(madeFor id: String, _ make: @escaping @Sendable (ModelChoice) -> ModelRequest) {
      self.id = id
      self.make = make
    }

    fileprivate func request(for choice: ModelChoice) -> ModelRequest? { choice.id == id ? nil : make(choice) }
  }

  /// The question as that model is asked it, by its id.
  func asked(as choice: ModelChoice) -> ModelRequest {
    var request = remake?.request(for: choice) ?? self
    request.model = choice.id
    request.betas += choice.betas
    if !choice.traits.caching { request.caching = false }
    return request
  }
}
