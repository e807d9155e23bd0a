package import Protocol
internal import Synchronization

/// What the server chooses where a session does not.
package struct SessionDefaults: Sendable, Hashable {
  /// The model by the name that somebody gave it.
  package var model: String
  package var provider: ProviderID
  /// Whether somebody chose the model; the last resort is nobody's choice.
  package var isModelChosen: Bool
  /// Whether somebody chose the provider.
  package var isProviderChosen: Bool

  /// All of them.
  package init(model: String, provider: ProviderID, isModelChosen: Bool = false, isProviderChosen: Bool = false) {
    self.model = model
    self.provider = provider
    self.isModelChosen = isModelChosen
    self.isProviderChosen = isProviderChosen
  }

  /// The same where files of settings choose what nobody else did.
  package func with(_ settings: SettingsInForce?) -> SessionDefaults {
    var defaults = self
    if !isModelChosen, let model = settings?.model { (defaults.model, defaults.isModelChosen) = (model, true) }
    if !isProviderChosen, let provider = settings?.provider {
      (defaults.provider, defaults.isProviderChosen) = (provider, true)
    }
    return defaults
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
