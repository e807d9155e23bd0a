package import OperatingSystem
package import Protocol
internal import Synchronization

/// Somebody who can be asked for a permission.
package protocol PermissionAsking: Sendable {
  /// Whether there is anybody to ask.
  var canAsk: Bool { get }
  /// Asks, and gives the answer to the question; a question that is taken back is withdrawn.
  func ask(_ question: PermissionQuestion, about call: ToolCallInfo, of run: Run) async
  /// Tells that a question ended without an answer.
  func tell(_ outcome: PermissionResolved.Outcome, of call: ToolCallInfo, in run: Run)
}

/// Decides on the calls of all sessions: by rules and modes, and by asking.
///
/// A question holds up its own call only. An answer that is to hold always becomes a rule of its session, and questions
/// that the rule covers are taken back.
package final class PermissionDesk: Sendable {
  /// What a call gets.
  package enum Verdict: Hashable, Sendable {
    /// It may happen, with another input if the person edited it.
    case go(updatedInput: JSON?)
    /// It may not; the text is for the model.
    case no(String)
  }

  private struct Waiting {
    var question: PermissionQuestion
    var subject: PermissionSubject
    var session: Session
  }

  private struct State {
    var rules = RuleSet.none
    var defaultMode: PermissionMode
    var waiting: [String: Waiting] = [:]
    var lastQuestion = 0
  }

  private let state: Mutex<State>
  private let asker: any PermissionAsking
  private let grant: PermissionGrant?
  private let time: TimeSource

  /// A desk without rules; `grant` is what the command line permits.
  package init(asker: any PermissionAsking, mode: PermissionMode, grant: PermissionGrant?, time: TimeSource) {
    self.asker = asker
    self.grant = grant
    self.time = time
    state = Mutex(State(defaultMode: mode))
  }

  /// What happens unasked in sessions that do not say.
  package var defaultMode: PermissionMode {
    get { state.withLock { $0.defaultMode } }
    set { state.withLock { $0.defaultMode = newValue } }
  }

  /// How a session's calls are judged now.
  package func policy(of session: Session, workspace: String) -> PermissionPolicy {
    let (rules, mode) = state.withLock { ($0.rules, $0.defaultMode) }
    return PermissionPolicy(
      workspace: workspace, mode: session.options.permissionMode ?? mode,
      rules: rules.joined(with: session.permissionRules), grant: grant)
  }

  /// What the mode means for a model, in a line.
  package func line(of session: Session) -> String {
    let mode = session.options.permissionMode ?? defaultMode
    let asked = asker.canAsk && mode != .readOnly ? "the person is asked" : "it is refused"
    switch mode {
    case .bypass: return "everything is permitted"
    case .acceptEdits: return "reading and changing files in the workspace is permitted; for everything else \(asked)"
    case .ask, .readOnly:
      let more = grant.map { " and \($0.rawValue)" } ?? ""
      return "reading in the workspace\(more) is permitted; for everything else \(asked)"
    }
  }
}

// MARK: - Judging

extension PermissionDesk {
  /// Decides on a call, asking if need be; the diff that it would make is wanted only when somebody is asked.
  package func judge(
    _ call: ToolCallInfo, _ subject: PermissionSubject, of run: Run, workspace: String,
    preview: () async -> String?
  ) async -> Verdict {
    var info = call
    while true {
      switch policy(of: run.session, workspace: workspace).decide(subject, canAsk: asker.canAsk) {
      case .allowed: return .go(updatedInput: nil)
      case .refused(let refusal):
        run.session.emit([.event(.notice(refusal.notice))], run: run)
        run.noteNotice(refusal.notice)
        return .no(refusal.message)
      case .ask(let prompt):
        info.diff = await preview()
        let outcome = await outcome(of: prompt, info, subject, run)
        switch outcome {
        case .moot: continue
        case .answered(let option, let input):
          remember(option, in: run.session, workspace: workspace)
          return option.kind.allows
            ? .go(updatedInput: input)
            : .no("The person refused this. Do not try it another way; ask what to do instead.")
        case .expired: return .no("Nobody answered the question whether this may happen, so it did not.")
        case .cancelled: return .no("The person stopped this before it was done.")
        }
      }
    }
  }

  private func outcome(
    of prompt: PermissionPrompt, _ call: ToolCallInfo, _ subject: PermissionSubject, _ run: Run
  ) async -> PermissionQuestion.Outcome {
    let question = state.withLock { state in
      state.lastQuestion += 1
      let question = PermissionQuestion(
        id: "question-\(state.lastQuestion)", title: call.title, prompt: prompt, time: time)
      state.waiting[question.id] = Waiting(question: question, subject: subject, session: run.session)
      return question
    }
    defer { state.withLock { $0.waiting[question.id] = nil } }
    let asking = Task { await asker.ask(question, about: call, of: run) }
    let outcome = await question.outcome()
    asking.cancel()
    switch outcome {
    case .answered: break
    case .expired: asker.tell(.expired, of: call, in: run)
    case .moot: asker.tell(.moot, of: call, in: run)
    case .cancelled: asker.tell(.cancelled, of: call, in: run)
    }
    return outcome
  }

  /// Makes a rule of an answer that is to hold always, and takes back the questions that it answers.
  private func remember(_ option: PermissionOption, in session: Session, workspace: String) {
    guard !option.rules.isEmpty else { return }
    session.addRules { rules in
      // A session that has as many rules as it may have goes on being asked.
      _ = try? option.kind.allows ? rules.add(allowing: option.rules) : rules.add(denying: option.rules)
    }
    let waiting = state.withLock { state in state.waiting.values.filter { $0.session === session } }
    let policy = policy(of: session, workspace: workspace)
    for other in waiting {
      if case .ask = policy.decide(other.subject, canAsk: true) { continue }
      other.question.makeMoot()
    }
  }
}

// MARK: - Handlers

extension PermissionDesk {
  /// Answers `permission/rules` for a session, or for all.
  package func rules(_ request: PermissionRules, of session: Session?) throws(RPCError) -> PermissionRules.Response {
    if let new = request.rules {
      let rules = try RuleSet(new)
      if let session { session.permissionRules = rules } else { state.withLock { $0.rules = rules } }
    }
    let rules = session?.permissionRules ?? state.withLock { $0.rules }
    return PermissionRules.Response(rules: rules.wire)
  }
}

extension RuleSet {
  /// The rules of a client.
  init(_ rules: PermissionRules.Rules) throws(RPCError) {
    do {
      self = try JSON(encoding: rules).decode(RuleSet.self)
    } catch {
      throw .invalidParams("rules: \(ErrorMapping.rpcError(error).message)")
    }
  }

  /// The rules as clients see them.
  var wire: PermissionRules.Rules {
    PermissionRules.Rules(allow: allow.map(\.text), ask: ask.map(\.text), deny: deny.map(\.text))
  }

  /// These rules and others.
  func joined(with other: RuleSet) -> RuleSet {
    (try? RuleSet(allow: allow + other.allow, ask: ask + other.ask, deny: deny + other.deny)) ?? self
  }
}
