package import OperatingSystem
import Synchronization

/// Writes every exchange of another transport to a recording, when it has ended, however it ended.
///
/// Request headers are never written; configured secrets and those of the request that occur elsewhere are masked.
package struct RecordingTransport: HTTPTransport {
  private let inner: any HTTPTransport
  private let file: LineFile
  private let mask: SecretMask
  private let time: TimeSource

  /// A transport that sends by another one.
  package init(_ inner: any HTTPTransport, to file: LineFile, mask: SecretMask, time: TimeSource) {
    self.inner = inner
    self.file = file
    self.mask = mask
    self.time = time
  }

  package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    try await send(request) { _ in }
  }

  package func send(_ request: HTTPRequest, whileSilent: (_ milliseconds: Int) async -> Void) async throws(HTTPError)
    -> HTTPResponse
  {
    var exchange = RecordedExchange(RecordedExchange.Request(request))
    let began = time.monotonic()
    do {
      var response = try await inner.send(request, whileSilent: whileSilent)
      exchange.response = RecordedExchange.Response(response)
      let (file, mask) = (file, mask(for: request))
      response.body = RecordingBody(response.body, exchange, began: began, time: time) { exchange in
        file.write(exchange.masked(mask).line)
      }
      return response
    } catch {
      exchange.failure = error
      file.write(exchange.masked(mask(for: request)).line)
      throw error
    }
  }

  /// The configured secrets, and those that this request was sent with, which may be newer.
  private func mask(for request: HTTPRequest) -> SecretMask {
    mask.adding(
      request.headers.compactMap { header in
        if case .secret(_, let secret) = header.value { secret } else { nil }
      })
  }
}

extension LineFile.Format {
  /// A recording of exchanges.
  package static let recording = LineFile.Format(
    name: "recording", head: RecordedExchange.head(match: "digest"), beginning: Array(#"{"recording":"wyn360""#.utf8))
}

/// Notes a body while it is read.
private final class RecordingBody: HTTPBody {
  private struct State {
    /// `nil` once it has been written.
    var exchange: RecordedExchange?
    var last: Int
    var bytes = 0
  }
  private let inner: any HTTPBody
  private let state: Mutex<State>
  private let time: TimeSource
  private let write: @Sendable (RecordedExchange) -> Void

  init(
    _ inner: any HTTPBody, _ exchange: RecordedExchange, began: Int, time: TimeSource,
    write: @escaping @Sendable (RecordedExchange) -> Void
  ) {
    self.inner = inner
    self.time = time
    self.write = write
    state = Mutex(State(exchange: exchange, last: began))
  }

  /// A body that is dropped was of no more interest, or its task was cancelled.
  deinit { end(HTTPError(.cancelled, "the reply was not read to its end", responseStarted: true)) }

  func next() async throws(HTTPError) -> HTTPChunk? {
    do {
      let chunk = try await inner.next()
      switch chunk {
      case .bytes(let bytes): note(bytes)
      case .idle: break
      case nil: end(nil)
      }
      return chunk
    } catch {
      end(error)
      throw error
    }
  }

  private func note(_ bytes: [UInt8]) {
    let now = time.monotonic()
    let isTooLong = state.withLock { state in
      state.bytes += bytes.count
      guard state.bytes <= HTTPLimits.recordedMax else { return true }
      state.exchange?.chunks.append((max(0, now - state.last), bytes))
      state.last = now
      return false
    }
    guard isTooLong else { return }
    end(HTTPError(.other, "the reply was too long to be recorded whole", responseStarted: true))
  }

  private func end(_ failure: HTTPError?) {
    let ended = state.withLock { state in
      defer { state.exchange = nil }
      state.exchange?.failure = failure
      return state.exchange
    }
    if let ended { write(ended) }
  }
}
