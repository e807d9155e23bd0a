/// What becomes of a call.
package enum PermissionDecision: Hashable, Sendable {
  /// It happens; the text says what permitted it, for a log.
  case allowed(String)
  /// A person is asked.
  case ask(PermissionPrompt)
  /// It does not happen.
  case refused(PermissionRefusal)
}

/// What a person is asked.
package struct PermissionPrompt: Hashable, Sendable {
  /// Why it is asked, in a sentence.
  package var why: String
  /// The answers there are, at least one that allows and one that refuses.
  package var options: [PermissionOption]

  /// A question.
  package init(why: String, options: [PermissionOption]) {
    self.why = why
    self.options = options
  }
}

/// Why a call does not happen.
package struct PermissionRefusal: Hashable, Sendable {
  /// For the model, as the result of its call.
  package var message: String
  /// For a person: what was refused, and which flag or rule would allow it.
  package var notice: String

  /// A refusal.
  package init(message: String, notice: String) {
    self.message = message
    self.notice = notice
  }
}

/// One answer to a question.
package struct PermissionOption: Hashable, Sendable {
  /// The kinds of answers, as on the wire.
  package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    case allowOnce
    case allowAlways
    case rejectOnce
    case rejectAlways

    /// Whether the call happens.
    package var allows: Bool {
      switch self {
      case .allowOnce, .allowAlways: true
      case .rejectOnce, .rejectAlways: false
      }
    }

    /// Whether it is to hold for more than this once.
    package var isAlways: Bool { self == .allowAlways || self == .rejectAlways }
  }

  package var kind: Kind
  /// What the answer says, with the very rules it would add.
  package var name: String
  /// The rules that the answer adds: to allow, or to deny, as its kind says.
  package var rules: [PermissionRule]
  /// Whether whoever chose it wants it kept beyond the session.
  package internal(set) var isKept = false

  /// The name a client answers by; there is one answer of each kind.
  package var id: String { kind.rawValue }

  /// An answer for this one call.
  package init(once kind: Kind) {
    self.kind = kind
    name = kind.allows ? "Allow once" : "Refuse"
    rules = []
  }

  /// The answers to the question whether a project's server may be started; whoever asks remembers them.
  static let startingServer = [
    PermissionOption(.allowOnce, "Start it in this session"),
    PermissionOption(.allowAlways, "Start exactly this one whenever it is named"),
    PermissionOption(.rejectOnce, "Not in this session"), PermissionOption(.rejectAlways, "Never start it"),
  ]

  /// The answers to the question whether what a project's file of settings says is trusted.
  static let trusting = [
    PermissionOption(.allowOnce, "Trust it in this session"),
    PermissionOption(.allowAlways, "Trust exactly this whenever it stands there"),
    PermissionOption(.rejectOnce, "Not in this session"), PermissionOption(.rejectAlways, "Never trust it"),
  ]

  private init(_ kind: Kind, _ name: String) {
    self.kind = kind
    self.name = name
    rules = []
  }

  /// An answer that adds rules.
  package init(always kind: Kind, rules: [PermissionRule]) {
    self.kind = kind
    self.rules = rules
    let list = rules.map(\.text).joined(separator: ", ")
    name = kind.allows ? "Always allow \(list)" : "Never allow \(list)"
  }
}
