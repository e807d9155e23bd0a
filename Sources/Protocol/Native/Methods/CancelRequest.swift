/// Cancels a request that has no answer yet; it is answered with ``RPCError/Code/requestCancelled``.
///
/// Overtakes everything. An unknown id is ignored: the answer may be on its way.
package struct CancelRequest: NotificationMessage, Hashable {
  package static let method = "$/cancelRequest"
  package var id: RequestID

  /// A cancel of that request.
  package init(id: RequestID) { self.id = id }
}
