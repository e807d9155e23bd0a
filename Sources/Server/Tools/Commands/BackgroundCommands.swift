internal import OperatingSystem
internal import Protocol
internal import Synchronization

/// The commands of a session that go on in the background; they end with it.
package final class BackgroundCommands: Sendable {
  private struct State {
    var commands: [RunningCommand] = []
    var last = 0
  }

  private let state = Mutex(State())

  /// None yet.
  package init() {}

  deinit { endAll() }

  /// A command to be started, by the next number; of those that have ended the oldest is forgotten.
  ///
  /// - Throws: A ``ToolError`` when too many go on.
  func add(_ command: String) throws(ToolError) -> RunningCommand {
    let added = state.withLock { state -> RunningCommand? in
      let (going, ended) = (state.commands.filter(\.goesOn), state.commands.filter { !$0.goesOn })
      guard going.count < ToolLimits.backgroundMax else { return nil }
      state.last += 1
      let added = RunningCommand(state.last, command)
      state.commands = (going + ended.suffix(ToolLimits.backgroundEndedMax) + [added]).sorted { $0.number < $1.number }
      return added
    }
    guard let added else {
      throw ToolError(
        .refused, "\(ToolLimits.backgroundMax) commands go on in the background; end one with command_stop first.")
    }
    return added
  }

  /// The command of that number.
  ///
  /// - Throws: A ``ToolError`` that says which there are.
  func command(_ number: Int) throws(ToolError) -> RunningCommand {
    let commands = state.withLock { $0.commands }
    if let found = commands.first(where: { $0.number == number }) { return found }
    let known = commands.map(\.name).joined(separator: ", ")
    throw ToolError(
      .notFound,
      "There is no command \(number) in the background. \(known.isEmpty ? "There is none." : "There are: \(known).")")
  }

  /// Ends all that go on, soon.
  package func endAll() { for command in state.withLock({ $0.commands }) { command.stop() } }

  /// Which have ended without anybody having read how, in one line; `nil` for none.
  package var ended: String? {
    let ended = state.withLock { $0.commands }.filter { $0.unreadEnd != nil }
    guard !ended.isEmpty else { return nil }
    let names = ended.map(\.name).joined(separator: ", ")
    return "Ended in the background, command_output tells how: \(names)."
  }
}
