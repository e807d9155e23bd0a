package import OperatingSystem
package import Protocol
internal import Synchronization

/// The conversation with one client: sorts its messages, keeps the rules of the handshake, and answers each request once.
///
/// All messages come from the thread that reads; answers may come from any.
package final class Connection: Sendable {
  /// Where the conversation stands.
  package let handshake: Handshake
  /// What is in flight.
  package let peer: Peer
  private let outbox: Outbox
  private let traffic: Traffic
  private let makeReception: @Sendable (Dialect) -> Reception
  private let onChoice: @Sendable (Dialect) -> Void
  private let time: TimeSource
  private let log: Log
  /// The reception of the dialect that the client speaks; `nil` until its first message.
  private let chosen = Mutex<Reception?>(nil)

  /// A conversation that has not begun.
  ///
  /// The first message decides on a dialect: `reception`, called once, says who handles its messages, and `onChoice` is told
  /// before that one is handled.
  package init(
    outbox: Outbox, traffic: Traffic, handshake: Handshake, peer: Peer,
    reception: @escaping @Sendable (Dialect) -> Reception,
    onChoice: @escaping @Sendable (Dialect) -> Void = { _ in }, time: TimeSource, log: Log
  ) {
    self.outbox = outbox
    self.traffic = traffic
    self.handshake = handshake
    self.peer = peer
    makeReception = reception
    self.onChoice = onChoice
    self.time = time
    self.log = log
  }

  /// Who handles the client's messages; its first one decides.
  private func reception(of envelope: @autoclosure () -> Envelope) -> Reception {
    let known = chosen.withLock(\.self)
    if let known { return known }
    let dialect = Dialect.spoken(in: envelope())
    let reception = makeReception(dialect)
    chosen.withLock { $0 = reception }
    peer.speaks(dialect.spelling)
    onChoice(dialect)
    return reception
  }
}

// MARK: - What the read loop tells

extension Connection {
  /// The style of framing is known: with headers, `initialize` must come first (LSP 3.17).
  package func framingDecided(_ style: FramingStyle) {
    outbox.use(style)
    if style == .headers { handshake.require() }
  }

  /// Counts bytes that were read.
  package func received(bytes: Int) { traffic.received(bytes: bytes) }

  /// Answers something that was no message, unless its text shows that it should have been the answer to a question of ours.
  package func refuse(_ reason: String, text: [UInt8] = []) {
    traffic.receivedBadFrame()
    log.warning("not a message: \(reason)")
    guard !fail(RequestID(inBroken: text), .parseError("it cannot be read: \(reason)")) else { return }
    answer(.failure(.parseError(reason)), to: nil, reply: .pipe, inBatchOfReads: true)
  }

  /// Answers a message that is too long, under its id where its beginning shows one.
  package func refuse(tooLong beginning: [UInt8]) {
    traffic.receivedBadFrame()
    let most = ServerLimits.messageBytesMax
    log.warning("a message of more than \(most) bytes")
    let error = RPCError.invalidRequest("a message may have \(most) bytes at most; send less at a time")
    guard !fail(RequestID(inBroken: beginning), error) else { return }
    answer(.failure(error), to: RequestID(inBeginning: beginning), reply: .pipe, inBatchOfReads: true)
  }

  /// Ends a question of ours whose answer cannot be read; false when that id is none of ours.
  private func fail(_ id: RequestID?, _ error: RPCError) -> Bool {
    guard let id, peer.hasAsked(id) else { return false }
    _ = peer.fail(id, error)
    return true
  }

  /// Nothing more can come from the client.
  package func inputEnded() {
    peer.inputEnded()
    chosen.withLock(\.self)?.inputEnded()
  }

  /// Answers all that has no answer yet, for a server that ends.
  package func answerAll(_ error: RPCError) {
    for call in peer.takeAll() { answer(.failure(error), to: call.id, reply: call.reply, inBatchOfReads: true) }
  }
}

// MARK: - Messages

extension Connection {
  /// Handles one message: a single one, or a batch.
  ///
  /// With a `flaw` in its text, which a value can be read from all the same, answers to questions of ours are taken and all
  /// else is refused, each under its own id.
  package func receive(_ json: JSON, flaw: String? = nil) {
    if let flaw {
      traffic.receivedBadFrame()
      log.warning("a message with a flaw: \(flaw)")
    }
    func envelope(_ json: JSON) -> Envelope {
      let envelope = Envelope(json, isAsked: peer.hasAsked)
      return flaw.map { envelope.refused(for: .parseError($0)) } ?? envelope
    }
    guard case .array(let elements) = json else { return receive(envelope(json), reply: .pipe) }
    guard !elements.isEmpty else {
      return answer(.failure(.invalidRequest("a batch must not be empty")), to: nil, reply: .pipe, inBatchOfReads: true)
    }
    guard elements.count <= ServerLimits.batchMax else {
      let reason = "a batch may have \(ServerLimits.batchMax) messages at most; this has \(elements.count)"
      return answer(.failure(.invalidRequest(reason)), to: nil, reply: .pipe, inBatchOfReads: true)
    }
    let envelopes = elements.map(envelope)
    let isTogether = reception(of: envelopes[0]).answersInBatches
    let reply = isTogether ? Reply.batch(Batch(expecting: envelopes.count(where: \.wantsAnswer))) : .pipe
    for envelope in envelopes { receive(envelope, reply: reply) }
  }

  private func receive(_ envelope: Envelope, reply: Reply) {
    traffic.receivedMessage()
    switch envelope {
    case .request(let id, let method, let params):
      let reception = reception(of: envelope)
      trace("received request '\(method) - (\(id.json.text))'", method.hasSuffix(AuthLogin.method) ? nil : params)
      handle(id, method, params, reply, reception)
    case .notification(let method, let params):
      trace("received notification '\(method)'", params)
      hear(method, params, reception(of: envelope))
    case .response(let id, let result):
      // What an answer holds may be a secret: it is not traced.
      let name = id?.json.text ?? "null"
      trace("received answer '\(name)'", nil)
      if let id, peer.take(result, for: id) { return }
      log.warning("an answer to no request of ours: \(name)")
    case .invalid(let id, let error):
      answer(.failure(error), to: id, reply: reply, inBatchOfReads: true)
    }
  }

  private func hear(_ method: String, _ params: JSON?, _ reception: Reception) {
    guard handshake.mayHear(method), reception.router.hear(method, params: params) else {
      log.warning("passed over the notification '\(method)'")
      return
    }
  }

  private func handle(
    _ id: RequestID, _ method: String, _ params: JSON?, _ reply: Reply, _ reception: Reception
  ) {
    do throws(RPCError) {
      try handshake.check(method)
      switch try reception.router.handler(of: method) {
      case .now(let work):
        guard !peer.contains(id) else { throw duplicate(id) }
        let done = work(params)
        answer(done.answer.mapError(reception.error), to: id, reply: reply, inBatchOfReads: true)
        done.afterwards()
      case .later(let work):
        try start(id, reply, reception) { await work(params) }
      }
    } catch {
      answer(.failure(error), to: id, reply: reply, inBatchOfReads: true)
    }
  }

  /// Starts work that waits; its first part is done when this returns, so that the next message finds it done.
  private func start(
    _ id: RequestID, _ reply: Reply, _ reception: Reception, _ work: @escaping @Sendable () async -> Router.Done
  ) throws(RPCError) {
    switch peer.begin(id, reply: reply) {
    case .duplicate: throw duplicate(id)
    case .full:
      throw .overloaded(
        "\(ServerLimits.requestsInFlightMax) requests have no answer yet; wait for some of them",
        retryAfterMs: ServerLimits.overloadRetryAfterMs)
    case .begun: break
    }
    let began = time.monotonic()
    let task = Task.immediate { [self] in
      let done = await work()
      let result = done.answer.mapError(reception.error)
      trace("answering '\(id.json.text)' after \(time.monotonic() - began) ms", try? result.get())
      peer.end(id) { answer(result, to: id, reply: $0, inBatchOfReads: false) }
      done.afterwards()
    }
    peer.attach(task, to: id)
  }

  private func duplicate(_ id: RequestID) -> RPCError {
    .invalidRequest("a request with the id \(id.json.text) has no answer yet; ids in flight must differ")
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

// MARK: - Tracing

extension Connection {
  /// Tells of a message; at the level `verbose` with what it carries, as far as a person would read.
  private func trace(_ message: @autoclosure () -> String, _ content: @autoclosure () -> JSON?) {
    let level = handshake.trace
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
