internal import OperatingSystem
internal import Protocol
internal import Synchronization

/// What a person can have done by its name in a prompt, and the order of prompts where that is done.
final class ACPCommands: Sendable {
  /// A command as it was called.
  struct Call: Sendable {
    fileprivate var source: any CommandSource
    fileprivate var name: String
    fileprivate var text: String
  }

  /// A prompt from its coming until its answer is on its way.
  private struct Place {
    /// What waits for those before it: a command, or what came behind one.
    var task: Task<JSON, any Error>?
    let isOver = Promise<Bool>()
  }

  private struct State {
    var last = 0
    /// The prompts of each session, by their numbers.
    var places: [String: [Int: Place]] = [:]
    /// What files make commands of each session, as it was found last.
    var written: [String: [SessionCommand]] = [:]
  }

  private let sources: [any CommandSource]
  private let skills: SkillLookup
  private let state = Mutex(State())

  /// The commands of those sources, and those that files make, which runs do by themselves; of two with one name the first
  /// counts.
  init(_ sources: [any CommandSource], _ skills: SkillLookup) {
    self.sources = sources
    self.skills = skills
  }

  /// Looks for commands that files make, and tells of all where they are not what they were.
  func look(for session: Session, telling events: ACPSink) {
    Task {
      let found = await skills.commands(of: session)
      let isNew = state.withLock { state in
        guard state.written[session.id] ?? [] != found, events.knows(session.id) else { return false }
        state.written[session.id] = found
        return true
      }
      if isNew { events.tell([update(of: session)], in: session.id) }
    }
  }

  /// Forgets a session.
  func forget(_ sessionId: String) { state.withLock { $0.written[sessionId] = nil } }

  /// All commands of a session, as an update tells of them.
  func update(of session: Session) -> ACPProgress.Update {
    var names: Set<String> = []
    let written = state.withLock { $0.written[session.id] ?? [] }
    let commands = (sources.flatMap { $0.commands(of: session) } + written).filter { names.insert($0.name).inserted }
    return .other(
      "available_commands_update",
      [
        "availableCommands": .array(
          commands.map { command in
            var known: JSONObject = [
              "name": .string(command.name), "description": .string(command.explanation),
            ]
            known["input"] = command.hint.map { ["hint": .string($0)] }
            return .object(known)
          })
      ])
  }

  /// The command that a prompt calls: its first text begins with a slash and the name.
  func call(in prompt: [ContentBlock], of session: Session) -> Call? {
    guard case .text(let first)? = prompt.first, let call = SlashCall(first) else { return nil }
    for source in sources where source.commands(of: session).contains(where: { $0.name == call.name }) {
      let rest =
        [String(call.words.drop { $0.isWhitespace })]
        + prompt.dropFirst().compactMap { block in
          if case .text(let text) = block { text } else { nil }
        }
      return Call(source: source, name: call.name, text: rest.joined(separator: "\n"))
    }
    return nil
  }

  /// Does what was called.
  func carryOut(_ call: Call, in session: Session) async throws -> CommandOutcome {
    try await call.source.carryOut(call.name, call.text, in: session)
  }

  // MARK: Prompts in their order

  /// Whether a command goes on or waits in a session, or a prompt behind one.
  func isBusy(_ sessionId: String) -> Bool {
    state.withLock { $0.places[sessionId]?.values.contains { $0.task != nil } == true }
  }

  /// A prompt has come; the number is its own, until it leaves.
  func enter(_ sessionId: String) -> Int {
    state.withLock { state in
      state.last += 1
      state.places[sessionId, default: [:]][state.last] = Place()
      return state.last
    }
  }

  /// The answer of a prompt is on its way.
  func leave(_ number: Int, of sessionId: String) {
    let place = state.withLock { state in
      let place = state.places[sessionId]?.removeValue(forKey: number)
      if state.places[sessionId]?.isEmpty == true { state.places[sessionId] = nil }
      return place
    }
    place?.isOver.set(true)
  }

  /// Answers a prompt by that work when all that came before it in its session is answered.
  ///
  /// It can be cancelled from now on, be it by ``cancel(in:)`` or with the task that waits for it.
  func inTurn(
    _ number: Int, in session: Session, _ work: @escaping @Sendable () async throws -> JSON
  ) async throws -> JSON {
    let task = state.withLock { state -> Task<JSON, any Error> in
      let ahead = state.places[session.id, default: [:]].filter { $0.key < number }.map(\.value.isOver)
      let task = Task {
        for place in ahead { _ = await place.wait() }
        for run in session.runs { _ = await run.resultUnlessCancelled() }
        try Task.checkCancellation()
        return try await work()
      }
      state.places[session.id]?[number]?.task = task
      return task
    }
    return try await withTaskCancellationHandler {
      do {
        return try await task.value
      } catch {
        // Whatever a cancel leads to below is one here.
        throw task.isCancelled ? CancellationError() : error
      }
    } onCancel: {
      task.cancel()
    }
  }

  /// Cancels the commands of a session and what waits behind them, the last first: none begins as the one before it ends.
  ///
  /// - Returns: What waits until they are over.
  @discardableResult
  func cancel(in sessionId: String) -> @Sendable () async -> Void {
    let places = state.withLock { state in
      (state.places[sessionId] ?? [:]).sorted { $0.key > $1.key }.map(\.value).filter { $0.task != nil }
    }
    for place in places { place.task?.cancel() }
    return { for place in places { _ = await place.isOver.wait() } }
  }
}
