package import OperatingSystem
import Protocol
import Synchronization

/// Answers from a recording, without a network: every byte runs the way it would from the real service.
package final class ReplayingTransport: HTTPTransport {
  /// How a request finds its answer.
  private enum Match: String {
    /// By its digest, whatever its tools gave; one that was recorded twice is answered in that order, and further by the
    /// last.
    case digest
    /// By its turn, whatever it asks; after the last exchange comes the first.
    case order
  }
  private let match: Match
  private let exchanges: [RecordedExchange]
  private let speed: Double
  private let time: TimeSource
  private let played: Mutex<Played>

  private struct Played {
    var count = 0
    /// How often each digest was asked for.
    var asked: [String: Int] = [:]
  }

  /// A transport that answers from a file that ``RecordingTransport`` wrote.
  ///
  /// - Throws: Why it cannot be read, or which line is wrong.
  package convenience init(file path: String, speed: Double, time: TimeSource) throws(RecordingError) {
    let bytes: [UInt8]
    do throws(SystemError) { bytes = try LineFile.contents(of: path) } catch {
      throw RecordingError(
        "cannot read the recording '\(path)': \(error.text); --replay takes a file that --record wrote, or 'demo'")
    }
    try self.init(bytes, speed: speed, time: time)
  }

  /// A transport that answers from the bytes of a recording; `speed` 0 is at once, 1 as recorded, 2 twice as fast.
  ///
  /// - Throws: Which line is wrong, and why.
  package init(_ recording: [UInt8], speed: Double, time: TimeSource) throws(RecordingError) {
    var lines = Self.lines(recording)[...]
    guard let first = lines.popFirst() else { throw RecordingError("the recording is empty") }
    match = try Self.match(first)
    var exchanges: [RecordedExchange] = []
    for line in lines {
      do throws(RecordingError) {
        exchanges.append(try RecordedExchange(try Self.parse(line)))
      } catch {
        throw RecordingError("line \(line.number) of the recording \(error.description)")
      }
    }
    guard !exchanges.isEmpty else { throw RecordingError("the recording has no exchange") }
    self.exchanges = exchanges
    self.speed = speed
    self.time = time
    played = Mutex(Played())
  }

  package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    let exchange = try find(request)
    guard let response = exchange.response else {
      throw exchange.failure ?? HTTPError(.other, "the recorded request had no answer")
    }
    return HTTPResponse(
      status: response.status, headers: HTTPHeaders(response.headers),
      body: ReplayingBody(exchange, speed: speed, time: time))
  }

  private func find(_ request: HTTPRequest) throws(HTTPError) -> RecordedExchange {
    if match == .order {
      let turn = played.withLock { played in
        defer { played.count += 1 }
        return played.count
      }
      return exchanges[turn % exchanges.count]
    }
    var digest = RecordedExchange.Request.digest(request)
    var same = exchanges.filter { $0.request.digest == digest }
    if same.isEmpty, let asked = RecordedExchange.Request.digestOfAsked(request) {
      // Tools run again give other dates and sizes: the same calls with other results find what was answered then.
      same = exchanges.filter { $0.request.asked == asked }
      if !same.isEmpty { digest = asked }
    }
    guard let last = same.last else {
      throw HTTPError(
        .other,
        """
        the recording has no answer to this \(request.method) of \(request.body.count) bytes (digest \(digest)): \
        ask exactly what was recorded, or record it too
        """)
    }
    let turn = played.withLock { played in
      defer { played.asked[digest, default: 0] += 1 }
      return played.asked[digest, default: 0]
    }
    return turn < same.count ? same[turn] : last
  }

  private typealias Line = (number: Int, bytes: ArraySlice<UInt8>)

  private static func lines(_ recording: [UInt8]) -> [Line] {
    recording.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
      .map { (number: $0 + 1, bytes: $1) }
      .filter { !$0.bytes.allSatisfy { $0 == 0x20 || $0 == 0x0D || $0 == 0x09 } }
  }

  private static func match(_ line: Line) throws(RecordingError) -> Match {
    guard let head = try? parse(line), head["recording"] == "wyn360" else {
      throw RecordingError("line \(line.number) is not how a recording begins: {\"recording\":\"wyn360\",…}")
    }
    guard head["version"]?.int == 1 else {
      throw RecordingError("the recording has version \(head["version"]?.text ?? "none"); this program reads version 1")
    }
    guard let match = Match(rawValue: head["match"]?.string ?? "") else {
      throw RecordingError("line \(line.number) of the recording has a 'match' that is neither 'digest' nor 'order'")
    }
    return match
  }

  private static func parse(_ line: Line) throws(RecordingError) -> JSON {
    do throws(JSONSyntaxError) { return try JSON.parse(Array(line.bytes)) } catch {
      throw RecordingError("is not JSON: \(error.reason) at byte \(error.offset)")
    }
  }
}

/// A recorded body, at its own pace or at once.
private final class ReplayingBody: HTTPBody {
  private let exchange: RecordedExchange
  private let speed: Double
  private let time: TimeSource
  private let next = Mutex(0)

  init(_ exchange: RecordedExchange, speed: Double, time: TimeSource) {
    self.exchange = exchange
    self.speed = speed
    self.time = time
  }

  func next() async throws(HTTPError) -> HTTPChunk? {
    let index = next.withLock { next in
      defer { next += 1 }
      return next
    }
    guard index < exchange.chunks.count else {
      if let failure = exchange.failure { throw failure }
      return nil
    }
    let (milliseconds, bytes) = exchange.chunks[index]
    if speed > 0, milliseconds > 0 {
      do { try await time.sleep(Int(min(Double(milliseconds) / speed, HTTPLimits.replayedWaitMax))) } catch {
        throw HTTPError(.cancelled, "the replay was cancelled", responseStarted: true)
      }
    }
    guard !Task.isCancelled else { throw HTTPError(.cancelled, "the replay was cancelled", responseStarted: true) }
    return .bytes(bytes)
  }
}
