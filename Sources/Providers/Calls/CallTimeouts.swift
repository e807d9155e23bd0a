internal import Synchronization

/// How long a call to a model may take, and how often it is made; what is `nil` depends on the service, or is not limited.
package struct CallTimeouts: Sendable, Hashable {
  /// Milliseconds without content between two notices that none comes; 0 for no notices.
  package var stallNoticeMs = ProviderLimits.stallNotice
  /// Milliseconds without a byte before the call ends.
  package var idleMs: Int?
  /// Milliseconds without content, though the connection lives, before the call ends.
  package var contentMs: Int?
  /// Milliseconds for the whole call, its tries and the waits between them included; `nil` for no limit.
  package var callMs: Int?
  /// Tries after the first one.
  package var retries = ProviderLimits.retriesMax

  /// The usual ones.
  package init() {}

  /// Milliseconds without a byte before a call ends, where a service is usually given that long.
  ///
  /// Content comes in bytes: who waits less for content waits no longer for bytes.
  func idle(usually milliseconds: Int) -> Int { idleMs ?? min(milliseconds, contentMs ?? .max) }

  /// Milliseconds without content before a call ends.
  func content(usually milliseconds: Int) -> Int {
    contentMs ?? max(ProviderLimits.contentIdleMax, idle(usually: milliseconds))
  }
}

/// The timeouts that hold now, for all who make calls: a client may set them when it opens the conversation.
package final class TimeoutsInUse: Sendable {
  private let state: Mutex<CallTimeouts>

  /// These, until others are set.
  package init(_ timeouts: CallTimeouts = CallTimeouts()) { state = Mutex(timeouts) }

  /// What holds for a call that begins now.
  package var now: CallTimeouts {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}
