internal import Protocol
internal import Synchronization

/// What a client offers to do for the agent: a capability counts only where its leaf says so.
final class ACPOffers: Sendable {
  private let said = Mutex<JSON?>(nil)

  /// What the client said of itself in `initialize`.
  var capabilities: JSON? {
    get { said.withLock { $0 } }
    set { said.withLock { $0 = newValue } }
  }

  /// Whether it says what its files hold, and whether it takes texts for them.
  var files: EditorOffer {
    let fs = capabilities?["fs"]
    return EditorOffer(reads: fs?["readTextFile"] == true, writes: fs?["writeTextFile"] == true)
  }

  /// Whether it runs commands in terminals.
  var runsCommands: Bool { capabilities?["terminal"] == true }

  /// Whether it shows in terminals what commands print that run here.
  var showsCommands: Bool { !runsCommands && capabilities?["_meta"]?["terminal_output"] == true }

  /// Whether it asks the person to fill in forms.
  var asksForms: Bool {
    guard let form = capabilities?["elicitation"]?["form"] else { return false }
    return form != .null
  }
}
