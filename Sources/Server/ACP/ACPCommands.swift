internal import Protocol
internal import Synchronization

/// What a person can have done by its name in a prompt, and what of it goes on.
final class ACPCommands: Sendable {
  /// A command as it was called.
  struct Call: Sendable {
    fileprivate var source: any CommandSource
    fileprivate var name: String
    fileprivate var text: String
  }

  private struct State {
    var last = 0
    var running: [String: [Int: Task<CommandOutcome, any Error>]] = [:]
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

  /// Does what was called, when what goes on in the session is over.
  ///
  /// - Returns: What came of it, and a number of its own.
  func carryOut(_ call: Call, in session: Session) async throws -> (outcome: CommandOutcome, number: Int) {
    for run in session.runs { _ = await run.result() }
    try Task.checkCancellation()
    let task = Task { try await call.source.carryOut(call.name, call.text, in: session) }
    let number = state.withLock { state in
      state.last += 1
      state.running[session.id, default: [:]][state.last] = task
      return state.last
    }
    defer { state.withLock { _ = $0.running[session.id]?.removeValue(forKey: number) } }
    return try await withTaskCancellationHandler {
      (try await task.value, number)
    } onCancel: {
      task.cancel()
    }
  }

  /// Cancels the commands that go on in a session.
  func cancel(in sessionId: String) {
    for task in state.withLock({ $0.running.removeValue(forKey: sessionId) ?? [:] }).values { task.cancel() }
  }
}
