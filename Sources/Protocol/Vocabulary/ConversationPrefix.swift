/// What stands before a session's messages in every request: the same bytes for as long as the prefix lasts, because the
/// model's thinking is sealed over it and the provider's cache is read by it.
package struct ConversationPrefix: Codable, Hashable, Sendable {
  /// The blocks of the API's `system`.
  package var system: [JSON]
  /// The tools' definitions, in the API's form.
  package var tools: [JSON]
  /// What `system` tells of circumstances by itself: a mark of each by its name.
  package var told: JSONObject
  /// The session's own `system` that it holds; absent when there was none.
  package var caller: String?

  /// A prefix of these parts; their objects have their members in the order of their names.
  package init(system: [JSON], tools: [JSON], told: JSONObject, caller: String?) {
    self.system = system
    self.tools = tools
    self.told = told
    self.caller = caller
  }
}
