internal import Protocol
internal import Synchronization

/// The long outputs of a session's commands, to be read on where a result had to leave something out; they end with it.
package final class CommandOutputs: Sendable {
  private struct State {
    var texts: [(number: Int, text: String)] = []
    var count = 0
    var bytes = 0
  }

  /// What stands before an output's number where a path stands for other files.
  private static let scheme = "command-output:"

  private let state = Mutex(State())

  /// None yet.
  package init() {}

  /// Keeps a text; the oldest give way to it.
  ///
  /// - Returns: The name to read it by.
  func keep(_ text: String) -> String {
    state.withLock { state in
      state.count += 1
      state.texts.append((state.count, text))
      state.bytes += text.utf8.count
      while state.bytes > ToolLimits.outputsBytesMax, state.texts.count > 1 {
        state.bytes -= state.texts.removeFirst().text.utf8.count
      }
      return "\(Self.scheme)\(state.count)"
    }
  }

  /// Whether a path is the name of an output.
  static func isName(_ path: String) -> Bool { path.hasPrefix(scheme) }

  /// The text of that name.
  ///
  /// - Throws: A ``ToolError`` when it is not kept.
  func text(of name: String) throws(ToolError) -> String {
    let number = Int(name.dropFirst(Self.scheme.count))
    guard let found = state.withLock({ state in state.texts.first { $0.number == number }?.text }) else {
      throw ToolError(
        .notFound,
        "There is no output '\(name)'; it has given way to later ones, or is another session's: run it again.")
    }
    return found
  }
}
