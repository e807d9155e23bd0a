/// Takes a request of MCP back; there is no answer to it then.
package struct MCPCancelled: NotificationMessage {
  package static let method = "notifications/cancelled"
  /// What it was sent under.
  package var requestId: RequestID
  /// Why, for the other side's log.
  package var reason: String?

  /// Takes that request back.
  package init(requestId: RequestID, reason: String?) {
    self.requestId = requestId
    self.reason = reason
  }
}
