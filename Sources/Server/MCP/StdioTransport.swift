package import OperatingSystem
package import Protocol
internal import Providers
internal import Synchronization

/// An MCP server as a child process that is spoken to over its pipes, a message a line.
///
/// A thread of its own reads what the process says until nothing of it is left; see ``ChildProcess``.
package final class StdioTransport: MCPTransport {
  /// What a server may do before it counts as broken, and how long it is given to end.
  package struct Limits: Sendable {
    /// Lines that are no message, before the first that is one.
    package var strayLinesMax = MCPLimits.strayLinesMax
    /// Bytes of one line.
    package var lineMax = MCPLimits.lineMax
    /// Bytes that may be left unread for ``unreadMs``.
    package var unreadMax = MCPLimits.unreadMax
    /// Milliseconds that they may.
    package var unreadMs = MCPLimits.unreadMs
    /// Milliseconds for each step of its end.
    package var endingMs = MCPLimits.endingMs

    /// The usual ones.
    package init() {}
  }

  /// A request that waits for its answer.
  private final class Waiting: Sendable {
    let request: MCPRequest
    let start: Int
    private let lastSign: Mutex<Int>

    init(_ request: MCPRequest, now: Int) {
      (self.request, start) = (request, now)
      lastSign = Mutex(now)
    }

    /// When something of it came last.
    var sign: Int {
      get { lastSign.withLock { $0 } }
      set { lastSign.withLock { $0 = newValue } }
    }
  }

  private struct State {
    var waiting: [Int: Waiting] = [:]
    /// Why nothing can be asked any more.
    var end: MCPFailure?
  }

  private let state = Mutex(State())
  private let peer: Peer
  private let input: ChildInput
  private let inbox: any MCPInbox
  private let time: TimeSource
  private let log: Log
  private let name: String
  /// Hides what was configured, where the server says it again.
  let mask: SecretMask
  private let cancellation = Cancellation()
  private let isOver = Promise<Bool>()
  let limits: Limits

  private init(_ order: StdioOrder, _ inbox: any MCPInbox, _ time: TimeSource, _ log: Log, _ limits: Limits) {
    let input = ChildInput()
    (name, mask, self.inbox) = (order.name, order.mask, inbox)
    (self.time, self.log, self.limits, self.input) = (time, log, limits, input)
    let inFlight = Peer.Limits(
      incomingMax: MCPLimits.inFlightMax, outgoingMax: MCPLimits.inFlightMax, retryAfterMs: MCPLimits.restartPauseMs)
    peer = Peer(limits: inFlight, idPrefix: "", other: "the server", spelling: .mcp) { message in
      var writer = JSONWriter()
      message(&writer)
      writer.escapeLineEnds(from: 0)
      // Whoever does not read has its end told by the thread that finds it out.
      input.write(writer.bytes + [Byte.newline])
    } onIdle: {
    }
  }

  /// Starts a server; that it cannot be started is what its first request is told.
  ///
  /// - Throws: ``MCPFailure/gone(_:)`` when the system has no thread left for it, or its folder cannot be opened.
  package static func open(
    _ order: StdioOrder, inbox: any MCPInbox, time: TimeSource, log: Log, limits: Limits = Limits()
  ) throws(MCPFailure) -> StdioTransport {
    let transport = StdioTransport(order, inbox, time, log, limits)
    let child = try order.child(reading: transport.input, endingMs: limits.endingMs)
    let thread = BlockingThread(name: "mcp", stack: MCPLimits.threadStack)
    guard thread.start({ transport.run(child) }) else {
      throw .gone("the system has no thread left to wait for the server")
    }
    return transport
  }

  private func run(_ child: ChildOrder) {
    do throws(ChildFailure) {
      _ = try ChildProcess.run(
        child, reader: StdioReader(self, input), time: .system, cancellation: cancellation)
    } catch {
      end(.gone("\(OneLine.of(child.arguments[0])) cannot be started: \(error.reason.text)"))
    }
    end(.gone("the server ended"))
    isOver.set(true)
  }

  package func agree(on revision: MCPRevision) {}

  package func close() async {
    let waiting = state.withLock { state in
      state.end = state.end ?? .gone("the server was shut down")
      return state.waiting.keys.sorted()
    }
    for id in waiting { peer.giveUp(.number(JSONNumber(id))) }
    peer.inputEnded()
    peer.cancelAll()
    cancellation.cancel()
    _ = await isOver.outcome()
  }
}

// MARK: - Asking

extension StdioTransport {
  package func tell(_ method: String, _ params: JSONObject) async throws(MCPFailure) {
    if let end = state.withLock({ $0.end }) { throw end }
    let message: JSON = ["jsonrpc": "2.0", "method": .string(method), "params": .object(params)]
    guard input.write(message.line) else { throw .gone("the server does not read what it is told") }
  }

  package func ask(_ request: MCPRequest) async throws(MCPFailure) -> JSON {
    let waiting = Waiting(request, now: time.monotonic())
    // Whoever is first decides; the other is cancelled, which takes the request back.
    let outcome = await withTaskGroup(of: Result<JSON, MCPFailure>.self) { group in
      group.addTask { await self.answer(to: waiting) }
      group.addTask { .failure(await self.limit(of: waiting).map(MCPFailure.late) ?? .cancelled) }
      let first = await group.next()
      group.cancelAll()
      return first ?? .failure(.cancelled)
    }
    state.withLock { state in state.waiting = state.waiting.filter { $0.value !== waiting } }
    return try outcome.get()
  }

  private func answer(to waiting: Waiting) async -> Result<JSON, MCPFailure> {
    if let end = state.withLock({ $0.end }) { return .failure(end) }
    let request = waiting.request
    do throws(RPCError) {
      return .success(
        try await peer.ask(request.method) { id in
          if let number = id.json.int { state.withLock { $0.waiting[number] = waiting } }
          return .object(request.params(token: request.onProgress == nil ? nil : id.json))
        })
    } catch {
      guard error == Peer.cancelled else {
        return .failure(.refused(RPCError(error.code, mask.masked(error.message), data: error.data)))
      }
      return .failure(Task.isCancelled ? .cancelled : state.withLock { $0.end } ?? .cancelled)
    }
  }

  /// Waits until a limit of a request is over, and says which; `nil` when that is not to be known any more.
  private func limit(of waiting: Waiting) async -> String? {
    let request = waiting.request
    while true {
      let now = time.monotonic()
      // A person who is asked something may think about it.
      if peer.count > 0 { waiting.sign = now }
      let (passed, silence) = (now - waiting.start, now - waiting.sign)
      guard passed < request.totalMax else {
        return "\(request.method) took longer than its \(MCPLimits.words(request.totalMax))"
      }
      guard silence < request.idleMax else {
        return "nothing was heard of \(request.method) for \(MCPLimits.words(request.idleMax))"
      }
      do { try await time.sleep(min(request.totalMax - passed, request.idleMax - silence)) } catch { return nil }
    }
  }
}

// MARK: - What the server says

extension StdioTransport {
  /// Takes a message, or several at once; false when it is none.
  func take(_ json: JSON) -> Bool {
    guard let messages = json.array else { return takeOne(json) }
    return messages.map(takeOne).contains(true)
  }

  private func takeOne(_ json: JSON) -> Bool {
    switch Envelope(json) {
    case .invalid: return false
    case .response(let id, let result):
      if id.map({ peer.take(result, for: Self.ours($0)) }) != true {
        log.debug("MCP server \(name): an answer that nobody waits for was dropped")
      }
    case .request(let id, let method, let params): serve(id, method, params)
    case .notification("notifications/progress", let params?): takeProgress(params)
    case .notification("notifications/cancelled", let params):
      guard let id = params?["requestId"].flatMap(RequestID.init) else { break }
      // It wants no answer any more either.
      peer.cancel(id)
      peer.end(id) { _ in }
    case .notification(let method, let params): inbox.take(method, params)
    }
    return true
  }

  /// The id of ours that an answer means: some servers write numbers as texts.
  private static func ours(_ id: RequestID) -> RequestID {
    let number: Int? =
      switch id {
      case .number(let number): number.int
      case .string(let text): Int(text)
      }
    return number.map { .number(JSONNumber($0)) } ?? id
  }

  private func takeProgress(_ params: JSON) {
    let token = params["progressToken"].flatMap(RequestID.init).map(Self.ours)
    guard let number = token?.json.int else { return }
    guard let waiting = state.withLock({ $0.waiting[number] }) else { return }
    waiting.sign = time.monotonic()
    waiting.request.onProgress?(params)
  }

  private func serve(_ id: RequestID, _ method: String, _ params: JSON?) {
    switch peer.begin(id, reply: .pipe) {
    case .duplicate: log.debug("MCP server \(name): a request under the id of one that is open was dropped")
    case .full: send(.failure(.overloaded("too many requests are open", retryAfterMs: 1_000)), to: id)
    case .begun:
      let task = Task {
        let result = await inbox.answer(method, params)
        peer.end(id) { _ in send(result, to: id) }
      }
      peer.attach(task, to: id)
    }
  }

  private func send(_ result: Result<JSON, RPCError>, to id: RequestID) {
    var writer = JSONWriter()
    Answer.write(result, to: id, in: &writer)
    writer.escapeLineEnds(from: 0)
    input.write(writer.bytes + [Byte.newline])
  }

  /// Fails the call whose answer cannot be read, as far as it can be told which.
  func fail(answerTo id: RequestID?, _ reason: String) {
    let number =
      id.map(Self.ours)
      ?? state.withLock { $0.waiting.count == 1 ? $0.waiting.keys.first : nil }.map {
        .number(JSONNumber($0))
      }
    guard let number else { return }
    _ = peer.fail(number, .parseError(reason))
  }

  /// Nothing can be asked any more; the first reason counts.
  func end(_ reason: MCPFailure) {
    let isNews = state.withLock { state in
      defer { state.end = state.end ?? reason }
      return state.end == nil
    }
    // First of all, so that whoever learns it from what they asked, and asks again, finds the next start.
    if isNews { inbox.ended(reason) }
    peer.inputEnded()
    peer.cancelAll()
  }

  /// Has the process end, as it is of no use.
  func stop(_ reason: MCPFailure) {
    end(reason)
    cancellation.cancel()
  }

  /// A line of the server's as it may be quoted.
  func quoted(_ line: ArraySlice<UInt8>) -> String {
    VisibleText.line(mask.beginning(of: line, bytesMax: MCPLimits.quotedMax), most: MCPLimits.quotedMax)
  }

  /// Notes something for whoever looks for what is wrong.
  func note(_ text: @autoclosure () -> String) { log.debug("MCP server \(name): \(text())") }
}
