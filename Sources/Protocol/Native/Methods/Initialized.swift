/// The client has read the answer of `initialize`.
package struct Initialized: NotificationMessage, Hashable {
  package static let method = "initialized"
}
