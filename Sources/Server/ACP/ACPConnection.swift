package import OperatingSystem
internal import Protocol
internal import Synchronization

/// One client's connection as the Agent Client Protocol uses it.
package struct ACPConnection: Sendable {
  /// Where the conversation stands.
  let handshake: Handshake
  /// What is in flight.
  let peer: Peer
  /// Where events go.
  let events: ACPSink
  private let terminals: ACPTerminals

  /// A connection that writes to that outbox.
  package init(outbox: Outbox, handshake: Handshake, peer: Peer, time: TimeSource) {
    self.handshake = handshake
    self.peer = peer
    events = ACPSink(outbox: outbox, time: time)
    terminals = ACPTerminals(peer, events)
  }

  /// What the engine says and asks, on this wire.
  package var face: Face {
    var face = Face(
      events: events, permissions: ACPPermissionAsker(peer, events), tools: NoClient(), credentials: NoClient())
    face.person = ACPPersonAsker(peer: peer, events: events)
    face.files = ACPFiles(peer: peer, events: events)
    face.terminals = terminals
    return face
  }

  /// Who handles the client's messages; those of the native dialect are reached behind an underscore.
  ///
  /// Sessions have the commands of those sources.
  package func reception(backend: Backend, native: Router, commands: [any CommandSource]) -> Reception {
    let options = ACPOptions(backend: backend)
    let commands = ACPCommands(commands, backend.engine.skills)
    events.tellChanges(
      ACPTold { id, client in
        guard let session = try? backend.sessions.session(id) else { return nil }
        return (options.mode(of: session), options.all(of: session, for: client))
      } window: { id in
        (try? backend.sessions.session(id)).flatMap { options.window(of: $0) }
      } commands: { id in
        (try? backend.sessions.session(id)).map { commands.update(of: $0) }
      })
    let sessions = ACPSessions(backend, events, options, commands)
    let prompts = ACPPrompts(backend, events, options, commands, sessions)
    return Reception(
      router: ACPRoutes.router(self, sessions, prompts, backend, native: native), answersInBatches: false,
      error: ACPErrors.rpcError)
  }
}
