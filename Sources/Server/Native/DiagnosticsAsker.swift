package import Protocol

/// Asks for diagnostics with `diagnostics/request`, when the client said that it answers that.
package struct DiagnosticsAsker: EditorDiagnostics {
  private let client: NativeClient

  /// Questions to that client.
  package init(_ client: NativeClient) { self.client = client }

  package var tellsDiagnostics: Bool { client.capabilities.diagnostics == true }

  package func diagnostics(_ request: DiagnosticsRequest) async throws(Failure) -> DiagnosticsRequest.Response {
    try await client.ask(request)
  }
}
