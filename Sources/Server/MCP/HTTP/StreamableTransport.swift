internal import OperatingSystem
internal import Protocol
internal import Providers
internal import Synchronization

/// Streamable HTTP: each message is a request of its own, answered by JSON or by a stream of events.
///
/// In the handshake's revisions there may be a session, a stream for what the server says of itself, and streams that are
/// taken up where they broke. In the modern era each request says its revision and stands alone: closing its stream takes
/// it back. Which era a request is of stands in itself, so that both can be tried on one line. A server that knows only the
/// old transport is spoken to by that from its first refusal on.
final class StreamableTransport: MCPTransport {
  private struct State {
    var revision: MCPRevision?
    /// What the server calls the session.
    var session: String?
    /// Reads what the server says of itself.
    var listening: Task<Void, Never>?
    /// The transport of old, once it is found to be the one.
    var old: EventStreamTransport?
    var isClosed = false
  }

  private let line: MCPLine
  private let traffic: MCPTraffic
  private let time: TimeSource
  private let log: Log
  private let state = Mutex(State())
  private let inbox: any MCPInbox
  private let signIn: MCPSignIn

  init(_ line: MCPLine, inbox: any MCPInbox, signIn: MCPSignIn, time: TimeSource, log: Log) {
    self.line = line
    self.inbox = inbox
    self.signIn = signIn
    self.time = time
    self.log = log
    traffic = MCPTraffic(inbox: inbox, mask: line.mask, time: time, log: log)
  }

  func ask(_ request: MCPRequest) async throws(MCPFailure) -> JSON {
    if let old = state.withLock({ $0.old }) { return try await old.ask(request) }
    let call = traffic.begin(request)
    do throws(MCPFailure) { return try await carry(call) } catch {
      guard call.hasBroken, request.isRepeatable, case .gone = error, call.timeLeft > 0 else { throw error }
      var again = request
      again.totalMax = call.timeLeft
      return try await carry(traffic.begin(again))
    }
  }

  func tell(_ method: String, _ params: JSONObject) async throws(MCPFailure) {
    let (old, revision, session) = state.withLock { ($0.old, $0.revision, $0.session) }
    if let old { return try await old.tell(method, params) }
    guard revision?.isModern != true else { return }
    let response = try await post(
      MCPTraffic.message(method, params), MCPHeaders.legacy(session: session, revision: revision),
      totalMax: MCPHTTPLimits.tellingMax)
    guard 200..<300 ~= response.status else { throw try await failure(of: response, session: session) }
    MCPLine.hearOut(response.body)
    if method == "notifications/initialized" { listen() }
  }

  func agree(on revision: MCPRevision) {
    let old = state.withLock { state in
      state.revision = revision
      return state.old
    }
    old?.agree(on: revision)
  }

  func close() async {
    let (old, listening, session, revision) = state.withLock { state in
      defer {
        state.isClosed = true
        state.session = nil
        state.listening = nil
      }
      return (state.old, state.listening, state.session, state.revision)
    }
    traffic.end(.gone("the connection to \(MCPLine.shown(line.address)) was closed"))
    listening?.cancel()
    await old?.close()
    guard let session else { return }
    // Servers that end sessions by themselves answer 405.
    let headers = MCPHeaders.legacy(session: session, revision: revision)
    let response = try? await line.send("DELETE", headers, totalMax: MCPHTTPLimits.closingMax)
    if let response { MCPLine.hearOut(response.body) }
  }

  /// Begins to listen, for as long as this session lasts.
  private func listen() {
    let listener = MCPListener(line: line, traffic: traffic, time: time, log: log) { [self] in await reply($0) }
    state.withLock { state in
      guard !state.isClosed else { return }
      state.listening?.cancel()
      let headers = MCPHeaders.legacy(session: state.session, revision: state.revision)
      state.listening = Task { await listener.listen(headers) }
    }
  }

  // MARK: Requests

  private func carry(_ call: MCPCall) async throws(MCPFailure) -> JSON {
    try await traffic.carry(call) { [self] call in
      takeBack(call)
    } by: { [self] call in
      do throws(MCPFailure) { return .success(try await exchange(call)) } catch { return .failure(error) }
    }
  }

  /// Tells the server that nobody waits any more: a stream of the handshake's revisions that is closed does not say so.
  private func takeBack(_ call: MCPCall) {
    let request = call.request
    guard MCPHeaders.modernRevision(of: request.params) == nil, request.method != "initialize" else { return }
    let id = JSON.number(JSONNumber(call.id))
    Task { try? await tell("notifications/cancelled", ["requestId": id, "reason": "it is not waited for any more"]) }
  }

  private func exchange(_ call: MCPCall) async throws(MCPFailure) -> JSON {
    let request = call.request
    if let revision = MCPHeaders.modernRevision(of: request.params) {
      let response = try await post(call.message, MCPHeaders.modern(request, revision: revision), for: call)
      guard 200..<300 ~= response.status else { throw try await failure(of: response, session: nil) }
      return try await answer(in: response, to: call, resuming: nil)
    }
    guard request.method != "initialize" else { return try await greet(call) }
    let (session, revision) = state.withLock { ($0.session, $0.revision) }
    let headers = MCPHeaders.legacy(session: session, revision: revision)
    let response = try await post(call.message, headers, for: call)
    guard 200..<300 ~= response.status else { throw try await failure(of: response, session: session) }
    return try await answer(in: response, to: call, resuming: headers)
  }

  /// The handshake, which begins a session.
  private func greet(_ call: MCPCall) async throws(MCPFailure) -> JSON {
    state.withLock { state in
      state.revision = nil
      state.listening?.cancel()
      state.listening = nil
    }
    let response = try await post(call.message, [], for: call)
    guard 200..<300 ~= response.status else {
      if [401, 403].contains(response.status) { throw await signIn.failure(response, at: line) }
      let refusal = try await refusal(of: response)
      guard [400, 404, 405].contains(refusal.status), refusal.error == nil else {
        throw refusal.failure(at: line.address)
      }
      return try await greetOfOld(call, refusal)
    }
    // An error's answer may name a session, too, which is none.
    let session = response.headers["mcp-session-id"].flatMap { Self.isSession($0) ? $0 : nil }
    let result = try await answer(in: response, to: call, resuming: MCPHeaders.legacy(session: session, revision: nil))
    state.withLock { state in
      state.session = session
      state.revision = result["protocolVersion"]?.string.map { MCPRevision(rawValue: $0) }
    }
    return result
  }

  /// The handshake by the transport of 2024, as a server that takes no messages here may know only that.
  private func greetOfOld(_ call: MCPCall, _ refusal: MCPRefusal) async throws(MCPFailure) -> JSON {
    let old = EventStreamTransport(line, inbox: inbox, signIn: signIn, time: time, log: log)
    do throws(MCPFailure) { _ = try await old.endpoint() } catch {
      await old.close()
      throw error == .cancelled ? error : refusal.failure(at: line.address)
    }
    let isClosed = state.withLock { state in
      if !state.isClosed { state.old = old }
      return state.isClosed
    }
    guard !isClosed else {
      await old.close()
      throw .cancelled
    }
    var request = call.request
    request.totalMax = call.timeLeft
    return try await old.ask(request)
  }

  /// Visible characters of ASCII, as the protocol wants it: it is sent back with each request.
  private static func isSession(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= MCPHTTPLimits.sessionMax && text.utf8.allSatisfy(Byte.isGraphic)
  }

  private func post(
    _ body: [UInt8], _ headers: [HTTPHeader], for call: MCPCall? = nil, totalMax: Int = 0
  ) async throws(MCPFailure) -> HTTPResponse {
    do throws(HTTPError) {
      let response = try await line.send(
        "POST", [MCPHeaders.contentType, MCPHeaders.accept] + headers, body: body, totalMax: totalMax)
      call?.answered()
      return response
    } catch {
      call?.hasBroken = error.kind == .closedEarly
      throw line.failure(error)
    }
  }

  /// Sends an answer of ours.
  private func reply(_ body: [UInt8]) async {
    let (session, revision) = state.withLock { ($0.session, $0.revision) }
    do throws(MCPFailure) {
      let response = try await post(
        body, MCPHeaders.legacy(session: session, revision: revision), totalMax: MCPHTTPLimits.tellingMax)
      MCPLine.hearOut(response.body)
      if response.status >= 300 { log.debug("\(MCPLine.shown(line.address)) takes no answer: \(response.status)") }
    } catch {
      log.debug("\(MCPLine.shown(line.address)) gets no answer: \(error.message)")
    }
  }

  // MARK: Answers

  private func refusal(of response: HTTPResponse) async throws(MCPFailure) -> MCPRefusal {
    do throws(HTTPError) { return try await MCPRefusal(response, line.mask) } catch { throw line.failure(error) }
  }

  private func failure(of response: HTTPResponse, session: String?) async throws(MCPFailure) -> MCPFailure {
    if [401, 403].contains(response.status) { return await signIn.failure(response, at: line) }
    let refusal = try await refusal(of: response)
    return session != nil && refusal.namesSession ? .forgotten : refusal.failure(at: line.address)
  }

  /// The answer to a call; with `resuming` the headers by which a stream that breaks is taken up.
  private func answer(
    in response: HTTPResponse, to call: MCPCall, resuming: [HTTPHeader]?
  ) async throws(MCPFailure) -> JSON {
    if response.isEventStream { return try await streamed(MCPEventReader(response.body), to: call, resuming: resuming) }
    var body: [UInt8] = []
    do throws(HTTPError) {
      while let chunk = try await response.body.next() {
        guard case .bytes(let bytes) = chunk else { continue }
        call.sign()
        body += bytes
        guard body.count <= MCPHTTPLimits.messageMax else {
          throw HTTPError(.protocolError, "the answer is larger than \(MCPHTTPLimits.messageMax) bytes")
        }
      }
    } catch {
      call.hasBroken = error.kind == .closedEarly
      throw line.failure(error)
    }
    let json = try? JSON.parse(body.span, loneSurrogates: .replace)
    if let json, let outcome = traffic.take(json, of: call, reply: nil) { return try outcome.get() }
    let type = response.headers["content-type"].map { VisibleText.line($0, most: MCPHTTPLimits.refusalShownMax) }
    throw .unusable(
      "\(MCPLine.shown(line.address)) answered \(call.request.method) with \(response.status) and "
        + (body.isEmpty ? "nothing" : "\(type ?? "something") that is no message of MCP"))
  }

  private func streamed(
    _ first: MCPEventReader, to call: MCPCall, resuming headers: [HTTPHeader]?
  ) async throws(MCPFailure) -> JSON {
    // In the modern era a server may ask nothing.
    var reply: MCPTraffic.Reply?
    if headers != nil { reply = { [self] in await self.reply($0) } }
    var events = first
    var (lastID, tries) = (String?.none, 0)
    while true {
      var ending = MCPFailure.gone(
        "\(MCPLine.shown(line.address)) ended its answer to \(call.request.method) before it was whole")
      var outcome: MCPCall.Outcome?
      do throws(HTTPError) {
        while outcome == nil, let event = try await events.next(heard: { call.sign() }) {
          guard case .message(let message) = event else { continue }
          outcome = traffic.take(message, of: call, reply: reply)
        }
      } catch {
        guard error.kind == .closedEarly else { throw line.failure(error) }
        ending = line.failure(error)
      }
      if let outcome {
        events.hearOut()
        return try outcome.get()
      }
      if let id = events.lastID, id != lastID { (lastID, tries) = (id, 0) }
      guard let headers, let id = lastID else {
        call.hasBroken = true
        throw ending
      }
      guard let again = try await resumed(after: id, headers, wait: events.retry, &tries) else {
        call.hasBroken = true
        throw ending
      }
      events = again
    }
  }

  /// Takes up a stream behind the event of that name; `nil` when it cannot be.
  private func resumed(
    after id: String, _ headers: [HTTPHeader], wait: Int, _ tries: inout Int
  ) async throws(MCPFailure) -> MCPEventReader? {
    while tries < MCPHTTPLimits.resumptionsMax {
      tries += 1
      do { try await time.sleep(wait) } catch { throw .cancelled }
      let response: HTTPResponse
      do throws(HTTPError) {
        response = try await line.send("GET", [MCPHeaders.acceptStream, HTTPHeader("Last-Event-ID", id)] + headers)
      } catch {
        guard error.kind != .cancelled else { throw .cancelled }
        continue
      }
      if response.status == 200, response.isEventStream { return MCPEventReader(response.body) }
    }
    return nil
  }
}

extension HTTPResponse {
  /// Whether its body is a stream of events.
  var isEventStream: Bool {
    let type = headers["content-type"]?.prefix { $0 != ";" }.lowercased() ?? ""
    return type.filter { !$0.isWhitespace } == "text/event-stream"
  }
}
