package import OperatingSystem
package import Protocol
internal import Synchronization

/// The conversation with one client: sorts its messages, keeps the rules of the handshake, and answers each request once.
///
/// All messages come from the thread that reads; answers may come from any.
package final class Connection: Sendable {
  private enum Phase {
    case new, open, shutDown
  }

  private struct State {
    var phase = Phase.new
    var needsHandshake = false
    var trace = TraceLevel.off
    var endOfInput: EndOfInput?
    var exitRequested = false
    var parent: Int?
    var counters = ServerStats.Counters()
  }

  private let outbox: Outbox
  private let calls: Calls
  private let client: ClientCalls
  private let time: TimeSource
  private let log: Log
  private let router = Mutex(Router())
  private let state = Mutex(State())

  /// A conversation that has not begun.
  package init(outbox: Outbox, calls: Calls, client: ClientCalls, time: TimeSource, log: Log) {
    self.outbox = outbox
    self.calls = calls
    self.client = client
    self.time = time
    self.log = log
  }

  /// Sets the routes, before the first message.
  package func use(_ router: Router) { self.router.withLock { $0 = router } }
}

// MARK: - What the read loop asks

extension Connection {
  /// Whether `exit` has come, and the status to exit with.
  package var exitStatus: Int32? { state.withLock { $0.exitRequested ? ($0.phase == .shutDown ? 0 : 1) : nil } }

  /// Whether `shutdown` has come.
  package var isShutDown: Bool { state.withLock { $0.phase == .shutDown } }

  /// What the end of input means; `nil` when the client did not say.
  package var endOfInput: EndOfInput? { state.withLock { $0.endOfInput } }

  /// The process to live with.
  package var parent: Int? { state.withLock { $0.parent } }

  /// Counts since the start.
  package var counters: ServerStats.Counters {
    var counters = state.withLock { $0.counters }
    let totals = outbox.totals
    counters.messagesOut = totals.messages
    counters.bytesOut = totals.bytes
    return counters
  }

  /// The style of framing is known: with headers, `initialize` must come first (LSP 3.17).
  package func framingDecided(_ style: FramingStyle) {
    outbox.use(style)
    state.withLock { $0.needsHandshake = style == .headers }
  }

  /// Counts bytes that were read.
  package func received(bytes: Int) { state.withLock { $0.counters.bytesIn += bytes } }

  /// Answers something that was no message.
  package func refuse(_ reason: String) {
    state.withLock { $0.counters.badFrames += 1 }
    log.warning("not a message: \(reason)")
    answer(.failure(.parseError(reason)), to: nil, reply: .pipe, inBatchOfReads: true)
  }

  /// Answers a message that is too long, under its id where its beginning shows one.
  package func refuse(tooLong beginning: [UInt8]) {
    state.withLock { $0.counters.badFrames += 1 }
    let most = ServerLimits.messageBytesMax
    log.warning("a message of more than \(most) bytes")
    let error = RPCError.invalidRequest("a message may have \(most) bytes at most; send less at a time")
    answer(.failure(error), to: RequestID(inBeginning: beginning), reply: .pipe, inBatchOfReads: true)
  }

  /// Nothing more can come from the client.
  package func inputEnded() { client.end() }

  /// Answers all that has no answer yet, for a server that ends.
  package func answerAll(_ error: RPCError) {
    for call in calls.takeAll() { answer(.failure(error), to: call.id, reply: call.reply, inBatchOfReads: true) }
  }
}

// MARK: - Messages

extension Connection {
  /// Handles one message: a single one, or a batch.
  package func receive(_ json: JSON) {
    guard case .array(let elements) = json else { return receive(Envelope(json), reply: .pipe) }
    guard !elements.isEmpty else {
      return answer(.failure(.invalidRequest("a batch must not be empty")), to: nil, reply: .pipe, inBatchOfReads: true)
    }
    guard elements.count <= ServerLimits.batchMax else {
      let reason = "a batch may have \(ServerLimits.batchMax) messages at most; this has \(elements.count)"
      return answer(.failure(.invalidRequest(reason)), to: nil, reply: .pipe, inBatchOfReads: true)
    }
    let envelopes = elements.map(Envelope.init)
    let reply = Reply.batch(Batch(expecting: envelopes.count(where: \.wantsAnswer)))
    for envelope in envelopes { receive(envelope, reply: reply) }
  }

  private func receive(_ envelope: Envelope, reply: Reply) {
    state.withLock { $0.counters.messagesIn += 1 }
    switch envelope {
    case .request(let id, let method, let params):
      trace("received request '\(method) - (\(id.json.text))'", method == AuthLogin.method ? nil : params)
      handle(id, method, params, reply)
    case .notification(let method, let params):
      trace("received notification '\(method)'", params)
      hear(method, params)
    case .response(let id, let result):
      // What an answer holds may be a secret: it is not traced.
      trace("received answer '\(id.json.text)'", nil)
      guard !client.take(result, for: id) else { return }
      log.warning("an answer to no request of ours: \(id.json.text)")
    case .invalid(let id, let error):
      answer(.failure(error), to: id, reply: reply, inBatchOfReads: true)
    }
  }

  private func hear(_ method: String, _ params: JSON?) {
    let mayCome = state.withLock { $0.phase != .new || !$0.needsHandshake || method == Exit.method }
    guard mayCome, router.withLock(\.self).hear(method, params: params) else {
      log.warning("passed over the notification '\(method)'")
      return
    }
  }

  private func handle(_ id: RequestID, _ method: String, _ params: JSON?, _ reply: Reply) {
    do throws(RPCError) {
      try checkHandshake(method)
      let handler = try router.withLock(\.self).handler(of: method)
      switch handler {
      case .now(let work):
        guard !calls.contains(id) else { throw duplicate(id) }
        answer(Self.result { try work(params) }, to: id, reply: reply, inBatchOfReads: true)
      case .later(let work):
        try start(id, reply) { try await work(params) }
      }
    } catch {
      answer(.failure(error), to: id, reply: reply, inBatchOfReads: true)
    }
  }

  /// Starts work that waits; its first part is done when this returns, so that the next message finds it done.
  private func start(_ id: RequestID, _ reply: Reply, _ work: @escaping @Sendable () async throws -> JSON)
    throws(RPCError)
  {
    switch calls.begin(id, reply: reply) {
    case .duplicate: throw duplicate(id)
    case .full:
      throw .overloaded(
        "\(ServerLimits.requestsInFlightMax) requests have no answer yet; wait for some of them",
        retryAfterMs: ServerLimits.overloadRetryAfterMs)
    case .begun: break
    }
    let began = time.monotonic()
    let task = Task.immediate { [self] in
      let result: Result<JSON, RPCError>
      do {
        result = .success(try await work())
      } catch {
        result = .failure(ErrorMapping.rpcError(error))
      }
      trace("answering '\(id.json.text)' after \(time.monotonic() - began) ms", try? result.get())
      calls.end(id) { answer(result, to: id, reply: $0, inBatchOfReads: false) }
    }
    calls.attach(task, to: id)
  }

  private func duplicate(_ id: RequestID) -> RPCError {
    .invalidRequest("a request with the id \(id.json.text) has no answer yet; ids in flight must differ")
  }

  private static func result(_ work: () throws -> JSON) -> Result<JSON, RPCError> {
    do {
      return .success(try work())
    } catch {
      return .failure(ErrorMapping.rpcError(error))
    }
  }

  private func answer(
    _ result: Result<JSON, RPCError>, to id: RequestID?, reply: Reply, inBatchOfReads: Bool
  ) {
    switch reply {
    case .pipe:
      outbox.enqueue { sink in sink.message { Answer.write(result, to: id, in: &$0) } }
    case .batch(let batch):
      guard let whole = batch.add({ Answer.write(result, to: id, in: &$0) }) else { return }
      outbox.enqueue { sink in sink.message { $0.raw(whole.span) } }
    }
    // The read loop flushes once for all it has read.
    if !inBatchOfReads { outbox.flush() }
  }
}

// MARK: - Lifecycle

extension Connection {
  private func checkHandshake(_ method: String) throws(RPCError) {
    let (phase, needsHandshake) = state.withLock { ($0.phase, $0.needsHandshake) }
    switch phase {
    case .new where needsHandshake && method != Initialize.method: throw .notInitialized(method)
    case .open where method == Initialize.method:
      throw .invalidRequest("'initialize' may come once; this connection is initialized")
    case .shutDown: throw .invalidRequest("'\(method)' came after 'shutdown'; only 'exit' may")
    default: break
    }
  }

  /// Takes note of a client's `initialize`.
  ///
  /// - Throws: ``RPCError/Code/invalidParams`` when it is of another protocol.
  package func open(_ request: Initialize) throws(RPCError) {
    switch request.protocolVersion {
    case nil, .null?: break
    case .string?:
      throw .invalidParams(
        "protocolVersion is a string, as MCP sends it; this is no MCP server: leave protocolVersion out")
    case .number?:
      throw .invalidParams(
        "protocolVersion is a number, as ACP sends it; this version does not speak ACP: leave protocolVersion out")
    case let other?:
      throw .invalidParams("protocolVersion is \(other.kindName); leave it out")
    }
    if let parent = request.processId, parent < 1 {
      throw .invalidParams("processId must be a process's number; it is \(parent)")
    }
    state.withLock { state in
      state.phase = .open
      state.parent = request.processId
      state.trace = request.trace ?? .off
      state.endOfInput = request.initializationOptions?.endOfInput
    }
  }

  /// Takes note of `shutdown`.
  package func shutDown() { state.withLock { $0.phase = .shutDown } }

  /// Takes note of `exit`.
  package func exit() { state.withLock { $0.exitRequested = true } }

  /// Changes how much is traced.
  package func setTrace(_ level: TraceLevel) { state.withLock { $0.trace = level } }

  /// Tells of a message; at the level `verbose` with what it carries, as far as a person would read.
  private func trace(_ message: @autoclosure () -> String, _ content: @autoclosure () -> JSON?) {
    let level = state.withLock { $0.trace }
    guard level != .off else { return }
    let verbose = level == .verbose ? content().map { String($0.text.prefix(ServerLimits.traceMax)) } : nil
    let line = LogTrace(message: message(), verbose: verbose)
    outbox.send { sink in sink.message { $0.write(notification: line) } }
  }
}

extension Envelope {
  /// Whether exactly one answer must come.
  fileprivate var wantsAnswer: Bool {
    switch self {
    case .request, .invalid: true
    case .notification, .response: false
    }
  }
}
