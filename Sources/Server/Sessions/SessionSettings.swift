internal import Protocol
internal import Synchronization

/// What files of settings say of a session, and what its person has said of them.
package struct SessionSettings {
  /// What a session keeps of them.
  struct Kept {
    var inForce = SettingsInForce()
    /// What its person has said of what a project's file would widen, by its hash.
    var trust: [String: Bool] = [:]
    /// What was told of its files.
    var told: Set<String> = []
  }

  private let session: Session

  fileprivate init(_ session: Session) { self.session = session }

  /// What holds in its folder, as it was looked at last.
  package var inForce: SettingsInForce { session.state.withLock { $0.settings.inForce } }

  /// Takes over what holds by now.
  package func use(_ settings: SettingsInForce) { session.state.withLock { $0.settings.inForce = settings } }

  /// What its person has said of a content, by its hash; `nil` for nothing.
  package func trusts(_ hash: String) -> Bool? { session.state.withLock { $0.settings.trust[hash] } }

  /// Keeps what its person has said.
  package func trust(_ hash: String, _ isTrusted: Bool) {
    session.state.withLock { $0.settings.trust[hash] = isTrusted }
  }

  /// Those of these notices that were not told yet; they are from now on.
  package func untold(_ notices: [String]) -> [String] {
    session.state.withLock { state in notices.filter { state.settings.told.insert($0).inserted } }
  }
}

extension Session {
  /// What files of settings say of it, or of the session that it works for.
  package var settings: SessionSettings { SessionSettings(owner) }
}
