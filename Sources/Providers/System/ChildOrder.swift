/// A program that is to be started, and how it may end.
package struct ChildOrder: Sendable {
  /// How long each step of an end may take, in milliseconds.
  package struct Teardown: Sendable {
    /// What is to end first sees the end of its input, and has that long to end by itself; `nil` asks it at once.
    package var farewell: Int?
    /// What the program left running has that long to end by itself.
    package var linger: Int
    /// Between asking a program that took too long to end (SIGTERM) and ending it (SIGKILL).
    package var lateGrace: Int
    /// The same for what is to end for any other reason.
    package var grace: Int
    /// What was ended is waited for that long: a process that hangs in the kernel is not.
    package var gone: Int

    /// The steps of an end.
    package init(linger: Int, lateGrace: Int, grace: Int, gone: Int) {
      self.linger = linger
      self.lateGrace = lateGrace
      self.grace = grace
      self.gone = gone
    }
  }

  /// The program, looked up in `PATH` unless it has a slash, and its arguments.
  package var arguments: [String]
  /// Its variables, as `NAME=value`; `nil` for those of this process.
  package var environment: [String]?
  /// The folder it starts in; `nil` for that of this process.
  package var folder: OpenFolder?
  /// What it is kept to; `nil` for nothing.
  package var sandbox: Sandbox?
  /// What it reads; `nil` for nothing at all.
  package var input: ChildInput?
  /// Whether standard error is told apart from standard output; otherwise both come in the order they are written.
  package var separatesErrors = false
  /// Whether what it leaves running may go on without it.
  package var leavesRunning = false
  /// Milliseconds that it may take; `nil` for as long as it likes.
  package var timeoutMs: Int?
  /// How it is ended.
  package var teardown: Teardown

  /// A program with nothing to read and no limit of time.
  package init(_ arguments: [String], teardown: Teardown) {
    self.arguments = arguments
    self.teardown = teardown
  }
}

/// How a child process ended, and what was left of it.
package struct ChildResult: Sendable {
  /// How a child process ended.
  package enum End: Sendable, Hashable {
    /// By itself, with that status.
    case exited(Int)
    /// By that signal, which did not come from here.
    case signalled(Int)
    case timedOut
    case cancelled
    /// Its reader wanted no more of its output.
    case refused
    /// The program ended the process that supervised it.
    case unsupervised
  }

  /// How it ended.
  package let end: End
  /// How many processes it left behind, which were ended.
  package let leftBehind: Int
  /// Whether processes were still there when waiting for their end was given up.
  package let isStuck: Bool
}

/// Why a child process was not started.
package struct ChildFailure: Error, Hashable, Sendable {
  /// What the system answered; that there is no such program counts as its answer, too.
  package let reason: SystemError

  /// A failure for that reason.
  package init(reason: SystemError) { self.reason = reason }
}

/// Who takes what a child process writes, and how it fares, on the thread that waits for it.
package protocol ChildReader {
  /// Takes what came at a moment of the monotonic clock; false when there is too much of it, and the child is to end.
  mutating func receive(_ bytes: ArraySlice<UInt8>, from stream: ChildStream, now: Int) -> Bool
  /// Milliseconds until ``turn(now:)`` is wanted though nothing comes; `nil` for no such wish.
  func dueMs(now: Int) -> Int?
  /// Called when it is due.
  mutating func turn(now: Int)
  /// Told when the program is gone, after what it had written until then; what it left running may write on.
  mutating func programEnded(_ end: ChildResult.End)
  /// Told when nobody can write to a stream any more.
  mutating func streamEnded(_ stream: ChildStream, now: Int)
}

extension ChildReader {
  /// No wish.
  package func dueMs(now: Int) -> Int? { nil }
  /// Nothing to do.
  package mutating func turn(now: Int) {}
  /// Nothing to do.
  package mutating func programEnded(_ end: ChildResult.End) {}
  /// Nothing to do.
  package mutating func streamEnded(_ stream: ChildStream, now: Int) {}
}

/// What a child process writes to.
package enum ChildStream: Sendable, Hashable {
  /// Standard output, and standard error too where both are one.
  case output
  case errors
}
