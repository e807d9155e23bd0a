package import OperatingSystem
internal import Protocol
internal import Providers

/// One client's connection as the native dialect uses it.
package struct NativeConnection: Sendable {
  /// Where the conversation stands.
  package let handshake: Handshake
  /// What is in flight.
  package let peer: Peer
  /// What the client can do, and what it is asked.
  package let client: NativeClient
  /// Where events go.
  package let events: OutboxSink
  /// What has gone over the pipe.
  package let traffic: Traffic

  /// A connection that writes to that outbox.
  package init(outbox: Outbox, handshake: Handshake, peer: Peer) {
    self.handshake = handshake
    self.peer = peer
    client = NativeClient(peer)
    events = OutboxSink(outbox: outbox)
    traffic = Traffic(outbox: outbox)
  }

  /// What the engine says and asks, on this wire.
  package var face: Face {
    var face = Face(
      events: events, permissions: PermissionAsker(client, outbox: events), tools: ToolCaller(client),
      credentials: CredentialAsker(client))
    face.person = PersonAsker(client)
    face.diagnostics = DiagnosticsAsker(client)
    return face
  }

  /// Who handles the client's messages; `startedMs` is when the program began, by the steady clock, if that was not now.
  package func reception(backend: Backend, time: TimeSource, startedMs: Int? = nil) -> Reception {
    let greeting = Greeting(self, backend: backend, time: time, startedMs: startedMs ?? time.monotonic())
    return Reception(router: Routes.router(self, greeting, backend), error: ErrorMapping.rpcError)
  }
}
