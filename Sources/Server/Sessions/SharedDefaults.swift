package import Protocol
internal import Synchronization

/// What the server chooses where a session does not.
package struct SessionDefaults: Sendable, Hashable {
  /// The model by the name that somebody gave it.
  package var model: String
  package var provider: ProviderID
  /// Whether somebody chose the model; the last resort is nobody's choice.
  package var isModelChosen: Bool

  /// All of them.
  package init(model: String, provider: ProviderID, isModelChosen: Bool = false) {
    self.model = model
    self.provider = provider
    self.isModelChosen = isModelChosen
  }
}

/// The choices of the moment: they may change while sessions live, and count for all that do not choose.
package final class SharedDefaults: Sendable {
  private let state: Mutex<SessionDefaults>

  /// Those choices, to begin with.
  package init(_ defaults: SessionDefaults) { state = Mutex(defaults) }

  /// What is chosen now.
  package var current: SessionDefaults {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}
