/// Cancels a request, in the spelling of ACP; the same as `$/cancelRequest`.
package struct CancelRequestACP: NotificationMessage, Hashable {
  package static let method = "$/cancel_request"
  package var requestId: RequestID

  /// Takes that request back.
  package init(requestId: RequestID) { self.requestId = requestId }
}
