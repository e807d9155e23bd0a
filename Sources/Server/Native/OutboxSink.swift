package import Protocol
internal import Synchronization

/// Sends events down the pipe, less what the client does not want.
package final class OutboxSink: EventSink {
  private let outbox: Outbox
  private let unwanted = Mutex<Set<String>>([])

  /// Sends into that outbox.
  package init(outbox: Outbox) { self.outbox = outbox }

  /// Leaves out notifications by method, and `run/event`s by type.
  package func optOut(of names: [String]) { unwanted.withLock { $0 = Set(names) } }

  package func send(_ batch: [SessionEvent]) {
    let unwanted = unwanted.withLock { $0 }
    outbox.send { sink in
      for numbered in batch where unwanted.isEmpty || !Self.is(numbered.event, among: unwanted) {
        sink.message { EventWriter.write(numbered, to: &$0) }
      }
    }
  }

  package func tell(_ event: ServerEvent) {
    switch event {
    case .sessionUpdated(let session): notify(SessionUpdated(session: session))
    case .authChanged(let status): notify(AuthChanged(status: status))
    case .mcpServerChanged(let change): notify(change)
    }
  }

  /// Sends a notification that is no event of the engine's.
  package func notify(_ notification: some NotificationMessage) {
    guard !unwanted.withLock({ $0.contains(type(of: notification).method) }) else { return }
    outbox.send { sink in sink.message { $0.write(notification: notification) } }
  }

  package var isBehind: Bool { outbox.isBehind }

  package func room() async { await outbox.room() }

  private static func `is`(_ event: AgentEvent, among names: Set<String>) -> Bool {
    names.contains(EventWriter.method(of: event))
      || EventWriter.kind(of: event).map { names.contains($0.rawValue) } ?? false
  }
}
