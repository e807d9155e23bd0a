internal import Protocol

/// What a client said that it can do: a capability counts only where its leaf says so, as some send `fs: {}` and mean no.
struct ACPClient: Sendable {
  private let capabilities: JSON?

  /// A client that said this of itself in `initialize`; nothing for none.
  init(_ capabilities: JSON? = nil) { self.capabilities = capabilities }

  /// Whether it shows what a person should know beside the conversation.
  var takesNotices: Bool { has("session", "notices") }
  /// Whether it shows compactions as what they are.
  var takesCompactions: Bool { has("session", "compaction") }
  /// Whether it shows options that are on or off.
  var takesToggles: Bool { has("session", "configOptions", "boolean") }
  /// Whether it runs the program in a terminal to log in.
  var logsInOnTerminal: Bool { isTrue("auth", "terminal") }
  /// Whether it does so in the way of before that was part of the protocol.
  var logsInOnTerminalByMeta: Bool { isTrue("_meta", "terminal-auth") }

  /// Whether a capability that is true or false is true.
  func isTrue(_ path: String...) -> Bool { leaf(path) == true }

  /// Whether a capability that is an object is there.
  func has(_ path: String...) -> Bool {
    // Some languages write an empty object as an empty list.
    switch leaf(path) {
    case .object?: true
    case .array(let elements)?: elements.isEmpty
    default: false
    }
  }

  private func leaf(_ path: [String]) -> JSON? { path.reduce(capabilities) { $0?[$1] } }
}
