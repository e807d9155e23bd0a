package import Protocol

/// A client that is not there, and so is asked nothing.
package struct NoClient: ToolCalling, CredentialAsking, PersonAsking {
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
}
