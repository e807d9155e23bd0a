/// Lines for people on stderr: nothing at all unless a level was asked for, as clients take any of it for an error.
package struct Log: Sendable {
  /// How much to say.
  package enum Level: String, Sendable, CaseIterable, Comparable {
    case off, error, warning, info, debug

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    package static func < (one: Level, other: Level) -> Bool { one.rank < other.rank }
  }

  private let level: Level

  /// A log that says things up to that level.
  package init(level: Level) { self.level = level }

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
    StandardError.write("wyn360 \(level.rawValue): \(message())\n")
  }
}
