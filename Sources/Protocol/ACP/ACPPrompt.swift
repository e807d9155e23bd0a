/// Says something to the model; answered when it has said all.
package struct ACPPrompt: RequestMessage, Hashable {
  package static let method = "session/prompt"
  package typealias Response = JSON
  package var sessionId: String
  /// Content blocks: text, images, embedded resources and links to them.
  package var prompt: [ContentBlock]
  /// Its `traceparent` goes to the provider.
  package var _meta: JSONObject?
}

/// Takes a prompt back; it is answered as cancelled.
package struct ACPCancel: NotificationMessage, Hashable {
  package static let method = "session/cancel"
  package var sessionId: String
}

/// Says something to the prompt that goes on; an extension that first-party agents have.
package struct ACPSteering: RequestMessage, Hashable {
  package static let method = "_session/steering"
  package typealias Response = JSON
  package var sessionId: String
  /// What to say, as in ``ACPPrompt``.
  package var prompt: [ContentBlock]
}
