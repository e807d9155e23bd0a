/// Makes a session.
///
/// - Throws: ``RPCError/Code/overloaded`` when there are too many.
package struct SessionNew: RequestMessage, Hashable {
  package static let method = "session/new"
  package typealias Response = SessionInfo
  /// A title for people, at most 200 characters.
  package var title: String?
  /// The directory the work is about; absolute.
  package var cwd: String?
  /// The model to ask.
  package var model: String?
  /// The provider to ask.
  package var provider: ProviderID?
  /// Instructions to the model.
  package var system: String?
  /// How many past exchanges the model gets to see; 10 when absent.
  package var maxHistory: Int?
  /// The most tokens of one answer.
  package var maxTokens: Int?
  /// How the model should think first.
  package var thinking: Thinking?

  /// The same as options.
  package var options: SessionOptions {
    var options = SessionOptions()
    options.title = title
    options.cwd = cwd
    options.model = model
    options.provider = provider
    options.system = system
    options.maxHistory = maxHistory
    options.maxTokens = maxTokens
    options.thinking = thinking
    return options
  }
}
