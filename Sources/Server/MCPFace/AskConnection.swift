package import OperatingSystem
internal import Protocol

/// One client's connection as the Model Context Protocol uses it.
package struct AskConnection: Sendable {
  private let outbox: Outbox
  /// Where the conversation stands.
  let handshake: Handshake
  /// What is in flight.
  private let peer: Peer
  /// Which revision is spoken.
  let era = MCPEra()
  /// The calls that go on.
  let asks: Asks

  /// A connection that writes to that outbox.
  package init(outbox: Outbox, handshake: Handshake, peer: Peer, time: TimeSource) {
    self.outbox = outbox
    self.handshake = handshake
    self.peer = peer
    asks = Asks(outbox: outbox, time: time)
  }

  /// What the engine says and asks, on this wire.
  package var face: Face {
    Face(
      events: AskSink(asks, outbox), permissions: AskPermissionAsker(peer, asks), tools: NoClient(),
      credentials: NoClient())
  }

  /// Who handles the client's messages.
  package func reception(backend: Backend) -> Reception {
    Reception(router: MCPRoutes.router(self, backend), error: ErrorMapping.rpcError) { [asks] in asks.inputEnded() }
  }

  /// Takes a request back, which is not answered then.
  func withdraw(_ id: RequestID) {
    guard case .batch(let batch)? = peer.withdraw(id), let whole = batch.leaveOne() else { return }
    outbox.send { sink in sink.message { $0.raw(whole.span) } }
  }
}
