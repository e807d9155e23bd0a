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

  private struct Place {
    let task: Task<JSON, any Error>
    let isOver: Promise<Bool>
  }

  private struct State {
    var last = 0
    /// Commands of each session, and prompts that came behind them, by their numbers.
    var places: [String: [Int: Place]] = [:]
  }

  private let sources: [any CommandSource]
  private let state = Mutex(State())

  /// The commands of those sources; of two with one name the first counts.
  init(_ sources: [any CommandSource]) { self.sources = sources }

  /// All commands of a session, as an update tells of them.
  func update(of session: Session) -> ACPProgress.Update {
    var names: Set<String> = []
    let commands = sources.flatMap { $0.commands(of: session) }.filter { names.insert($0.name).inserted }
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
    guard case .text(let first)? = prompt.first, let slash = first.firstIndex(where: { !$0.isWhitespace }),
      first[slash] == "/"
    else { return nil }
    let line = first[first.index(after: slash)...]
    let name = String(line.prefix { !$0.isWhitespace })
    for source in sources where source.commands(of: session).contains(where: { $0.name == name }) {
      let rest =
        [String(line.dropFirst(name.count).drop { $0.isWhitespace })]
        + prompt.dropFirst().compactMap { block in
          if case .text(let text) = block { text } else { nil }
        }
      return Call(source: source, name: name, text: rest.joined(separator: "\n"))
    }
    return nil
  }

  /// Does what was called.
  func carryOut(_ call: Call, in session: Session) async throws -> CommandOutcome {
    try await call.source.carryOut(call.name, call.text, in: session)
  }

  // MARK: Prompts in their order

  /// Whether a command goes on or waits in a session, or a prompt behind one.
  func isBusy(_ sessionId: String) -> Bool { state.withLock { $0.places[sessionId]?.isEmpty == false } }

  /// Answers a prompt by that work when all that came before it in its session is over.
  ///
  /// It can be cancelled from now on, be it by ``cancel(in:)`` or with the task that waits for it. The work is given a number
  /// of its own.
  func inTurn(in session: Session, _ work: @escaping @Sendable (_ number: Int) async throws -> JSON) async throws
    -> JSON
  {
    let task = state.withLock { state -> Task<JSON, any Error> in
      let ahead = state.places[session.id, default: [:]].values.map(\.isOver)
      state.last += 1
      let number = state.last
      let isOver = Promise<Bool>()
      let task = Task {
        defer {
          leave(number, of: session.id)
          isOver.set(true)
        }
        for place in ahead { _ = await place.wait() }
        for run in session.runs { _ = await run.resultUnlessCancelled() }
        try Task.checkCancellation()
        return try await work(number)
      }
      state.places[session.id, default: [:]][number] = Place(task: task, isOver: isOver)
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

  private func leave(_ number: Int, of sessionId: String) {
    state.withLock { state in
      state.places[sessionId]?[number] = nil
      if state.places[sessionId]?.isEmpty == true { state.places[sessionId] = nil }
    }
  }

  /// Cancels the commands of a session and what waits behind them.
  ///
  /// - Returns: What waits until they are over.
  @discardableResult
  func cancel(in sessionId: String) -> @Sendable () async -> Void {
    let places = state.withLock { Array(($0.places[sessionId] ?? [:]).values) }
    for place in places { place.task.cancel() }
    return { for place in places { _ = await place.isOver.wait() } }
  }
}
