internal import Protocol

extension Face {
  /// The face of a person at a terminal: they are asked for permissions, have no tools, and hand over no credentials.
  package static func terminal(events: any EventSink) -> Face {
    Face(events: events, permissions: TerminalAsker(), tools: NoClient(), credentials: NoClient())
  }
}
