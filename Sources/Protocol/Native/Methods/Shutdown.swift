/// Asks the server to get ready to end: runs are cancelled and answered, then this is.
///
/// After it only `exit` may come.
package struct Shutdown: RequestMessage, Hashable {
  package static let method = "shutdown"
  package typealias Response = NoResult
}
