package import Protocol
internal import Synchronization

/// Sends happenings down the pipe, less what the client does not want.
package final class OutboxSink: EventSink {
  private let outbox: Outbox
  private let unwanted = Mutex<Set<String>>([])

  /// Sends into that outbox.
  package init(outbox: Outbox) { self.outbox = outbox }

  /// Leaves out notifications by method, and `run/event`s by type.
  package func optOut(of names: [String]) { unwanted.withLock { $0 = Set(names) } }

  package func send(_ batch: [NumberedHappening]) {
    let unwanted = unwanted.withLock { $0 }
    outbox.send { sink in
      for happening in batch where unwanted.isEmpty || !happening.isAmong(unwanted) {
        sink.message { happening.write(to: &$0) }
      }
    }
  }

  package func tell(_ notification: some NotificationMessage) {
    guard !unwanted.withLock({ $0.contains(type(of: notification).method) }) else { return }
    outbox.send { sink in sink.message { $0.write(notification: notification) } }
  }

  package var isBehind: Bool { outbox.isBehind }

  package func room() async { await outbox.room() }
}

extension NumberedHappening {
  fileprivate func isAmong(_ names: Set<String>) -> Bool {
    names.contains(happening.method) || happening.kind.map { names.contains($0.rawValue) } ?? false
  }
}
