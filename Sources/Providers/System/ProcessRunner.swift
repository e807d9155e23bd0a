/// Other programs as a parameter, so that tests decide what they answer.
package struct ProcessRunner: Sendable {
  /// Runs a program to its end.
  ///
  /// Cancelling the task ends the program too.
  package var run: @Sendable (_ request: ProcessRequest) async throws(ProcessFailure) -> ProcessOutcome

  /// A runner made of its part.
  package init(run: @escaping @Sendable (_ request: ProcessRequest) async throws(ProcessFailure) -> ProcessOutcome) {
    self.run = run
  }
}

/// A program that is to be run, and within which bounds.
///
/// Its command line may hold a password, so it is not shown.
package struct ProcessRequest: Sendable {
  /// The program, looked up in `PATH` unless it has a slash, and its arguments.
  package var arguments: [String]
  /// The variables it gets; `nil` for all those of this process.
  package var environment: [String: String]?
  /// The folder it runs in; `nil` for that of this process.
  package var folder: String?
  /// What it reads from its standard input, which is empty when this is.
  package var input: [UInt8] = []
  /// Bytes of standard output; a program that writes more is ended.
  package var outputMax = ProcessLimits.outputMax
  /// Bytes kept of standard error.
  package var errorsMax = ProcessLimits.errorsMax
  /// Milliseconds that it may take.
  package var timeoutMs = ProcessLimits.timeout

  /// A program with the usual bounds.
  package init(_ arguments: [String]) { self.arguments = arguments }
}

/// What became of a program that was run.
package struct ProcessOutcome: Sendable {
  /// How a run ended.
  package enum Ending: Sendable, Hashable {
    /// By itself, with that status.
    case exited(Int)
    /// By that signal, which did not come from here.
    case signalled(Int)
    /// It took too long, and was ended with all that it had started.
    case timedOut
    /// Its task was cancelled, and it was ended with all that it had started.
    case cancelled
    /// It wrote more than it may, and was ended with all that it had started.
    case tooMuchOutput
  }
  /// How it ended.
  package var ending: Ending
  /// What it wrote to standard output.
  package var output: [UInt8]
  /// The beginning of what it wrote to standard error.
  package var errors: [UInt8]

  /// An outcome.
  package init(_ ending: Ending, output: [UInt8] = [], errors: [UInt8] = []) {
    self.ending = ending
    self.output = output
    self.errors = errors
  }
}

/// Why a program could not be run at all.
package struct ProcessFailure: Error, Sendable, Hashable {
  /// The system's reason, for a person; never the command line.
  package var message: String

  /// A failure.
  package init(_ message: String) { self.message = message }
}

extension ProcessOutcome.Ending: CustomStringConvertible {
  /// How it ended, for a person.
  package var description: String {
    switch self {
    case .exited(let status): "it ended with status \(status)"
    case .signalled(let number): "signal \(number) ended it"
    case .timedOut: "it took too long"
    case .cancelled: "it was cancelled"
    case .tooMuchOutput: "it wrote too much"
    }
  }
}

extension ProcessRequest: CustomStringConvertible, CustomReflectable {
  /// The program without its arguments.
  package var description: String { "\(arguments.first ?? "") •••" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

extension ProcessOutcome: CustomStringConvertible, CustomReflectable {
  /// How it ended; what it wrote may be keys.
  package var description: String { "\(ending)" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// The limits of other programs, each with its reason.
package enum ProcessLimits {
  /// Bytes of standard output: an answer is a few hundred; what writes more is not what was meant to be run.
  package static let outputMax = 1024 * 1024
  /// Bytes kept of standard error: enough to say what went wrong.
  package static let errorsMax = 8 * 1024
  /// Milliseconds a program may take: some ask a browser or a person, and a minute is what those tools allow themselves.
  package static let timeout = 60_000
  /// Milliseconds between the request to end and the end, and from there on until it is not waited for any more: enough
  /// to remove a lock file.
  package static let grace = 500
  /// Milliseconds that output may still come after a program's end, from something it has left running.
  package static let linger = 1_000
  /// Bytes of stack for the thread that waits for a program: it calls nothing deep.
  package static let threadStack = 256 * 1024
}
