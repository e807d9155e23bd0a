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

  /// A connection that writes to that outbox.
  package init(outbox: Outbox, handshake: Handshake, peer: Peer, time: TimeSource) {
    self.handshake = handshake
    self.peer = peer
    events = ACPSink(outbox: outbox, time: time)
  }

  /// What the engine says and asks, on this wire.
  package var face: Face {
    Face(events: events, permissions: ACPPermissionAsker(peer, events), tools: NoClient(), credentials: NoClient())
  }

  /// Who handles the client's messages; those of the native dialect are reached behind an underscore.
  package func reception(backend: Backend, native: Router) -> Reception {
    let options = ACPOptions(backend: backend)
    events.options = options
    return Reception(
      router: ACPRoutes.router(self, ACPSessions(backend, events, options), backend, native: native),
      error: ACPErrors.rpcError)
  }
}
