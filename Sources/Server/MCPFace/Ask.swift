internal import OperatingSystem
internal import Protocol
internal import Synchronization

/// A call of the tool: a run, what is asked in it, and whoever waits for either.
///
/// The run goes on while its client is away to ask its person, and is found again by a name that only the client knows.
final class Ask: Sendable {
  /// What whoever waits is told.
  enum News: Sendable {
    /// What came of the run.
    case over(Result<RunResult, any Error>)
    /// Somebody has to answer these first.
    case questions([Question])
  }

  /// A question that the client's next request can answer.
  struct Question: Sendable {
    let question: PermissionQuestion
    let form: MCPIncoming.Elicit
  }

  private struct State {
    var terms: MCPTerms
    var token: JSON?
    var progress = AskProgress()
    var questions: [Question] = []
    var outcome: Result<RunResult, any Error>?
    /// Set when there is news.
    var news = Promise<Void>()
    var tasks: [Task<Void, Never>] = []
  }

  /// The run's name.
  let runId: String
  /// What the tool was given, which is the same each time.
  let arguments: AskTool.Arguments
  private let state: Mutex<State>
  private let outbox: Outbox

  /// A call whose run has not begun.
  init(runId: String, _ arguments: AskTool.Arguments, _ terms: MCPTerms, token: JSON?, outbox: Outbox) {
    self.runId = runId
    self.arguments = arguments
    self.outbox = outbox
    state = Mutex(State(terms: terms, token: token))
  }

  /// What holds for the request that waits now, or came last.
  var terms: MCPTerms { state.withLock { $0.terms } }

  /// Takes on a task, to be cancelled when the call is.
  func own(_ task: Task<Void, Never>) {
    let isOver = state.withLock { state in
      state.tasks.append(task)
      return state.outcome != nil
    }
    if isOver { task.cancel() }
  }

  /// Stops the run.
  func cancel() {
    for task in state.withLock({ $0.tasks }) { task.cancel() }
  }

  /// Takes note that the run is over.
  func finish(_ outcome: Result<RunResult, any Error>) {
    tellWaiters {
      $0.outcome = outcome
      $0.token = nil
    }
    cancel()
  }

  private func tellWaiters(_ change: (inout State) -> Void) {
    let news = state.withLock { state in
      change(&state)
      defer { state.news = Promise() }
      return state.news
    }
    news.set(())
  }

  /// Waits until the run is over, or until somebody has to answer questions; nothing more is told of the run then.
  func news() async -> News {
    while true {
      let (news, promise) = state.withLock { state -> (News?, Promise<Void>) in
        if let outcome = state.outcome { return (.over(outcome), state.news) }
        state.questions.removeAll { $0.question.settled != nil }
        guard !state.questions.isEmpty else { return (nil, state.news) }
        state.token = nil
        return (.questions(state.questions), state.news)
      }
      if let news { return news }
      // A run that is cancelled is over soon, and its waiters wait for that.
      await promise.outcome()
    }
  }
}

// MARK: - Questions

extension Ask {
  /// Whether a question waits for an answer.
  var hasQuestions: Bool { state.withLock { $0.questions.contains { $0.question.settled == nil } } }

  /// Leaves a question to the client's next request.
  func leave(_ question: Question) { tellWaiters { $0.questions.append(question) } }

  /// Goes on for another request, with the answers that it brings, by the names of questions.
  func resume(_ terms: MCPTerms, token: JSON?, _ answers: JSONObject) {
    let open = state.withLock { state in
      state.terms = terms
      state.token = token
      defer { state.questions.removeAll { answers[$0.question.id] != nil } }
      return state.questions
    }
    for one in open {
      guard let answer = answers[one.question.id] else { continue }
      MCPElicitationForm.settle(one.question, by: answer)
    }
  }

  /// Refuses what is asked, as nobody can answer any more.
  func refuseAll() {
    for one in state.withLock({ $0.questions }) { one.question.refuse() }
  }
}

// MARK: - Progress

extension Ask {
  /// Tells the client of events, where it wants to know.
  func tell(_ events: [AgentEvent], at now: Int) {
    state.withLock { state in
      guard state.token != nil else { return }
      let lines = events.compactMap { state.progress.line(for: $0, at: now) }
      send(lines, &state)
    }
  }

  /// Shows that the run goes on.
  func beat() { state.withLock { send([$0.progress.last], &$0) } }

  /// Sends lines while the state stands still: nothing is told of a call behind its answer.
  private func send(_ lines: [String], _ state: inout State) {
    guard let token = state.token, !lines.isEmpty else { return }
    let hasMessages = state.terms.isSince("2025-03-26")
    let told = lines.map { line in
      var params: JSONObject = ["progressToken": token, "progress": .number(JSONNumber(state.progress.next()))]
      if hasMessages { params["message"] = .string(line) }
      return ["jsonrpc": "2.0", "method": "notifications/progress", "params": .object(params)] as JSON
    }
    outbox.send { sink in
      for message in told { sink.message { $0.write(message) } }
    }
  }
}
