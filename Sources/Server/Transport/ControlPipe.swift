package import OperatingSystem

/// What wakes the read loop besides input.
package enum Wake: UInt8, Sendable {
  /// A signal asked for the end; the values are those of POSIX.
  case hangUp = 1
  case interrupt = 2
  case terminate = 15
  /// All that was asked is answered.
  case idle = 100
  /// The client can be written to again.
  case drained = 101
  /// Nobody reads what we write.
  case outputClosed = 102
}

/// A pipe to ourselves: any thread, and signal handlers, can wake the read loop through it.
package struct ControlPipe: Sendable {
  private let pipe: WakePipe

  /// The end that the read loop polls.
  package var readEnd: Descriptor { pipe.readEnd }
  /// The end that signal handlers write a byte to.
  package var writeEnd: Descriptor { pipe.writeEnd }

  /// A new pipe; `nil` when the process has no descriptors left.
  package init?() {
    guard let pipe = try? WakePipe() else { return nil }
    self.pipe = pipe
  }

  /// Wakes the read loop; a full pipe has wakes enough.
  package func wake(_ wake: Wake) { pipe.send(wake.rawValue) }

  /// Takes the wakes that are there.
  package func take() -> [Wake] { pipe.take().compactMap(Wake.init) }

  /// The signal that asked for the end, where one is among the wakes that are there; all of them are taken.
  package func takeSignal() -> Int32? {
    take().first { [.hangUp, .interrupt, .terminate].contains($0) }.map { Int32($0.rawValue) }
  }
}
