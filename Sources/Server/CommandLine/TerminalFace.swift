internal import Protocol

extension Face {
  /// The face of a person at a terminal: they are asked for permissions, have no tools, and hand over no credentials.
  package static func terminal(events: any EventSink) -> Face {
    Face(events: events, permissions: TerminalAsker(), tools: NoClient(), credentials: NoClient())
  }
}

/// A client that is not there, and so is asked nothing.
private struct NoClient: ToolCalling, CredentialAsking {
  func call(_ call: ToolCall) async throws(Failure) -> ToolCall.Response {
    throw Failure(.defect, "there is no client to run a tool")
  }

  var canAskForCredentials: Bool { false }

  func ask(_ request: AuthCredentials) async throws(Failure) -> AuthCredentials.Response {
    throw Failure(.defect, "there is no client to ask for credentials")
  }
}
