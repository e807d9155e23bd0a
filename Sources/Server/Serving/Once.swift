package import OperatingSystem
package import Protocol
internal import Synchronization

/// Does one thing and waits for it, while signals can still end it.
package struct Once {
  /// How it went.
  package enum Outcome: Sendable {
    case done(JSON)
    case failed(RPCError)
    /// A signal ended it; the result is there when the work came to its end all the same.
    case interrupted(signal: Int32, JSON?)
    /// Its time was over first.
    case timedOut
  }

  private let control: ControlPipe
  private let output: Descriptor

  /// Waits on that pipe for signals and for the end.
  package init(control: ControlPipe, output: Descriptor) {
    self.control = control
    self.output = output
  }

  /// Does the work on other threads.
  ///
  /// The first signal cancels the work and lets it end, and so does the end of its time; the end comes all the same,
  /// within the time an end may take.
  package func wait(
    limitMs: Int? = nil, for work: @escaping @Sendable () async throws -> JSON
  ) -> Outcome {
    let box = Shared()
    let control = control
    let task = Task {
      let found: Result<JSON, RPCError>
      do {
        found = .success(try await work())
      } catch {
        found = .failure(ErrorMapping.rpcError(error))
      }
      box.set(found)
      control.wake(.idle)
    }
    let begun = SystemClock.monotonic
    var signal: Int32?
    var isLate = false
    while true {
      let isEnding = signal != nil || isLate
      let left = limitMs.map { max(0, $0 - (SystemClock.monotonic - begun)) }
      let ready = Descriptor.poll(
        [Descriptor.Watch(control.readEnd, for: .readable), Descriptor.Watch(isEnding ? nil : output)],
        milliseconds: isEnding ? ServerLimits.endMs : left)
      if isEnding, ready.allSatisfy(\.isEmpty) { return signal.map { .interrupted(signal: $0, nil) } ?? .timedOut }
      if ready[1].has(.failed) { signal = CurrentProcess.brokenPipeSignal }
      if !ready[0].isEmpty, let number = control.takeSignal() { signal = number }
      if let found = box.value {
        if let signal { return .interrupted(signal: signal, try? found.get()) }
        if isLate { return .timedOut }
        switch found {
        case .success(let json): return .done(json)
        case .failure(let error): return .failed(error)
        }
      }
      if let limitMs, SystemClock.monotonic - begun >= limitMs { isLate = true }
      if signal != nil || isLate { task.cancel() }
    }
  }

  /// A value that one thread sets and another looks at.
  private final class Shared: Sendable {
    private let state = Mutex<Result<JSON, RPCError>?>(nil)
    var value: Result<JSON, RPCError>? { state.withLock { $0 } }
    func set(_ value: Result<JSON, RPCError>) { state.withLock { $0 = value } }
  }
}
