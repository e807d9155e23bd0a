internal import OperatingSystem
internal import Protocol
internal import Providers
internal import Synchronization

/// The transport of 2024: one stream brings all that a server says, and messages are posted where it says first.
///
/// The end of the stream is the server's.
final class EventStreamTransport: MCPTransport {
  private struct State {
    var reading: Task<Void, Never>?
    var isClosed = false
  }

  private let line: MCPLine
  private let inbox: any MCPInbox
  private let signIn: MCPSignIn
  private let traffic: MCPTraffic
  private let time: TimeSource
  /// Where messages are sent.
  private let named = Promise<Result<WebAddress, MCPFailure>>()
  private let state = Mutex(State())

  init(_ line: MCPLine, inbox: any MCPInbox, signIn: MCPSignIn, time: TimeSource, log: Log) {
    self.line = line
    self.inbox = inbox
    self.signIn = signIn
    self.time = time
    traffic = MCPTraffic(inbox: inbox, mask: line.mask, time: time, log: log)
  }

  func ask(_ request: MCPRequest) async throws(MCPFailure) -> JSON {
    try await traffic.carry(traffic.begin(request)) { [self] call in
      takeBack(call)
    } by: { [self] call in
      do throws(MCPFailure) {
        try await post(call.message)
        return nil
      } catch {
        return .failure(error)
      }
    }
  }

  func tell(_ method: String, _ params: JSONObject) async throws(MCPFailure) {
    try await post(MCPTraffic.message(method, params))
  }

  func agree(on revision: MCPRevision) {}

  func close() async {
    let reading = state.withLock { state in
      state.isClosed = true
      return state.reading
    }
    end(.gone("the connection to \(MCPLine.shown(line.address)) was closed"))
    reading?.cancel()
  }

  /// Opens the stream, once, and waits for where messages are sent.
  ///
  /// - Throws: Why there is no such place.
  func endpoint() async throws(MCPFailure) -> WebAddress {
    state.withLock { state in
      guard state.reading == nil, !state.isClosed else { return }
      state.reading = Task { await read() }
    }
    guard let named = await named.wait() else { throw .cancelled }
    return try named.get()
  }

  private func takeBack(_ call: MCPCall) {
    guard call.request.method != "initialize" else { return }
    let id = JSON.number(JSONNumber(call.id))
    Task { try? await tell("notifications/cancelled", ["requestId": id, "reason": "it is not waited for any more"]) }
  }

  /// Posts a message; an answer in place of the receipt is taken, too.
  private func post(_ body: [UInt8]) async throws(MCPFailure) {
    let place = try await endpoint()
    let response: HTTPResponse
    let text: [UInt8]
    do throws(HTTPError) {
      response = try await line.send(
        "POST", [MCPHeaders.contentType, MCPHeaders.accept], body: body, to: place, totalMax: MCPHTTPLimits.tellingMax)
      let isTaken = 200..<300 ~= response.status
      text = isTaken ? try await response.body.beginning(bytesMax: MCPHTTPLimits.messageMax) : []
    } catch {
      throw line.failure(error)
    }
    guard 200..<300 ~= response.status else { throw await failure(response, at: place) }
    if let json = try? JSON.parse(text.span, loneSurrogates: .replace) { take(json) }
  }

  private func take(_ json: JSON) { _ = traffic.take(json, of: nil) { [self] in try? await post($0) } }

  private func read() async {
    let limiting = Task {
      do { try await time.sleep(MCPHTTPLimits.endpointMax) } catch { return }
      let text =
        "\(MCPLine.shown(line.address)) did not say within \(MCPHTTPLimits.endpointMax / 1_000) s where to send"
      named.set(.failure(.late(text)))
      state.withLock { $0.reading }?.cancel()
    }
    defer { limiting.cancel() }
    var ending = await readAll(limiting)
    let wasOpen = if case .success? = named.value { true } else { false }
    // What ended the wait for its first word says more than what became of it then.
    if case .failure(let reason)? = named.value { ending = reason }
    let isFirst = end(ending)
    if isFirst, wasOpen, !state.withLock({ $0.isClosed }) { inbox.ended(ending) }
  }

  private func readAll(_ limiting: Task<Void, Never>) async -> MCPFailure {
    do throws(HTTPError) {
      let response = try await line.send("GET", [MCPHeaders.acceptStream])
      guard response.status == 200, response.isEventStream else { return await failure(response, at: line.address) }
      var events = MCPEventReader(response.body)
      while let event = try await events.next(heard: {}) {
        switch event {
        case .message(let message): take(message)
        case .endpoint(let text):
          limiting.cancel()
          guard let place = try? line.address.following(text), MCPLine.isSameOrigin(place, line.address) else {
            return .unusable("\(MCPLine.shown(line.address)) wants its messages sent to another server")
          }
          named.set(.success(place))
        }
      }
      return .gone("\(MCPLine.shown(line.address)) ended its stream")
    } catch {
      return line.failure(error)
    }
  }

  @discardableResult
  private func end(_ reason: MCPFailure) -> Bool {
    named.set(.failure(reason))
    return traffic.end(reason)
  }

  private func failure(_ response: HTTPResponse, at place: WebAddress) async -> MCPFailure {
    if [401, 403].contains(response.status) { return await signIn.failure(response, at: line) }
    do throws(HTTPError) {
      return try await MCPRefusal(response, line.mask).failure(at: place)
    } catch {
      return line.failure(error)
    }
  }
}
