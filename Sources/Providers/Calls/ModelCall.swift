package import OperatingSystem
package import Protocol

/// What differs between the services that answer for a model.
package protocol ModelService: CallService {
  /// Understands one answer's body.
  associatedtype Reader: AnswerReader
  /// The content type of a streamed answer.
  var streamType: String { get }
  /// How long a call may take.
  var timeouts: CallTimeouts { get }
  /// Where calls wait that the service has no room for.
  var lines: CallLines { get }
  /// Whose limits the call counts towards; known once a request was made.
  var lane: CallLane { get }
  /// Milliseconds without a byte before a call ends, when the timeouts do not say.
  var usualIdleMs: Int { get }
  /// A reader at the start of a body.
  func reader() -> Reader
}

/// Turns the bytes of one answer into events, however they are framed.
package protocol AnswerReader: Sendable {
  /// The message that the events make up.
  var answer: MessageAccumulator { get }
  /// Whether a body may be an answer in this framing that begins so, whatever its headers say.
  static func mayBegin(with bytes: [UInt8]) -> Bool
  /// Takes bytes and appends the events they complete; what was appended before an error counts.
  mutating func read(_ bytes: Span<UInt8>, into events: inout [ModelEvent]) throws(ProviderError)
  /// Takes a message that came whole and in no framing.
  mutating func take(whole message: JSONObject, into events: inout [ModelEvent]) throws(ProviderError)
  /// Takes the end of the body.
  mutating func finish(into events: inout [ModelEvent]) throws(ProviderError)
}

/// One question to a model: its tries, the waits between them, and the reading of the answer.
package struct ModelCall<Service: ModelService>: Sendable {
  private let service: Service
  private let transport: any HTTPTransport
  private let time: TimeSource

  /// A call that has not been made.
  package init(_ service: Service, transport: any HTTPTransport, time: TimeSource) {
    self.service = service
    self.transport = transport
    self.time = time
  }

  /// Asks, as often as the policy of ``Retry`` allows, and hands over what is said as it is said.
  ///
  /// After a `retry` event everything begins anew, with a `messageStart` of its own; content is never said twice.
  package func answer(receive: @Sendable ([ModelEvent]) async -> Void) async throws(ProviderError) -> ModelMessage {
    let limit = service.timeouts.callMs
    let deadline = limit.map { time.monotonic() + $0 }
    let place = PlaceInLine(service.lines)
    defer { place.leave() }
    do {
      return try await RetryLoop.run(
        time: time, retries: service.timeouts.retries, deadline: deadline,
        notify: { notice in await receive([.retry(notice)]) },
        repair: { failure throws(ProviderError) in try await service.repair(failure) }
      ) { attempt throws(ProviderError) in
        do throws(ProviderError) {
          let request = try await request(attempt: attempt, place, until: deadline, receive)
          return try await ask(request, place, until: deadline, receive: receive)
        } catch {
          if let lane = place.lane { service.lines.note(error, of: lane, place.ticket, time) }
          throw error
        }
      }
    } catch {
      guard let limit, let deadline, error.kind != .cancelled, time.monotonic() >= deadline else { throw error }
      throw outOfTime(limit, after: error)
    }
  }

  /// The end of a call that has had its time, with what it has heard.
  private func outOfTime(_ limit: Int, after failure: ProviderError) -> ProviderError {
    var ended = failure
    ended.kind = .timeout
    ended.message = "the call did not end within \(limit) ms, which is all it was given; last: \(failure.message)"
    ended.hint = "allow for more with --call-timeout-ms, or ask for less"
    ended.retryable = false
    return ended
  }

  /// How long the transfer of one try may wait; a call without time left fails at once.
  private func transferTimeouts(until deadline: Int?) throws(ProviderError) -> HTTPTimeouts {
    var timeouts = HTTPTimeouts()
    timeouts.idleMax = service.timeouts.idle(usually: service.usualIdleMs)
    timeouts.idleNotice = service.timeouts.stallNoticeMs / ProviderLimits.stallNoticeLooks
    if let deadline {
      timeouts.totalMax = deadline - time.monotonic()
      guard timeouts.totalMax > 0 else { throw ProviderError(.timeout, "no time is left") }
    }
    return timeouts
  }

  /// The request of one try, once it is this call's turn.
  private func request(
    attempt: Int, _ place: PlaceInLine, until deadline: Int?, _ receive: @Sendable ([ModelEvent]) async -> Void
  ) async throws(ProviderError) -> HTTPRequest {
    let request = try await service.request(attempt: attempt)
    let lane = service.lane
    place.move(to: lane)
    let wait = CallLines.Wait(
      ticket: place.ticket, deadline: deadline, noticeMs: service.timeouts.stallNoticeMs, time: time)
    let of = service.timeouts.retries + 1
    let hasWaited = try await service.lines.pass(lane, wait) { milliseconds, reason in
      let notice = RetryNotice(attempt: attempt, of: max(of, attempt), delayMs: milliseconds, reason: reason)
      await receive([.retry(notice)])
    } stalled: { milliseconds in
      await receive([.stalled(idleMs: milliseconds)])
    }
    // Signatures and keys grow old while one waits.
    guard hasWaited else { return request }
    let fresh = try await service.request(attempt: attempt)
    place.move(to: service.lane)
    return fresh
  }

  /// One try.
  private func ask(
    _ request: HTTPRequest, _ place: PlaceInLine, until deadline: Int?, receive: @Sendable ([ModelEvent]) async -> Void
  ) async throws(ProviderError) -> ModelMessage {
    let asked = time.monotonic()
    let timeouts = service.timeouts
    var watch = AnswerWatch(timeouts, contentMs: timeouts.content(usually: service.usualIdleMs), now: asked)
    var request = request
    request.timeouts = try transferTimeouts(until: deadline)
    let response = try await service.send(request, by: transport) { silent in
      if let idle = watch.notice(now: time.monotonic(), silent: silent) { await receive([.stalled(idleMs: idle)]) }
    }
    guard 200..<300 ~= response.status else { throw try await service.failure(in: response) }
    if let lane = place.lane { service.lines.note(begun: lane, place.ticket, response.headers, time) }
    var progress = Progress(reader: service.reader(), asked: asked, watch: watch, deadline: deadline)
    do {
      try await read(response.body, &progress, receive)
      if !progress.reader.answer.isComplete { try await finish(&progress, response, receive) }
    } catch {
      var failure = service.shown(error, response.headers)
      failure.status = failure.status ?? response.status
      if progress.reader.answer.hasBegun { failure.partial = message(progress, response.headers) }
      throw failure
    }
    return message(progress, response.headers)
  }

  /// What is known of an answer while it is read.
  private struct Progress {
    var reader: Service.Reader
    var asked: Int
    var watch: AnswerWatch
    /// The moment by which all must be there.
    var deadline: Int?
    var firstContentMs: Int?
    var drained = 0
    /// The body as it came, while nothing of it could be read.
    var unread: [UInt8] = []
    /// Whether it is no answer in the framing that was asked for.
    var isForeign: Bool { !reader.answer.hasTaken && !unread.isEmpty && !Service.Reader.mayBegin(with: unread) }

    /// Reads what came; what begins in another way is kept, and is not read as an answer.
    mutating func read(_ bytes: [UInt8], into events: inout [ModelEvent]) throws(ProviderError) {
      guard !reader.answer.hasTaken else { return try reader.read(bytes.span, into: &events) }
      unread += bytes.prefix(max(0, ProviderLimits.replyMax - unread.count))
      guard !isForeign else { return }
      try reader.read(bytes.span, into: &events)
      if reader.answer.hasTaken { unread = [] }
    }

    /// Whether a foreign body has said enough: a message is read whole, of anything else the beginning is.
    var hasReadEnough: Bool {
      let isObject = unread.first { $0 > 0x20 } == UInt8(ascii: "{")
      return isForeign && unread.count >= (isObject ? ProviderLimits.replyMax : HTTPLimits.errorBodyMax)
    }
  }

  /// Reads the body to its end, and a little beyond the answer's end so that the connection can be used again.
  private func read(
    _ body: any HTTPBody, _ progress: inout Progress, _ receive: @Sendable ([ModelEvent]) async -> Void
  ) async throws(ProviderError) {
    while let chunk = try await next(of: body, progress) {
      if progress.reader.answer.isComplete {
        guard case .bytes(let bytes) = chunk, progress.drained + bytes.count <= ProviderLimits.drainMax else { return }
        progress.drained += bytes.count
        continue
      }
      guard !Task.isCancelled else { throw ProviderError.cancelled }
      var events: [ModelEvent] = []
      var failure: ProviderError?
      var silent = 0
      let grown = progress.reader.answer.growth
      switch chunk {
      case .idle(let milliseconds): silent = milliseconds
      case .bytes(let bytes):
        do { try progress.read(bytes, into: &events) } catch { failure = error }
        if !events.isEmpty { note(contentIn: &progress) }
      }
      let hasGrown = progress.reader.answer.growth != grown
      if !hasGrown, let idle = progress.watch.notice(now: time.monotonic(), silent: silent) {
        events.append(.stalled(idleMs: idle))
      }
      try await handOver(events, failure, receive)
      if hasGrown { progress.watch.noteContent(now: time.monotonic()) }
      try check(progress)
      if progress.hasReadEnough { return }
    }
  }

  /// Takes the end of a body: of an answer, of a message that came whole, or of something else.
  private func finish(
    _ progress: inout Progress, _ response: HTTPResponse, _ receive: @Sendable ([ModelEvent]) async -> Void
  ) async throws(ProviderError) {
    var events: [ModelEvent] = []
    var failure: ProviderError?
    do throws(ProviderError) {
      if progress.isForeign, let message = Self.message(progress.unread) {
        try progress.reader.take(whole: message, into: &events)
        note(contentIn: &progress)
      } else if progress.isForeign
        || progress.unread.isEmpty && !isStream(response.headers)
          && !progress.reader.answer.hasTaken
      {
        throw service.failure(
          status: response.status, headers: response.headers, body: service.mask.masked(progress.unread))
      } else {
        try progress.reader.finish(into: &events)
      }
    } catch {
      failure = error
    }
    try await handOver(events, failure, receive)
  }

  /// The message in a body that is one, as the API writes it where nobody asks for a stream.
  private static func message(_ body: [UInt8]) -> JSONObject? {
    guard let message = (try? JSON.parse(body, loneSurrogates: .replace))?.object, message["content"]?.array != nil,
      message["role"] == "assistant" || message["type"] == "message", message["stop_reason"]?.string != nil
    else { return nil }
    return message
  }

  /// Hands over what came before a failure, then the failure.
  private func handOver(
    _ events: [ModelEvent], _ failure: ProviderError?, _ receive: @Sendable ([ModelEvent]) async -> Void
  ) async throws(ProviderError) {
    if !events.isEmpty { await receive(events) }
    if let failure { throw failure }
  }

  /// The next bytes; a failure after the answer's end is none.
  private func next(of body: any HTTPBody, _ progress: Progress) async throws(ProviderError) -> HTTPChunk? {
    do { return try await body.next() } catch {
      let isOver = progress.reader.answer.isComplete || progress.isForeign && error.kind != .cancelled
      guard isOver else { throw ProviderError(error) }
      return nil
    }
  }

  private func note(contentIn progress: inout Progress) {
    guard progress.firstContentMs == nil, progress.reader.answer.hasContent else { return }
    progress.firstContentMs = time.monotonic() - progress.asked
  }

  /// Gives up an answer that has not ended and has had its time.
  private func check(_ progress: Progress) throws(ProviderError) {
    guard !progress.reader.answer.isComplete else { return }
    let now = time.monotonic()
    if let deadline = progress.deadline, now >= deadline {
      throw ProviderError(.timeout, "the answer had not come to its end")
    }
    try progress.watch.check(now: now)
  }

  private func isStream(_ headers: HTTPHeaders) -> Bool {
    guard let type = headers["content-type"] else { return true }
    return type.lowercased().hasPrefix(service.streamType)
  }

  private func message(_ progress: Progress, _ headers: HTTPHeaders) -> ModelMessage {
    var message = progress.reader.answer.soFar
    message.firstContentMs = progress.firstContentMs
    message.requestID = headers[service.requestIDHeader]
    return message
  }
}
