package import OperatingSystem
package import Protocol
internal import Synchronization

/// The outputs of a command as a person or a script sees them: the answer on stdout, everything else in lines on stderr.
///
/// Where an output is a terminal, nothing steers it that comes from elsewhere; any other gets its bytes as they are. Where
/// both are the same screen, a line of stderr begins a line there. While a question stands, nothing else is written.
package final class Console: Sendable {
  /// Something that waits until a question is answered.
  private enum Held {
    case text(String)
    /// A line that is JSON.
    case json([UInt8])
    case newTurn
    case line(String)
  }

  private struct State {
    /// Line ends behind what stands last where the answer goes, two at most; before anything there is nothing to part.
    var ends = 2
    /// Whether some of the answer was written, and what comes next is of another turn.
    var hasText = false
    var isNewTurn = false
    var screen = ScreenText()
    var failure: SystemError?
    var isHeld = false
    var held: [Held] = []
  }

  /// Whether a person may see one of the outputs.
  package var isSeen: Bool { output.isTerminal || errors.isTerminal }
  private let output: Descriptor
  private let errors: Descriptor
  private let isOneScreen: Bool
  private let state = Mutex(State())

  /// A console of these outputs.
  package init(output: Descriptor, errors: Descriptor = .standardError) {
    self.output = output
    self.errors = errors
    isOneScreen = output.isTerminal && errors.isTerminal
  }

  /// Whether something can be written at once: nobody is held up by a reader that does not read.
  package var isFree: Bool { state.withLockIfAvailable { _ in output.isWritable } ?? false }

  /// Why the answer did not reach stdout; `nil` while all did.
  package var failure: SystemError? { state.withLock { $0.failure } }

  // MARK: The answer

  /// Writes a piece of the answer.
  package func write(_ piece: String) { state.withLock { take(.text(piece), &$0) } }

  /// What comes next is another answer, and stands for itself.
  package func begin() {
    state.withLock { state in
      (state.ends, state.hasText, state.isNewTurn, state.screen) = (2, false, false, ScreenText())
    }
  }

  /// What comes next of the answer is of another turn: a blank line parts it from what there is.
  package func beginTurn() { state.withLock { take(.newTurn, &$0) } }

  /// Ends the answer, with the end of its line.
  package func endText() {
    state.withLock { state in
      let left = state.screen.end()
      if !left.isEmpty { put(left, &state) }
      if state.hasText, state.ends == 0 { put("\n", &state) }
    }
  }

  /// Writes a result for programs, in a line of its own; on a terminal with escapes of JSON in place of what steers it.
  package func write(json: JSON) {
    let line = line(json.serialized)
    state.withLock { put(line, &$0) }
  }

  /// Writes what is JSON already, likewise.
  package func write(jsonLine bytes: [UInt8]) {
    let line = line(bytes)
    state.withLock { take(.json(line), &$0) }
  }

  private func line(_ bytes: [UInt8]) -> [UInt8] {
    guard output.isTerminal else { return bytes + [Byte.newline] }
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.unicodeScalars.contains(where: VisibleText.steers) else { return bytes + [Byte.newline] }
    return Array((text.unicodeScalars.map(Self.jsonEscaped).joined() + "\n").utf8)
  }

  private static func jsonEscaped(_ scalar: Unicode.Scalar) -> String {
    guard VisibleText.steers(scalar) else { return String(scalar) }
    let code = String(scalar.value, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - code.utf8.count) + code
  }

  // MARK: Everything else

  /// Says something on stderr, at the beginning of a line.
  package func say(_ line: String) { state.withLock { take(.line(line), &$0) } }

  // MARK: Questions

  /// From now on nothing is written until ``goOn()``.
  ///
  /// - Returns: What has to be written before a question begins a line of the screen.
  package func hold() -> String {
    state.withLock { state in
      state.isHeld = true
      guard output.isTerminal else { return "" }
      defer { state.ends = 1 }
      return state.ends == 0 ? "\n" : ""
    }
  }

  /// Writes what has waited.
  package func goOn() {
    state.withLock { state in
      state.isHeld = false
      let held = state.held
      state.held = []
      for one in held { take(one, &state) }
    }
  }
}

// MARK: - Writing

extension Console {
  private func take(_ piece: Held, _ state: inout State) {
    guard !state.isHeld else { return state.held.append(piece) }
    switch piece {
    case .newTurn: state.isNewTurn = state.hasText
    case .json(let line): put(line, &state)
    case .text(let text):
      guard !text.isEmpty else { return }
      if state.isNewTurn { put(String(repeating: "\n", count: 2 - state.ends), &state) }
      state.isNewTurn = false
      put(output.isTerminal ? state.screen.shown(text) : text, &state)
      state.hasText = true
    case .line(let line):
      if isOneScreen, state.ends == 0 { put("\n", &state) }
      errors.write(Array(((errors.isTerminal ? VisibleText.unsteering(line) : line) + "\n").utf8))
      if isOneScreen { state.ends = 1 }
    }
  }

  private func put(_ text: String, _ state: inout State) { put(Array(text.utf8), &state) }

  private func put(_ bytes: [UInt8], _ state: inout State) {
    guard !bytes.isEmpty else { return }
    let failure = output.write(bytes)
    state.failure = state.failure ?? failure
    let ends = bytes.reversed().prefix(2).prefix { $0 == Byte.newline }.count
    state.ends = min(2, ends == bytes.count ? state.ends + ends : ends)
  }
}
