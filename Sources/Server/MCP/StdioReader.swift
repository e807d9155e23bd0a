internal import OperatingSystem
internal import Protocol
internal import Providers

/// What an MCP server writes, line by line, on the thread that waits for it.
struct StdioReader: ChildReader {
  private let transport: StdioTransport
  private let input: ChildInput
  private var framing: Framing
  private var errors = LastBytes(most: MCPLimits.errorsMax)
  private var hasMessage = false
  private var strayLines = 0
  /// How much was read when that was looked at last, and when.
  private var taken = 0
  private var lookedAt: Int?
  /// When its output ended, though it did not.
  private var mutedAt: Int?

  init(_ transport: StdioTransport, _ input: ChildInput) {
    (self.transport, self.input) = (transport, input)
    framing = Framing(style: .lines, messageBytesMax: transport.limits.lineMax)
  }

  mutating func receive(_ bytes: ArraySlice<UInt8>, from stream: ChildStream, now: Int) -> Bool {
    guard stream == .output else {
      errors.add(bytes)
      return true
    }
    framing.feed(bytes.span)
    while let frame = framing.next() { take(frame) }
    return true
  }

  private mutating func take(_ frame: Framing.Frame) {
    switch frame {
    case .message(var range):
      if framing.buffer[range].starts(with: Byte.byteOrderMark) { range.removeFirst(Byte.byteOrderMark.count) }
      if !range.isEmpty { take(line: range) }
    case .tooLong(let beginning):
      let id = RequestID(inBeginning: Array(framing.buffer[beginning]))
      transport.fail(answerTo: id, "the server's answer is longer than \(transport.limits.lineMax / 1_048_576) MiB")
    case .problem: break
    }
  }

  private mutating func take(line range: Range<Int>) {
    do throws(JSONSyntaxError) {
      let json = try JSON.parse(
        framing.buffer.span.extracting(range), depthMax: ServerLimits.depthMax, loneSurrogates: .replace)
      if transport.take(json) { hasMessage = true } else { stray(range) }
    } catch {
      let line = Array(framing.buffer[range])
      if line.first == Byte.openBrace, let id = RequestID(inBroken: line) {
        transport.fail(answerTo: id, "the server's answer is no JSON: \(error.reason) (at byte \(error.offset))")
      } else {
        stray(range)
      }
    }
  }

  /// A line for people, as programs write them that do not know who reads.
  private mutating func stray(_ range: Range<Int>) {
    let line = transport.quoted(framing.buffer[range])
    transport.note("no message: \(line)")
    strayLines += 1
    guard !hasMessage, strayLines >= transport.limits.strayLinesMax else { return }
    transport.stop(.unusable("what the program prints is not MCP: \(line)"))
  }

  mutating func programEnded(_ end: ChildResult.End) {
    // A last line may lack its end.
    while let frame = framing.finish() { take(frame) }
    let how =
      switch end {
      case .exited(let status): "exit \(status)"
      case .signalled(let number): "signal \(number)"
      case .timedOut, .cancelled, .refused, .unsupervised: "killed"
      }
    transport.note("ended (\(how)); it said: \(lastWords ?? "nothing")")
    transport.end(.gone("server ended (\(how))\(lastWords.map { ": \($0)" } ?? "")"))
  }

  /// The last line on standard error that says something.
  private var lastWords: String? { errors.lastLine(startingMid: transport.mask.longest).map(transport.quoted) }

  mutating func streamEnded(_ stream: ChildStream, now: Int) {
    if stream == .output { mutedAt = now }
  }

  func dueMs(now: Int) -> Int? {
    if let mutedAt { return max(0, mutedAt + transport.limits.endingMs - now) }
    guard input.backlog.waiting > transport.limits.unreadMax else { return nil }
    return lookedAt.map { max(0, $0 + transport.limits.unreadMs - now) } ?? 0
  }

  mutating func turn(now: Int) {
    if mutedAt != nil {
      // Once is enough: it has its end before it.
      mutedAt = Int.max / 2
      return transport.stop(.gone("server closed its output\(lastWords.map { ": \($0)" } ?? "")"))
    }
    let backlog = input.backlog
    guard let lookedAt, backlog.taken == taken else {
      (taken, lookedAt) = (backlog.taken, now)
      return
    }
    guard now - lookedAt >= transport.limits.unreadMs else { return }
    transport.stop(.gone("server does not read what it is sent: \(backlog.waiting) bytes wait"))
  }
}

/// The last bytes of a stream.
private struct LastBytes {
  private let most: Int
  private var bytes: [UInt8] = []
  /// Whether it does not begin where the stream did.
  private var isCut = false

  init(most: Int) { self.most = most }

  mutating func add(_ more: ArraySlice<UInt8>) {
    if more.count > most { isCut = true }
    bytes += more.suffix(most)
    // Twice as many are let stand, so that not each line moves all of them.
    guard bytes.count > most * 2 else { return }
    isCut = true
    bytes.removeFirst(bytes.count - most)
  }

  /// The last line that says something.
  ///
  /// One whose beginning was not kept lacks as many bytes more as a secret has: it may begin within one.
  func lastLine(startingMid secretMax: Int) -> ArraySlice<UInt8>? {
    let line = bytes.split(whereSeparator: { $0 == Byte.newline || $0 == Byte.carriageReturn }).last {
      !$0.allSatisfy { Byte.blanks.contains($0) }
    }
    guard isCut, let line, line.startIndex == 0 else { return line }
    return line.dropFirst(secretMax)
  }
}
