/// Asks for the JSON Schema (2020-12) of every message, or of one.
///
/// - Throws: ``RPCError/Code/invalidParams`` when there is no such method.
package struct ServerDescribe: RequestMessage, Hashable {
  package static let method = "server/describe"
  /// The one message to describe, by its method; absent for all.
  package var method: String?

  /// The descriptions.
  package struct Response: Codable, Hashable, Sendable {
    /// Requests, by method.
    package var requests: ByName<RequestDescription>
    /// Notifications, by method.
    package var notifications: ByName<NotificationDescription>
    /// Every error code, by name.
    package var errors: ByName<Int>

    /// All the parts.
    package init(
      requests: [String: RequestDescription], notifications: [String: NotificationDescription], errors: [String: Int]
    ) {
      self.requests = ByName(requests)
      self.notifications = ByName(notifications)
      self.errors = ByName(errors)
    }
  }
}

/// The shapes of a request and of its answer.
package struct RequestDescription: Codable, Hashable, Sendable {
  /// Who sends it.
  package var from: Sender
  /// The schema of its params.
  package var params: JSON
  /// The schema of its result.
  package var result: JSON

  /// A request's shapes.
  package init(from: Sender, params: JSON, result: JSON) {
    self.from = from
    self.params = params
    self.result = result
  }
}

/// The shape of a notification.
package struct NotificationDescription: Codable, Hashable, Sendable {
  /// Who sends it.
  package var from: Sender
  /// The schema of its params.
  package var params: JSON

  /// A notification's shape.
  package init(from: Sender, params: JSON) {
    self.from = from
    self.params = params
  }
}

/// Who sends a message.
package enum Sender: String, Codable, Hashable, Sendable, CaseIterable {
  case client, server
}
