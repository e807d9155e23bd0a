package import Protocol

/// Something that a person can have done by its name, as in `/compact`.
package struct SessionCommand: Hashable, Sendable {
  /// The name, without the slash.
  package var name: String
  /// What it does, for people.
  package var explanation: String
  /// What may stand behind the name; `nil` for nothing.
  package var hint: String?

  /// A command.
  package init(name: String, explanation: String, hint: String? = nil) {
    self.name = name
    self.explanation = explanation
    self.hint = hint
  }
}

/// What came of a command.
package enum CommandOutcome: Sendable {
  /// Something to tell the person; no model is told.
  case said(String)
  /// A summary stands for what was said.
  case compacted(exchanges: Int, summary: String)
  /// The model is to be asked this.
  case prompt(Prompt)
}

/// Who has commands for a session.
package protocol CommandSource: Sendable {
  /// The commands that a session has now.
  func commands(of session: Session) -> [SessionCommand]

  /// Does one of them; `text` is what stands behind its name.
  func carryOut(_ name: String, _ text: String, in session: Session) async throws -> CommandOutcome
}

/// The commands that every session has.
package struct OwnCommands: CommandSource {
  private let upkeep: SessionUpkeep

  /// Commands that have that done.
  package init(upkeep: SessionUpkeep) { self.upkeep = upkeep }

  private enum Name: String, CaseIterable {
    case compact, context, cost

    var explanation: String {
      switch self {
      case .compact: "Puts a summary in the place of the conversation so far"
      case .context: "Tells what fills the model's window"
      case .cost: "Tells what this conversation has used"
      }
    }
  }

  /// Their names, which nothing else may have.
  static var names: [String] { Name.allCases.map(\.rawValue) }

  package func commands(of session: Session) -> [SessionCommand] {
    Name.allCases.map { SessionCommand(name: $0.rawValue, explanation: $0.explanation) }
  }

  package func carryOut(_ name: String, _ text: String, in session: Session) async throws -> CommandOutcome {
    switch Name(rawValue: name) {
    case .compact?:
      let done = try await upkeep.compact(SessionCompact(sessionId: session.id))
      if let summary = done.summary { return .compacted(exchanges: done.exchanges, summary: summary) }
      return .said("Nothing was summarized: \(done.reason ?? "there is nothing to shorten").")
    case .context?: return .said(try await upkeep.context(SessionContext(sessionId: session.id)).told)
    case .cost?: return .said(session.info.costTold)
    case nil: return .said("There is no command '\(name)'.")
    }
  }
}

extension ContextReport {
  /// The report for a person, as Markdown.
  fileprivate var told: String {
    let of = size.map { " of \($0)" } ?? ""
    let lines = categories.filter { $0.tokens > 0 }.map { "- \($0.kind.rawValue): \($0.tokens)" }
    return ["\(isEstimated ? "About " : "")\(used)\(of) tokens are filled:"].joined() + "\n\n"
      + lines.joined(separator: "\n")
  }
}

extension SessionInfo {
  /// What the session has used, for a person.
  fileprivate var costTold: String {
    let tokens = "\(usage.all) tokens in \(exchanges) exchange\(exchanges == 1 ? "" : "s")"
    guard case .number(let usd)? = cost?.usd else { return "\(tokens); the price is not known." }
    return "\(tokens), for \(usd.literal) $."
  }
}
