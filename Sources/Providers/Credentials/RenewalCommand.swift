package import OperatingSystem
import Synchronization

/// The user's command that renews credentials, such as `aws sso login`: `awsAuthRefresh` of the settings.
///
/// What it says is not read: it changes what the chain finds. It is not run again for a while after it has ended, as it
/// may open a browser each time.
package final class RenewalCommand: Sendable {
  private struct State {
    var run: CredentialWork<Void>?
    /// No new run before this moment of the monotonic clock.
    var quietUntil = Int.min
  }

  private let command: String
  private let runner: CommandRunner
  private let time: TimeSource
  private let state = Mutex(State())

  /// A command that has not been run.
  package init(_ command: String, runner: @escaping CommandRunner, time: TimeSource) {
    self.command = command
    self.runner = runner
    self.time = time
  }

  /// Runs the command, or waits for the run that is going, and returns at once shortly after one.
  ///
  /// - Throws: The runner's ``CredentialsError``; `cancelled` at once when the calling task is.
  package func run() async throws(CredentialsError) {
    let run = state.withLock { state -> CredentialWork<Void>? in
      if let going = state.run { return going }
      guard time.monotonic() >= state.quietUntil else { return nil }
      let begun = CredentialWork<Void>.begin(limit: RemoteCredentialLimits.resolveWithLoginMax, time: time) {
        [command, runner] in
        do throws(CredentialsError) { _ = try await runner(command) } catch { return .failure(error) }
        return .success(())
      } landing: { [self] run, _ in
        self.state.withLock { state in
          guard state.run === run else { return }
          state = State(quietUntil: time.monotonic() + RemoteCredentialLimits.loginPause)
        }
      }
      state.run = begun
      return begun
    }
    try await run?.value()
  }
}
