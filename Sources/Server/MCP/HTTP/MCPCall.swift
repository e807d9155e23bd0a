internal import OperatingSystem
internal import Protocol
internal import Synchronization

/// One request on its way: what has become of it, and whether it takes too long.
final class MCPCall: Sendable {
  /// What a request comes to.
  typealias Outcome = Result<JSON, MCPFailure>

  private struct State {
    var lastSign: Int
    /// Without a sign, before it is given up.
    var silenceMax: Int
    /// Questions of the server's that belong to it and are not answered yet: whoever waits for us is not silent.
    var questions = 0
    var hasBroken = false
  }

  /// Its id on the wire, and its progress token.
  let id: Int
  /// What is asked.
  let request: MCPRequest
  private let time: TimeSource
  private let began: Int
  private let outcome = Promise<Outcome>()
  private let state: Mutex<State>

  /// A request that begins now.
  init(_ request: MCPRequest, id: Int, time: TimeSource) {
    self.id = id
    self.request = request
    self.time = time
    began = time.monotonic()
    let isWork = request.method == "tools/call"
    let first = isWork ? request.idleMax : min(request.idleMax, MCPHTTPLimits.firstByteMax)
    state = Mutex(State(lastSign: began, silenceMax: first))
  }

  /// How much of its time is left.
  var timeLeft: Int { max(0, request.totalMax - (time.monotonic() - began)) }

  /// Whether its connection broke before the answer came.
  var hasBroken: Bool {
    get { state.withLock { $0.hasBroken } }
    set { state.withLock { $0.hasBroken = newValue } }
  }

  /// The message, as it is sent.
  var message: [UInt8] {
    let number = JSON.number(JSONNumber(id))
    return MCPTraffic.message(
      request.method, request.params(token: request.onProgress == nil ? nil : number), id: number)
  }

  /// Something of it came.
  func sign() {
    let now = time.monotonic()
    state.withLock { $0.lastSign = now }
  }

  /// The answer has begun.
  func answered() {
    sign()
    state.withLock { $0.silenceMax = request.idleMax }
  }

  /// A question of the server's begins, or ends.
  func questions(_ change: Int) {
    sign()
    state.withLock { $0.questions += change }
  }

  /// Ends it; the first outcome counts.
  func end(_ result: Outcome) { outcome.set(result) }

  /// Waits for its end; `nil` when this task was cancelled first.
  func ended() async -> Outcome? { await outcome.wait() }

  /// Ends it when it takes longer than it may.
  func watch() async {
    while outcome.value == nil {
      let now = time.monotonic()
      let (left, limit) = left(at: now)
      if left <= 0 { return end(.failure(.late(limit))) }
      do { try await time.sleep(left) } catch { return }
    }
  }

  private func left(at now: Int) -> (milliseconds: Int, limit: String) {
    let total = request.totalMax - (now - began)
    let silence = state.withLock { state in
      state.questions > 0 ? Int.max : state.silenceMax - (now - state.lastSign)
    }
    if total <= silence { return (total, "no answer to \(request.method) within \(request.totalMax / 1_000) s") }
    return (silence, "nothing came of \(request.method) for \(state.withLock { $0.silenceMax } / 1_000) s")
  }
}
