/// What an option can say something of.
package struct OptionUse: OptionSet, Hashable, Sendable {
  /// A bit for each use.
  package let rawValue: Int

  /// A prompt.
  package static let ask = OptionUse(rawValue: 1)
  /// One call of a method.
  package static let call = OptionUse(rawValue: 2)
  /// The look at what a prompt would do.
  package static let doctor = OptionUse(rawValue: 4)
  /// Serving a pipe.
  package static let serve = OptionUse(rawValue: 8)
  /// The look at stored sessions.
  package static let sessions = OptionUse(rawValue: 16)
  /// A conversation at a terminal.
  package static let chat = OptionUse(rawValue: 32)
  static let all: OptionUse = [.ask, .call, .doctor, .serve, .sessions, .chat]

  /// What that is; `nil` where no option counts.
  init?(_ mode: Options.Mode) {
    switch mode {
    case .ask: self = .ask
    case .call: self = .call
    case .doctor: self = .doctor
    case .chat: self = .chat
    case .sessions: self = .sessions
    case .serve, .unsaid: self = .serve
    case .help, .version, .generate: return nil
    }
  }

  /// The uses of those bits.
  package init(rawValue: Int) { self.rawValue = rawValue }

  private static let named: [(OptionUse, String)] = [
    (.ask, "a prompt"), (.call, "call"), (.doctor, "doctor"), (.serve, "serving"), (.sessions, "sessions"),
    (.chat, "chat"),
  ]

  var words: String { Self.words(self) }

  static func words(_ uses: OptionUse) -> String {
    named.filter { uses.contains($0.0) }.map(\.1).joined(separator: " or ")
  }
}
