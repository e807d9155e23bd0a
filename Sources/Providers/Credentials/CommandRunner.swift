package import OperatingSystem

/// Runs a shell command and gives its standard output; its failures come as errors without the output.
package typealias CommandRunner = @Sendable (_ command: String) async throws(CredentialsError) -> [UInt8]

extension ProcessRunner {
  /// Runs a shell command of the user's, named by its setting: what it prints is the answer.
  package func shell(named name: String) -> CommandRunner {
    { command throws(CredentialsError) in
      let outcome: ProcessOutcome
      do throws(ProcessFailure) {
        outcome = try await run(ProcessRequest(["/bin/sh", "-c", command]))
      } catch {
        throw CredentialsError(.unavailable, "the command of \(name) could not be run: \(error.message)")
      }
      switch outcome.ending {
      case .exited(0): return outcome.output
      case .cancelled: throw .cancelled
      default:
        // What it wrote may hold a key: only its ending is told.
        throw CredentialsError(
          .unavailable, "the command of \(name) failed: \(outcome.ending)", hint: "run the command by hand")
      }
    }
  }
}
