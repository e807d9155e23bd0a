/// Offers tools of the client's to models; a call comes back as `tool/call`.
///
/// - Throws: ``RPCError/Code/invalidParams`` for a name that is taken or that the API does not take, or a schema that is none.
package struct ToolsRegister: RequestMessage, Hashable {
  package static let method = "tools/register"
  package typealias Response = ToolsList.Response
  /// The tools; one that the client registered before under the same name is replaced.
  package var tools: [ToolInfo]
}
