package import Protocol
internal import Synchronization

/// All calls in flight between two JSON-RPC peers, in both directions: requests of the other's that have no answer yet, and
/// ours that wait for theirs.
///
/// Every change of what is in flight happens here, under one lock. It knows no method but the one that takes a request
/// back, so that a client of another server is built of it as well as this server is.
package final class Peer: Sendable {
  /// How much may be in flight.
  package struct Limits: Sendable {
    /// Requests of the other's without an answer.
    package var incomingMax: Int
    /// Requests of ours without an answer.
    package var outgoingMax: Int
    /// How long whoever is one too many is told to wait.
    package var retryAfterMs: Int

    /// These limits.
    package init(incomingMax: Int, outgoingMax: Int, retryAfterMs: Int) {
      self.incomingMax = incomingMax
      self.outgoingMax = outgoingMax
      self.retryAfterMs = retryAfterMs
    }
  }

  /// How our requests are spelled: what their ids are, and how they are taken back.
  package enum Spelling: Sendable {
    /// Texts, and `$/cancelRequest`.
    case native
    /// Texts, and the method of the Agent Client Protocol.
    case acp
    /// Whole numbers from 1 on, and the method of the Model Context Protocol.
    case mcp
  }

  /// Writes one message to the other side.
  package typealias Send = @Sendable (@Sendable (inout JSONWriter) -> Void) -> Void

  /// What became of a request of ours.
  package enum Answer: Sendable {
    case given(JSON)
    /// An error that the other side itself has answered.
    case refused(RPCError)
    /// Nothing that can be read has come: why not, in our own words.
    case missing(RPCError)

    fileprivate func get() throws(RPCError) -> JSON {
      switch self {
      case .given(let json): return json
      case .refused(let error), .missing(let error): throw error
      }
    }
  }

  private typealias Waiter = CheckedContinuation<Answer, Never>

  private struct Incoming {
    /// Its place in the order in which they came.
    let number: Int
    let reply: Reply
    var task: Task<Void, Never>?
  }

  private struct InFlight {
    var incoming: [RequestID: Incoming] = [:]
    var incomingSeen = 0
    /// Requests that were taken out and whose answer is on its way.
    var answering = 0
    var outgoing: [RequestID: Waiter] = [:]
    /// Those of our requests that are being sent.
    var sending: Set<RequestID> = []
    /// Why those of them are taken back that were given up meanwhile: whoever sends them says it afterwards.
    var givenUp: [RequestID: (error: RPCError, waiter: Waiter)] = [:]
    var lastNumber = 0
    /// Whether nothing more can come from the other side.
    var isDeaf = false
    /// How our requests are spelled.
    var spelling = Spelling.native

    var incomingCount: Int { incoming.count + answering }
  }

  private let state: Mutex<InFlight>
  private let limits: Limits
  private let idPrefix: String
  private let other: String
  private let send: Send
  private let onIdle: @Sendable () -> Void

  /// A peer with nothing in flight.
  ///
  /// The ids of our requests begin with `idPrefix`; `other` is what people call the other side; `onIdle` is called whenever
  /// the last request of the other's is answered.
  package init(
    limits: Limits, idPrefix: String, other: String, spelling: Spelling = .native, send: @escaping Send,
    onIdle: @escaping @Sendable () -> Void
  ) {
    state = Mutex(InFlight(spelling: spelling))
    self.other = other
    self.limits = limits
    self.idPrefix = idPrefix
    self.send = send
    self.onIdle = onIdle
  }
}

// MARK: - The other side's requests

extension Peer {
  /// What became of a request that wanted in.
  package enum Entry: Sendable {
    case begun, duplicate, full
  }

  /// How many requests have no answer yet.
  package var count: Int { state.withLock { $0.incomingCount } }

  /// Whether a request of that id has no answer yet.
  package func contains(_ id: RequestID) -> Bool { state.withLock { $0.incoming[id] != nil } }

  /// Takes a request in, before anything of it runs.
  package func begin(_ id: RequestID, reply: Reply) -> Entry {
    state.withLock { state in
      guard state.incoming[id] == nil else { return .duplicate }
      guard state.incomingCount < limits.incomingMax else { return .full }
      state.incomingSeen += 1
      state.incoming[id] = Incoming(number: state.incomingSeen, reply: reply)
      return .begun
    }
  }

  /// Says which task works on a request, so that it can be cancelled.
  package func attach(_ task: Task<Void, Never>, to id: RequestID) {
    state.withLock { $0.incoming[id]?.task = task }
  }

  /// Takes a request out and answers it, unless it was answered already; it counts until its answer is sent.
  package func end(_ id: RequestID, answer: (Reply) -> Void) {
    let reply = state.withLock { state -> Reply? in
      guard let call = state.incoming.removeValue(forKey: id) else { return nil }
      state.answering += 1
      return call.reply
    }
    guard let reply else { return }
    answer(reply)
    let isIdle = state.withLock { state in
      state.answering -= 1
      return state.incomingCount == 0
    }
    if isIdle { onIdle() }
  }

  /// Cancels the work on a request; an unknown id is ignored.
  package func cancel(_ id: RequestID) { state.withLock { $0.incoming[id]?.task }?.cancel() }

  /// Takes a request out that wants no answer any more, and cancels the work on it.
  ///
  /// - Returns: Where its answer would have gone; `nil` for one that is answered or unknown.
  package func withdraw(_ id: RequestID) -> Reply? {
    let (call, isIdle) = state.withLock { state in (state.incoming.removeValue(forKey: id), state.incomingCount == 0) }
    guard let call else { return nil }
    call.task?.cancel()
    if isIdle { onIdle() }
    return call.reply
  }

  /// Cancels the work on all requests, the last first: what waits for another does not begin as that one ends.
  package func cancelAll() {
    for call in state.withLock({ $0.incoming.values.sorted { $0.number > $1.number } }) { call.task?.cancel() }
  }

  /// Takes all requests out, for a last answer.
  package func takeAll() -> [(id: RequestID, reply: Reply)] {
    state.withLock { state in
      defer { state.incoming = [:] }
      return state.incoming.map { ($0.key, $0.value.reply) }
    }
  }
}

// MARK: - Our requests

extension Peer {
  /// Asks, and waits for the answer.
  ///
  /// Cancelling the task tells the other side by `$/cancelRequest` and waits no longer; nothing is told where the other side
  /// answers anyway, as it must when it was itself who cancelled what the request belongs to.
  ///
  /// - Throws: The other side's error; ``RPCError/Code/requestCancelled`` after a cancel or when nothing more can come;
  ///   ``RPCError/Code/overloaded`` when too many are unanswered.
  package func ask<Request: RequestMessage>(
    _ request: Request, isAnsweredAnyway: @escaping @Sendable () -> Bool = { false }
  ) async throws(RPCError) -> Request.Response {
    let json = try await answer(to: request, isAnsweredAnyway: isAnsweredAnyway).get()
    do throws(JSONDecodingError) {
      let response: Request.Response = try json.decodeClients(Request.Response.self)
      return response
    } catch {
      throw RPCError(
        .invalidParams, "\(other)'s answer to \(Request.method) is not one: \(error.path) \(error.reason)")
    }
  }

  /// Asks with params that may name the request's id, and waits for the `result` of the answer.
  ///
  /// Cancelling the task tells the other side and waits no longer.
  ///
  /// - Throws: As ``ask(_:)`` does.
  package func ask(_ method: String, params: (RequestID) -> JSON) async throws(RPCError) -> JSON {
    try await answer(to: method, isAnsweredAnyway: { false }, params: params).get()
  }

  /// Asks, and tells what the other side has answered from what has kept an answer away.
  package func answer<Request: RequestMessage>(
    to request: Request, isAnsweredAnyway: @escaping @Sendable () -> Bool = { false }
  ) async -> Answer {
    guard let params = try? JSON(encoding: request) else {
      return .missing(RPCError(.internalError, "\(Request.method) cannot be written as JSON"))
    }
    return await answer(to: Request.method, isAnsweredAnyway: isAnsweredAnyway) { _ in params }
  }

  private func answer(
    to method: String, isAnsweredAnyway: @escaping @Sendable () -> Bool, params: (RequestID) -> JSON
  ) async -> Answer {
    let id = state.withLock { state in
      state.lastNumber += 1
      return state.spelling == .mcp
        ? RequestID.number(JSONNumber(state.lastNumber)) : .string("\(idPrefix)-\(state.lastNumber)")
    }
    let params = params(id)
    return await withTaskCancellationHandler {
      await answer(to: id, method, params)
    } onCancel: {
      giveUp(id, isAnsweredAnyway: isAnsweredAnyway)
    }
  }

  private func answer(to id: RequestID, _ method: String, _ params: JSON) async -> Answer {
    await withCheckedContinuation { waiter in
      let refusal = state.withLock { state -> RPCError? in
        if state.isDeaf || Task.isCancelled { return Self.cancelled }
        guard state.outgoing.count < limits.outgoingMax else {
          return .overloaded(
            "\(other) has left \(limits.outgoingMax) requests unanswered", retryAfterMs: limits.retryAfterMs)
        }
        state.outgoing[id] = waiter
        state.sending.insert(id)
        return nil
      }
      if let refusal { return waiter.resume(returning: .missing(refusal)) }
      send { writer in
        writer.raw(#"{"jsonrpc":"2.0","id":"#)
        writer.write(id.json)
        writer.raw(#","method":"#)
        writer.write(method)
        writer.raw(#","params":"#)
        writer.write(params)
        writer.raw("}")
      }
      let givenUp = state.withLock { state in
        state.sending.remove(id)
        return state.givenUp.removeValue(forKey: id)
      }
      guard let givenUp else { return }
      takeBack(id, as: givenUp.error)
      givenUp.waiter.resume(returning: .missing(givenUp.error))
    }
  }

  /// Whether a request of ours had that id, be it answered, taken back or open; a number, which the other side's own
  /// requests have, too, means one of ours only while that is open.
  package func hasAsked(_ id: RequestID) -> Bool {
    state.withLock { state in
      guard state.spelling != .mcp else { return state.outgoing[id] != nil }
      guard case .string(let text) = id, text.hasPrefix(idPrefix + "-"),
        let number = Int(text.dropFirst(idPrefix.count + 1))
      else { return false }
      return 1 <= number && number <= state.lastNumber
    }
  }

  /// Takes an answer; false when nobody waits for it.
  package func take(_ result: Result<JSON, RPCError>, for id: RequestID) -> Bool {
    switch result {
    case .success(let json): end(id, .given(json))
    case .failure(let error): end(id, .refused(error))
    }
  }

  /// Ends a request whose answer cannot be read, or does not come; false when nobody waits for it.
  package func fail(_ id: RequestID, _ error: RPCError) -> Bool { end(id, .missing(error)) }

  private func end(_ id: RequestID, _ answer: Answer) -> Bool {
    guard let waiter = state.withLock({ $0.outgoing.removeValue(forKey: id) }) else { return false }
    waiter.resume(returning: answer)
    return true
  }

  /// From now on our requests are taken back in that spelling.
  package func speaks(_ spelling: Spelling) { state.withLock { $0.spelling = spelling } }

  /// Lets all go who wait for an answer, as none can come any more.
  package func inputEnded() {
    let waiters = state.withLock { state in
      state.isDeaf = true
      defer { state.outgoing = [:] }
      return Array(state.outgoing.values)
    }
    for waiter in waiters { waiter.resume(returning: .missing(Self.cancelled)) }
  }

  /// Waits no longer for an answer, and tells the other side unless it has come, or comes anyway.
  package func giveUp(
    _ id: RequestID, as error: RPCError = Peer.cancelled, isAnsweredAnyway: () -> Bool = { false }
  ) {
    let isToldOf = !isAnsweredAnyway()
    let waiter = state.withLock { state -> Waiter? in
      guard let waiter = state.outgoing.removeValue(forKey: id) else { return nil }
      guard isToldOf, state.sending.contains(id) else { return waiter }
      // It is on its way just now: whoever sends it takes it back behind that.
      state.givenUp[id] = (error, waiter)
      return nil
    }
    guard let waiter else { return }
    // Before whoever waits goes on, and answers what the question belonged to.
    if isToldOf { takeBack(id, as: error) }
    waiter.resume(returning: .missing(error))
  }

  /// Tells the other side that a request it has got is not wanted any more.
  private func takeBack(_ id: RequestID, as error: RPCError) {
    let spelling = state.withLock { $0.spelling }
    send {
      switch spelling {
      case .native: $0.write(notification: CancelRequest(id: id))
      case .acp: $0.write(notification: CancelRequestACP(requestId: id))
      case .mcp: $0.write(notification: MCPCancelled(requestId: id, reason: error.message))
      }
    }
  }

  /// What waits for an answer that nobody wants any more, or that cannot come.
  package static let cancelled = RPCError(.requestCancelled, "the request was cancelled")
}

extension JSONWriter {
  /// Writes a notification with its envelope, its method behind an underscore where another dialect has it so.
  package mutating func write<Notification: NotificationMessage>(
    notification: Notification, behindUnderscore isNested: Bool = false
  ) {
    raw(#"{"jsonrpc":"2.0","method":"#)
    write(isNested ? "_" + Notification.method : Notification.method)
    raw(#","params":"#)
    write((try? JSON(encoding: notification)) ?? .object(JSONObject()))
    raw("}")
  }
}
