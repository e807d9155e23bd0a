internal import Providers
internal import Synchronization

/// Collects what a provider wants a person to know, while its events pass by.
final class Notices: Sendable {
  private let texts = Mutex<[String]>([])

  /// All that was heard, in order.
  var all: [String] { texts.withLock { $0 } }

  /// Listens to a batch of events.
  func take(_ batch: [ModelEvent]) {
    for case .notice(let text) in batch { texts.withLock { $0.append(text) } }
  }
}
