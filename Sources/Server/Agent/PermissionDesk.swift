package import OperatingSystem
package import Protocol
internal import Synchronization

/// Decides on the calls of all sessions: by rules and modes, and by asking.
///
/// A question holds up its own call only. An answer that is to hold always becomes a rule of its session, and questions
/// that the rule covers are taken back.
package final class PermissionDesk: ToolGate {
  private struct Waiting {
    var question: PermissionQuestion
    var subject: PermissionSubject
    var session: Session
  }

  private struct State {
    var rules = RuleSet.none
    var defaultMode: PermissionMode?
    var waiting: [String: Waiting] = [:]
    var lastQuestion = 0
  }

  private let state: Mutex<State>
  private let asker: any PermissionAsking
  private let grant: PermissionGrant?
  /// The rules of the command line, which hold beside all others.
  private let given: RuleSet
  private let links: LinkResolver
  private let time: TimeSource
  private let home: String?
  private let files: FileLookup
  /// Where answers are kept that are to hold beyond a session.
  private let settings: SettingsDesk?
  /// Where it is judged: places are looked up on the way, and a disk may not answer.
  ///
  /// Nothing waits there for tools.
  private let threads = ToolThreads()

  /// A desk without rules but those `given`; they and `grant` are the command line's.
  ///
  /// `home` is what `~` is, `files` and `links` where links lead.
  package init(
    asker: any PermissionAsking, mode: PermissionMode?, grant: PermissionGrant?, given: RuleSet = .none,
    links: LinkResolver = .system, time: TimeSource, home: String? = nil, files: FileLookup = .system,
    settings: SettingsDesk? = nil
  ) {
    self.settings = settings
    self.home = home
    self.files = files
    self.asker = asker
    self.grant = grant
    self.given = given
    self.links = links
    self.time = time
    state = Mutex(State(defaultMode: mode))
  }

  /// What happens unasked in sessions that do not say, where options or the client say it; else files of settings do.
  package var defaultMode: PermissionMode? {
    get { state.withLock { $0.defaultMode } }
    set { state.withLock { $0.defaultMode = newValue } }
  }

  /// How a session's calls are judged now.
  package func policy(of session: Session, workspace: String) -> PermissionPolicy {
    let rules = state.withLock { $0.rules }
    let session = session.owner
    let options = session.options
    let settings = session.settings.inForce
    return PermissionPolicy(
      workspace: workspace, others: (options.additionalDirectories ?? []).compactMap(links.resolve),
      mode: mode(of: session),
      rules: given.joined(with: rules).joined(with: session.permissionRules).joined(with: settings.rules), grant: grant,
      links: links, home: home, files: files)
  }

  /// What happens unasked in a session.
  package func mode(of session: Session) -> PermissionMode {
    session.owner.options.permissionMode ?? defaultMode ?? session.owner.settings.inForce.mode ?? .ask
  }

  /// Whether there is somebody who could answer.
  var canAsk: Bool { asker.canAsk }

  /// What the mode means for a model, in a line.
  package func line(of session: Session) -> String {
    let mode = mode(of: session)
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
  package func judge(_ call: GatedCall, of run: Run) async -> GateVerdict { await settle(call, of: run).verdict }

  /// Whether something may happen that no tool does, and what a person has answered; `nil` when nobody has.
  ///
  /// It happens as it is or not at all: who permits it with another input refuses it this once, and is told `ifEdited`.
  func asks(
    _ call: GatedCall, of run: Run, ifEdited notice: String
  ) async -> (permits: Bool, answer: PermissionOption.Kind?, keeps: Bool) {
    let (verdict, answer) = await settle(call, of: run)
    let keeps = answer.map { self.keeps($0, in: run.session.owner) } ?? false
    guard case .go(let input) = verdict else { return (false, answer?.kind, keeps) }
    guard let input, input != call.info.input else { return (true, answer?.kind, keeps) }
    run.tell(notice)
    return (false, .rejectOnce, false)
  }

  /// Whether an answer is to hold beyond the session, as the person has said.
  private func keeps(_ option: PermissionOption, in session: Session) -> Bool {
    option.kind.isAlways && (option.isKept || session.settings.inForce.keepAnswers)
  }

  /// What becomes of a call, and whether a person has said so.
  private func settle(_ call: GatedCall, of run: Run) async -> (verdict: GateVerdict, answer: PermissionOption?) {
    var info = call.info
    while true {
      let policy = policy(of: run.session, workspace: call.workspace)
      switch await decide(on: call, by: policy) {
      case nil: return (.no(Self.stopped), nil)
      case .allowed: return (.go(updatedInput: nil), nil)
      case .refused(let refusal):
        run.tell(refusal.notice)
        return (.no(refusal.message), nil)
      case .ask(let prompt):
        info.diff = await call.preview()
        guard let question = await ask(prompt, info, call, of: run, by: policy) else { continue }
        switch await outcome(of: question, info, run) {
        case .moot: continue
        case .answered(let option, let input):
          await remember(option, of: run, workspace: call.workspace)
          let refusal = "The person refused this. Do not try it another way; ask what to do instead."
          return (option.kind.allows ? .go(updatedInput: input) : .no(refusal), option)
        case .expired: return (.no("Nobody answered the question whether this may happen, so it did not."), nil)
        case .cancelled: return (.no(Self.stopped), nil)
        }
      }
    }
  }

  private static let stopped = "The person stopped this before it was done."

  /// What a policy says of a call, and what else wants a person asked; `nil` when the task was cancelled.
  private func decide(on call: GatedCall, by policy: PermissionPolicy) async -> PermissionDecision? {
    let decision = await decide(on: call.subject, by: policy, canAsk: asker.canAsk)
    guard let question = call.question, case .allowed = decision else { return decision }
    guard asker.canAsk, policy.mode != .readOnly else {
      return .refused(
        PermissionRefusal(
          message: "A hook of the person's wants this asked, and nobody can be asked here: \(question)",
          notice: "refused: a hook wants \(call.subject.tool) asked about, and nobody can be asked: \(question)"))
    }
    return .ask(
      PermissionPrompt(
        why: question, options: [PermissionOption(once: .allowOnce), PermissionOption(once: .rejectOnce)]))
  }

  /// What a policy says of a call; `nil` when the task was cancelled.
  private func decide(on subject: PermissionSubject, by policy: PermissionPolicy, canAsk: Bool) async
    -> PermissionDecision?
  {
    try? await threads.run { _ in policy.decide(subject, canAsk: canAsk) }
  }

  /// Whether something may happen in a session for now, and what a person has said of it; whoever has is not asked again.
  func permits(_ call: GatedCall, of run: Run, answered: Bool?) async -> (permits: Bool, answered: Bool?) {
    let policy = policy(of: run.session, workspace: call.workspace)
    let decision = await decide(on: call.subject, by: policy, canAsk: asker.canAsk)
    if case .ask = decision, let answered { return (answered, answered) }
    let (permits, answer, _) = await asks(
      call, of: run, ifEdited: "\(call.info.name) is off: what a service is offered cannot be edited here")
    return (permits, answer == nil ? answered : permits)
  }

  package func refusal(ofEdited call: GatedCall, of run: Run) async -> String? {
    let policy = policy(of: run.session, workspace: call.workspace)
    switch await decide(on: call.subject, by: policy, canAsk: true) {
    case nil: return Self.stopped
    case .refused(let refusal): return refusal.message
    case .allowed, .ask: return nil
    }
  }

  /// Opens a question; `nil` when none is needed any more, as a rule has come meanwhile.
  ///
  /// A rule of an answer is added before the open questions are looked through, and a question is opened before the rules
  /// are looked at again: one of the two sees the other.
  private func ask(
    _ prompt: PermissionPrompt, _ info: ToolCallInfo, _ call: GatedCall, of run: Run, by former: PermissionPolicy
  ) async -> PermissionQuestion? {
    let question = state.withLock { state in
      state.lastQuestion += 1
      let question = PermissionQuestion(
        id: "question-\(state.lastQuestion)", title: info.title, prompt: prompt, time: time)
      state.waiting[question.id] = Waiting(question: question, subject: call.subject, session: run.session.owner)
      return question
    }
    let policy = policy(of: run.session, workspace: call.workspace)
    if policy.rules == former.rules, policy.mode == former.mode { return question }
    if case .ask = await decide(on: call, by: policy) { return question }
    state.withLock { $0.waiting[question.id] = nil }
    return nil
  }

  private func outcome(of question: PermissionQuestion, _ call: ToolCallInfo, _ run: Run) async
    -> PermissionQuestion.Outcome
  {
    let run = run.name
    defer { state.withLock { $0.waiting[question.id] = nil } }
    let asking = Task { await asker.ask(question, about: call, of: run) }
    let outcome = await question.outcome()
    asking.cancel()
    switch outcome {
    case .answered: break
    case .expired: asker.tell(.expired, of: call, in: run)
    case .moot: asker.tell(.moot, of: call, in: run)
    case .cancelled:
      // The question is taken back before its run is answered.
      await asking.value
      asker.tell(.cancelled, of: call, in: run)
    }
    return outcome
  }

  /// Makes a rule of an answer that is to hold always, and takes back the questions that it answers.
  private func remember(_ option: PermissionOption, of run: Run, workspace: String) async {
    guard !option.rules.isEmpty else { return }
    let session = run.session.owner
    session.addRules { rules in
      // A session that has as many rules as it may have goes on being asked.
      _ = try? option.kind.allows ? rules.add(allowing: option.rules) : rules.add(denying: option.rules)
    }
    if keeps(option, in: session),
      let rules = try? option.kind.allows
        ? RuleSet(allow: option.rules) : RuleSet(deny: option.rules)
    {
      do throws(Failure) { try await settings?.keep(rules, of: workspace) } catch { run.tell(error.message) }
    }
    let waiting = state.withLock { state in state.waiting.values.filter { $0.session === session } }
    let policy = policy(of: session, workspace: workspace)
    for other in waiting {
      switch await decide(on: other.subject, by: policy, canAsk: true) {
      case .ask, nil: continue
      case .allowed, .refused: other.question.makeMoot()
      }
    }
  }
}

// MARK: - Handlers

extension PermissionDesk {
  /// Answers `permission/rules` for a session, or for all; `tools` are the names of those that there are now.
  package func rules(
    _ request: PermissionRules, of session: Session?, tools: Set<String>
  ) throws(Failure) -> PermissionRules.Response {
    var notices: [String] = []
    if let new = request.rules {
      let rules = try RuleSet(new)
      notices = try rules.notices(tools)
      if let session { session.permissionRules = rules } else { state.withLock { $0.rules = rules } }
    }
    let rules = session?.permissionRules ?? state.withLock { $0.rules }
    return PermissionRules.Response(rules: rules.wire, notices: notices.isEmpty ? nil : notices)
  }
}

extension RuleSet {
  /// The rules of a client.
  init(_ rules: PermissionRules.Rules) throws(Failure) {
    do {
      self = try JSON(encoding: rules).decode(RuleSet.self)
    } catch let error as JSONDecodingError {
      let place = error.path.isEmpty ? "params" : "params.\(error.path)"
      throw .invalidParams("rules: \(place): \(error.reason)")
    } catch {
      throw .invalidParams("rules: these are none")
    }
  }

  /// The rules as clients see them.
  var wire: PermissionRules.Rules {
    PermissionRules.Rules(allow: allow.map(\.text), ask: ask.map(\.text), deny: deny.map(\.text))
  }

  /// What a person should know of rules for tools that there are not now.
  fileprivate func notices(_ tools: Set<String>) throws(Failure) -> [String] {
    var notices: [String] = []
    for rule in allow + ask + deny {
      do throws(PermissionRule.Problem) {
        guard let name = try rule.unknownTool(among: tools) else { continue }
        notices.append("the rule '\(rule.text)' is about no tool that there is now: '\(name)' may be registered later")
      } catch {
        throw .invalidParams("rules: \(error.description)")
      }
    }
    return notices
  }
}
