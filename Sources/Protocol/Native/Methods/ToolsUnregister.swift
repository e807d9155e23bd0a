/// Takes tools of the client's back; a name that is not there is passed over.
package struct ToolsUnregister: RequestMessage, Hashable {
  package static let method = "tools/unregister"
  package typealias Response = ToolsList.Response
  /// The tools' names; absent for all.
  package var names: [String]?
}
