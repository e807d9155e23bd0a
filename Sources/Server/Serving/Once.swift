internal import CPlatform
package import Protocol
internal import Synchronization

/// Does one thing and waits for it, while signals can still end it.
package struct Once {
  /// How it went.
  package enum Outcome: Sendable {
    case done(JSON)
    case failed(RPCError)
    case interrupted(signal: Int32)
  }

  private let control: ControlPipe
  private let output: Int32

  /// Waits on that pipe for signals and for the end.
  package init(control: ControlPipe, output: Int32) {
    self.control = control
    self.output = output
  }

  /// Does the work on other threads.
  ///
  /// The first signal cancels the work and lets it end; the end comes all the same, within the time an end may take.
  package func wait(for work: @escaping @Sendable () async throws -> JSON) -> Outcome {
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
    var signal: Int32?
    while true {
      var polled = [
        pollfd(fd: control.readEnd, events: Int16(POLLIN), revents: 0),
        pollfd(fd: signal == nil ? output : -1, events: 0, revents: 0),
      ]
      let count = unsafe poll(&polled, nfds_t(polled.count), signal == nil ? -1 : Int32(ServerLimits.endMs))
      if count == 0, let signal { return .interrupted(signal: signal) }
      if polled[1].revents & Int16(POLLERR | POLLNVAL) != 0 { signal = SIGPIPE }
      for wake in polled[0].revents != 0 ? control.take() : [] {
        if [.hangUp, .interrupt, .terminate].contains(wake) { signal = Int32(wake.rawValue) }
      }
      if let found = box.value {
        if let signal { return .interrupted(signal: signal) }
        switch found {
        case .success(let json): return .done(json)
        case .failure(let error): return .failed(error)
        }
      }
      if signal != nil { task.cancel() }
    }
  }

  /// A value that one thread sets and another looks at.
  private final class Shared: Sendable {
    private let state = Mutex<Result<JSON, RPCError>?>(nil)
    var value: Result<JSON, RPCError>? { state.withLock { $0 } }
    func set(_ value: Result<JSON, RPCError>) { state.withLock { $0 = value } }
  }
}
