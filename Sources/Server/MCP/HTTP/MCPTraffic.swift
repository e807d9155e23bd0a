internal import OperatingSystem
internal import Protocol
internal import Providers
internal import Synchronization

/// What is under way between us and one server over HTTP, in both directions, by whichever stream it comes.
final class MCPTraffic: Sendable {
  /// Sends an answer of ours.
  typealias Reply = @Sendable ([UInt8]) async -> Void

  private struct State {
    var lastID = 0
    var calls: [Int: MCPCall] = [:]
    /// Requests of the server's that are being answered, and the call that each belongs to.
    var questions: [RequestID: (call: Int?, answering: Task<Void, Never>)] = [:]
    /// Why nothing can be asked any more.
    var end: MCPFailure?
  }

  private let inbox: any MCPInbox
  private let time: TimeSource
  private let log: Log
  private let mask: SecretMask
  private let state = Mutex(State())

  /// Nothing is under way yet; the mask hides what a server may echo.
  init(inbox: any MCPInbox, mask: SecretMask, time: TimeSource, log: Log) {
    self.inbox = inbox
    self.mask = mask
    self.time = time
    self.log = log
  }

  /// A message with its parts.
  static func message(_ method: String, _ params: JSONObject, id: JSON? = nil) -> [UInt8] {
    var message: JSONObject = ["jsonrpc": "2.0"]
    message["id"] = id
    message["method"] = .string(method)
    if !params.isEmpty { message["params"] = .object(params) }
    return JSON.object(message).serialized
  }

  /// Carries a request through: sent by `send`, which may leave the answer to another stream, and given up by `takeBack`
  /// when it takes too long or nobody wants it any more.
  func carry(
    _ call: MCPCall, takeBack: (MCPCall) -> Void, by send: @escaping @Sendable (MCPCall) async -> MCPCall.Outcome?
  ) async throws(MCPFailure) -> JSON {
    defer { leave(call) }
    if let end = state.withLock({ $0.end }) { throw end }
    let sending = Task {
      if let outcome = await send(call) { call.end(outcome) }
    }
    let watching = Task { await call.watch() }
    defer {
      sending.cancel()
      watching.cancel()
    }
    guard let outcome = await call.ended() else {
      takeBack(call)
      throw .cancelled
    }
    if case .failure(.late) = outcome { takeBack(call) }
    return try outcome.get()
  }

  /// A request that begins now.
  func begin(_ request: MCPRequest) -> MCPCall {
    state.withLock { state in
      state.lastID += 1
      let call = MCPCall(request, id: state.lastID, time: time)
      state.calls[call.id] = call
      return call
    }
  }

  /// Ends all that is under way, for good.
  ///
  /// - Returns: Whether it was the first end.
  @discardableResult
  func end(_ reason: MCPFailure) -> Bool {
    let (calls, questions, isFirst) = state.withLock { state in
      defer {
        state.end = state.end ?? reason
        state.questions = [:]
      }
      return (Array(state.calls.values), Array(state.questions.values), state.end == nil)
    }
    for call in calls { call.end(.failure(reason)) }
    for question in questions { question.answering.cancel() }
    return isFirst
  }

  /// Forgets a call, and has nobody asked for it any more.
  private func leave(_ call: MCPCall) {
    let questions = state.withLock { state in
      state.calls[call.id] = nil
      return state.questions.values.filter { $0.call == call.id }
    }
    for question in questions { question.answering.cancel() }
  }

  /// Takes what came: a message, or several at once, as 2025-03-26 has it.
  ///
  /// What comes in answer to a call is its answer whatever id it has: servers that refuse before they have read a message
  /// write none, or one of their own. Without `reply` the server may not ask anything.
  ///
  /// - Returns: The call's outcome, when it is there.
  func take(_ json: JSON, of call: MCPCall?, reply: Reply?) -> MCPCall.Outcome? {
    guard let several = json.array else { return takeOne(json, of: call, reply) }
    var outcome: MCPCall.Outcome?
    for one in several { outcome = takeOne(one, of: call, reply) ?? outcome }
    return outcome
  }

  private func takeOne(_ json: JSON, of call: MCPCall?, _ reply: Reply?) -> MCPCall.Outcome? {
    switch Envelope(json) {
    case .response(let id, let result):
      let outcome = result.mapError { MCPFailure.refused(masked($0)) }
      if call != nil { return outcome }
      self.call(id?.json)?.end(outcome)
    case .notification("notifications/progress", let params?):
      let asked = self.call(params["progressToken"])
      asked?.sign()
      asked?.request.onProgress?(params)
    case .notification("notifications/cancelled", let params?):
      guard let id = params["requestId"].flatMap(RequestID.init) else { return nil }
      state.withLock { $0.questions.removeValue(forKey: id) }?.answering.cancel()
    case .notification(let method, let params): inbox.take(method, params)
    case .request(let id, let method, let params):
      guard let reply else {
        log.debug("an MCP server asks \(OneLine.of(method)) where it may not")
        return nil
      }
      answer(id, method, params, of: call, reply)
    case .invalid(_, let flaw): log.debug("an MCP server sent what is no message: \(OneLine.of(flaw.message))")
    }
    return nil
  }

  /// Answers a question of the server's, beside all else.
  private func answer(_ id: RequestID, _ method: String, _ params: JSON?, of call: MCPCall?, _ reply: @escaping Reply) {
    let isTaken = state.withLock { state in
      guard state.end == nil, state.questions.count < MCPLimits.inFlightMax else { return false }
      state.questions[id] = (
        call?.id,
        Task {
          call?.questions(1)
          let outcome = await inbox.answer(method, params)
          call?.questions(-1)
          forget(id)
          guard !Task.isCancelled else { return }
          var writer = JSONWriter()
          Answer.write(outcome, to: id, in: &writer)
          await reply(writer.bytes)
        }
      )
      return true
    }
    if !isTaken { log.debug("an MCP server asks too much at once") }
  }

  private func forget(_ id: RequestID) { state.withLock { _ = $0.questions.removeValue(forKey: id) } }

  /// The call that an id or a token means, though it was made a string of.
  private func call(_ id: JSON?) -> MCPCall? {
    guard let number = id?.int ?? id?.string.flatMap({ Int($0) }) else { return nil }
    return state.withLock { $0.calls[number] }
  }

  private func masked(_ error: RPCError) -> RPCError {
    var error = error
    error.message = mask.masked(error.message)
    return error
  }
}
