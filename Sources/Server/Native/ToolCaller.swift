package import Protocol

/// Has the client run its tools with `tool/call`.
package struct ToolCaller: ToolCalling {
  private let client: NativeClient

  /// Calls to that client.
  package init(_ client: NativeClient) { self.client = client }

  package func call(_ call: ToolCall) async throws(Failure) -> ToolCall.Response { try await client.ask(call) }
}
