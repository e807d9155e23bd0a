internal import Protocol

/// Tells clients of what goes on in the runs of their calls.
struct AskSink: EventSink {
  private let asks: Asks
  private let outbox: Outbox

  /// Tells of those calls.
  init(_ asks: Asks, _ outbox: Outbox) {
    self.asks = asks
    self.outbox = outbox
  }

  func send(_ batch: [SessionEvent]) {
    guard let first = batch.first else { return }
    asks.tell(batch.map(\.event), ofRun: first.runId)
  }

  /// Clients of this protocol know of no sessions or credentials.
  func tell(_ event: ServerEvent) {}

  var isBehind: Bool { outbox.isBehind }

  func room() async { await outbox.room() }
}
