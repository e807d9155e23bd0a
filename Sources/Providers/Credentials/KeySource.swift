package import OperatingSystem
package import Protocol
import Synchronization

/// A place that a key of the Anthropic API comes from, other than a variable.
package protocol KeySource: Sendable {
  /// The key to use now.
  ///
  /// - Throws: ``CredentialsError``, `cancelled` at once when the calling task is.
  func key() async throws(CredentialsError) -> Secret
  /// The key to use after the API has refused one (401); asked for anew, unless that has been done since.
  func refreshed(after rejected: Secret) async throws(CredentialsError) -> Secret
}

/// A key that is read when it is needed, and used for a while.
///
/// One reading at a time, for all who wait; none of them can end it for the others. Failures are not kept.
package final class KeptKey: KeySource {
  private typealias Reading = CredentialWork<Secret>

  private struct State {
    var key: Secret?
    /// When it is read again, in milliseconds of the monotonic clock.
    var renewal = 0
    var reading: Reading?
  }

  private let lifetime: Int
  private let time: TimeSource
  private let read: @Sendable () async throws(CredentialsError) -> Secret
  private let state = Mutex(State())

  /// A key that has not been read; it is used for that many milliseconds.
  package init(
    lifetime: Int, time: TimeSource, read: @escaping @Sendable () async throws(CredentialsError) -> Secret
  ) {
    self.lifetime = lifetime
    self.time = time
    self.read = read
  }

  /// The key to use now.
  package func key() async throws(CredentialsError) -> Secret {
    let (kept, reading) = state.withLock { state -> (Secret?, Reading?) in
      if let key = state.key, time.monotonic() < state.renewal { return (key, nil) }
      return (nil, joined(&state))
    }
    if let kept { return kept }
    guard let reading else { throw .cancelled }
    return try await reading.value()
  }

  /// The key to use after one was refused.
  package func refreshed(after rejected: Secret) async throws(CredentialsError) -> Secret {
    state.withLock { state in
      if state.key == rejected { state.key = nil }
    }
    return try await key()
  }

  private func joined(_ state: inout State) -> Reading {
    if let going = state.reading { return going }
    let begun = Reading.begin(limit: RemoteCredentialLimits.resolveMax, time: time) { [read] in
      do throws(CredentialsError) { return .success(try await read()) } catch { return .failure(error) }
    } landing: { [self] reading, outcome in
      self.state.withLock { state in
        guard state.reading === reading else { return }
        state.reading = nil
        guard case .success(let key) = outcome else { return }
        state.key = key
        state.renewal = time.monotonic() + lifetime
      }
    }
    state.reading = begun
    return begun
  }
}
