package import Protocol
internal import Synchronization

/// What has gone over the pipe since the start, in both directions.
package final class Traffic: Sendable {
  private let outbox: Outbox
  private let incoming = Mutex(ServerStats.Counters())

  /// Nothing has come yet; what goes out is counted by the outbox itself.
  package init(outbox: Outbox) { self.outbox = outbox }

  /// Counts bytes that were read.
  package func received(bytes: Int) { incoming.withLock { $0.bytesIn += bytes } }

  /// Counts a message that came.
  package func receivedMessage() { incoming.withLock { $0.messagesIn += 1 } }

  /// Counts something that came and was no message.
  package func receivedBadFrame() { incoming.withLock { $0.badFrames += 1 } }

  /// All counts.
  package var counters: ServerStats.Counters {
    var counters = incoming.withLock { $0 }
    let totals = outbox.totals
    counters.messagesOut = totals.messages
    counters.bytesOut = totals.bytes
    return counters
  }

  /// Bytes that wait for the client to read.
  package var bytesWaiting: Int { outbox.totals.waiting }
}
