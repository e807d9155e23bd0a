/// Lines for people on stderr: nothing at all unless a level was asked for, as clients take any of it for an error.
package struct Log: Sendable {
  /// How much to say.
  package enum Level: String, Sendable, CaseIterable, Comparable {
    case off, error, warning, info, debug

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    package static func < (one: Level, other: Level) -> Bool { one.rank < other.rank }
  }

  private let level: Level
  private let say: @Sendable (String) -> Void

  /// A log that says things up to that level, a line each.
  package init(level: Level, say: @escaping @Sendable (String) -> Void) {
    self.level = level
    self.say = say
  }

  /// Something failed.
  package func error(_ message: @autoclosure () -> String) { write(.error, message) }

  /// Something was odd.
  package func warning(_ message: @autoclosure () -> String) { write(.warning, message) }

  /// Something happened.
  package func info(_ message: @autoclosure () -> String) { write(.info, message) }

  /// Something that only helps to find out why.
  package func debug(_ message: @autoclosure () -> String) { write(.debug, message) }

  private func write(_ level: Level, _ message: () -> String) {
    guard level <= self.level else { return }
    say("wyn360 \(level.rawValue): \(message())")
  }
}
