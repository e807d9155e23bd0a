/// The face of a person at a terminal: they are asked for permissions, have no tools, and hand over no credentials.
package enum TerminalFace {
  /// The face, with events going there.
  package static func face(_ console: Console, events: any EventSink) -> Face {
    let asker = TerminalAsker(console)
    var face = Face(events: events, permissions: asker, tools: NoClient(), credentials: NoClient())
    face.person = asker
    return face
  }
}
