package import Protocol

/// The shapes of all messages, from the types that carry them.
package enum Describe {
  /// Answers `server/describe`.
  package static func answer(_ request: ServerDescribe) throws(RPCError) -> ServerDescribe.Response {
    var requests: [String: RequestDescription] = [:]
    var notifications: [String: NotificationDescription] = [:]
    for type in Catalog.clientRequests { add(type, from: .client, to: &requests) }
    for type in Catalog.serverRequests { add(type, from: .server, to: &requests) }
    for type in Catalog.clientNotifications { add(type, from: .client, to: &notifications) }
    for type in Catalog.serverNotifications { add(type, from: .server, to: &notifications) }
    if let method = request.method {
      guard requests[method] != nil || notifications[method] != nil else {
        let known = Array(requests.keys) + Array(notifications.keys)
        let meant = NearMiss.of(method, among: known).map { "; did you mean '\($0)'?" } ?? ""
        throw .invalidParams("no method '\(method)' to describe\(meant)")
      }
      requests = requests.filter { $0.key == method }
      notifications = notifications.filter { $0.key == method }
    }
    let errors = Dictionary(uniqueKeysWithValues: Catalog.errors.map { ($0.name, $0.code.rawValue) })
    return ServerDescribe.Response(requests: requests, notifications: notifications, errors: errors)
  }

  private static func add<Request: RequestMessage>(
    _ type: Request.Type, from sender: Sender, to requests: inout [String: RequestDescription]
  ) {
    requests[Request.method] = RequestDescription(
      from: sender, params: JSONSchema.of(Request.self), result: JSONSchema.of(Request.Response.self))
  }

  private static func add<Notification: NotificationMessage>(
    _ type: Notification.Type, from sender: Sender, to notifications: inout [String: NotificationDescription]
  ) {
    notifications[Notification.method] = NotificationDescription(
      from: sender, params: JSONSchema.of(Notification.self))
  }
}
