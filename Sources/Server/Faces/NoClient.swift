package import Protocol

/// A client that is not there, and so is asked nothing.
package struct NoClient: ToolCalling, CredentialAsking, PersonAsking, EditorFiles, CommandTerminals,
  EditorDiagnostics
{
  /// Nobody.
  package init() {}

  package func call(_ call: ToolCall) async throws(Failure) -> ToolCall.Response {
    throw Failure(.defect, "there is no client to run a tool")
  }

  package var canAskForCredentials: Bool { false }

  package func ask(_ request: AuthCredentials) async throws(Failure) -> AuthCredentials.Response {
    throw Failure(.defect, "there is no client to ask for credentials")
  }

  package var canAskPerson: Bool { false }

  package func ask(_ question: PersonQuestion) async -> PersonAnswer { .declined }

  package var tellsDiagnostics: Bool { false }

  package func diagnostics(_ request: DiagnosticsRequest) async throws(Failure) -> DiagnosticsRequest.Response {
    throw Failure(.defect, "there is no editor to ask")
  }

  package func offer(to sessionId: String) -> EditorOffer { .nothing }

  package func text(of path: String, for sessionId: String) async throws(EditorFailure) -> String {
    throw .refused("there is no editor")
  }

  package func put(_ text: String, in path: String, for sessionId: String) async throws(EditorFailure) {
    throw .refused("there is no editor")
  }

  package func open(_ order: TerminalOrder, for call: CommandCall) async -> (any CommandTerminal)? { nil }

  package func giveUpTerminals() {}

  package func ended(_ call: CommandCall, status: Int?, signal: Int?) {}
}
