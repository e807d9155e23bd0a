internal import Protocol

/// Cuts a `text/event-stream` into its events, however the network cut it (WHATWG HTML section 9.2.6).
///
/// A pure push parser: bytes in, one call per event out. An event that lies whole in what was fed is handed over where
/// it is; only one that spans two feeds is copied. Lines end with LF, CRLF or CR; `data` lines are joined with LF;
/// comments mean nothing here, `id` and `retry` are kept for who wants to come back. Unlike a browser it hands over a last
/// event whose blank line is missing: servers end that way. Its failures are its user's: it makes none of its own.
package struct ServerSentEvents<Failure: Error>: Sendable {
  /// What is done with an event: its name, empty when it has none, and its data.
  package typealias Handler = (_ name: Span<UInt8>, _ data: Span<UInt8>) throws(Failure) -> Void

  /// How many bytes of a byte order mark have been seen at the start of the stream; `nil` behind it.
  private var markSeen: Int? = 0
  /// Whether the last line ended with a carriage return, to which a line feed may still belong.
  private var endedWithReturn = false
  /// A line whose end has not come yet.
  private var line: [UInt8] = []
  /// The name and data of an unfinished event, copied when the bytes they stood in went away.
  private var kept = Kept()
  /// The last `id` line, which counts from the end of its event on.
  private var newID: [UInt8]?
  /// What the stream said last names the last event that was complete, for `Last-Event-ID` of a new connection; `nil`
  /// when it named none.
  package private(set) var lastEventID: String?
  /// Milliseconds to wait before a new connection, as the stream wants it; `nil` when it did not say.
  package private(set) var retryMilliseconds: Int?
  /// The largest event, in bytes.
  private let eventMax: Int
  private let tooLarge: @Sendable (_ eventMax: Int) -> Failure

  private struct Kept {
    var name: [UInt8] = []
    var data: [UInt8]?
  }

  /// Where an unfinished event stands in the bytes being fed.
  private struct Standing {
    var name: Range<Int>?
    var data: Range<Int>?
  }

  /// A parser at the start of a stream; `tooLarge` makes the failure for an event of more than `eventMax` bytes.
  package init(eventMax: Int, tooLarge: @escaping @Sendable (_ eventMax: Int) -> Failure) {
    self.eventMax = eventMax
    self.tooLarge = tooLarge
  }

  /// Takes the next bytes and hands over the events they complete.
  ///
  /// - Throws: The failure for an event that is too large, or what the handler throws; the stream is of no more use then.
  package mutating func feed(_ bytes: Span<UInt8>, _ handle: Handler) throws(Failure) {
    var place = skipByteOrderMark(bytes)
    if endedWithReturn, place < bytes.count {
      if bytes[place] == lineFeed { place += 1 }
      endedWithReturn = false
    }
    if !line.isEmpty {
      guard let end = bytes.lineEnd(from: place) else { return try keepLine(bytes.extracting(place..<bytes.count)) }
      try keepLine(bytes.extracting(place..<end))
      place = next(after: end, in: bytes)
      try finishKeptLine()
    }
    var standing = Standing()
    while let end = bytes.lineEnd(from: place) {
      if end > place {
        try take(bytes, place..<end, &standing)
      } else {
        try dispatch(bytes, standing, handle)
        standing = Standing()
      }
      place = next(after: end, in: bytes)
    }
    keep(standing, of: bytes)
    if place < bytes.count { try keepLine(bytes.extracting(place..<bytes.count)) }
  }

  /// Takes the end of the stream and hands over an event that was complete but for its blank line.
  ///
  /// - Throws: What the handler throws.
  package mutating func finish(_ handle: Handler) throws(Failure) {
    try finishKeptLine()
    try dispatch([UInt8]().span, Standing(), handle)
  }

  /// Notes the field in a line that lies whole in the bytes being fed.
  private mutating func take(_ bytes: Span<UInt8>, _ range: Range<Int>, _ standing: inout Standing)
    throws(Failure)
  {
    guard let field = Field(bytes, range) else { return }
    switch field {
    case .event(let value): standing.name = value
    case .data(let value) where standing.data == nil && kept.data == nil: standing.data = value
    case .data(let value):
      if let first = standing.data { keepData(bytes.extracting(first)) }
      standing.data = nil
      keepData(bytes.extracting(value))
    // One with a zero byte is none, as it could not be sent back.
    case .id(let value) where !value.contains(where: { bytes[$0] == 0 }):
      newID = []
      newID?.append(copying: bytes.extracting(value))
    case .id: break
    case .retry(let value): retryMilliseconds = Int(digits: bytes.extracting(value)) ?? retryMilliseconds
    }
    try checkSize((standing.data?.count ?? 0) + (kept.data?.count ?? 0) + (newID?.count ?? 0))
  }

  /// Hands over the event that a blank line ended; one without data is none.
  private mutating func dispatch(_ bytes: Span<UInt8>, _ standing: Standing, _ handle: Handler) throws(Failure) {
    if let id = newID.take() { lastEventID = String(decoding: id, as: UTF8.self) }
    if let data = standing.data {
      if let name = standing.name {
        try handle(bytes.extracting(name), bytes.extracting(data))
      } else {
        try handle(kept.name.span, bytes.extracting(data))
      }
    } else if let data = kept.data {
      if let name = standing.name {
        try handle(bytes.extracting(name), data.span)
      } else {
        try handle(kept.name.span, data.span)
      }
    }
    if !kept.name.isEmpty { kept.name.removeAll(keepingCapacity: true) }
    if kept.data != nil { kept.data = nil }
  }

  /// Copies what stands in bytes that are about to go away.
  private mutating func keep(_ standing: Standing, of bytes: Span<UInt8>) {
    if let name = standing.name {
      kept.name.removeAll(keepingCapacity: true)
      kept.name.append(copying: bytes.extracting(name))
    }
    if let data = standing.data { keepData(bytes.extracting(data)) }
  }

  private mutating func keepData(_ value: Span<UInt8>) {
    if kept.data == nil { kept.data = [] } else { kept.data?.append(lineFeed) }
    kept.data?.append(copying: value)
  }

  private mutating func keepLine(_ piece: Span<UInt8>) throws(Failure) {
    line.append(copying: piece)
    try checkSize(line.count + (kept.data?.count ?? 0))
  }

  /// Takes the line whose pieces were kept.
  private mutating func finishKeptLine() throws(Failure) {
    guard !line.isEmpty else { return }
    var whole: [UInt8] = []
    swap(&whole, &line)
    var standing = Standing()
    try take(whole.span, 0..<whole.count, &standing)
    keep(standing, of: whole.span)
    whole.removeAll(keepingCapacity: true)
    swap(&whole, &line)
  }

  private func checkSize(_ size: Int) throws(Failure) {
    guard size > eventMax else { return }
    throw tooLarge(eventMax)
  }

  /// The start of the line behind the line end at `end`.
  private mutating func next(after end: Int, in bytes: Span<UInt8>) -> Int {
    guard bytes[end] == carriageReturn else { return end + 1 }
    guard end + 1 < bytes.count else {
      endedWithReturn = true
      return end + 1
    }
    return bytes[end + 1] == lineFeed ? end + 2 : end + 1
  }

  /// Passes over one byte order mark at the start of the stream, though it come in pieces.
  ///
  /// - Returns: Where the text begins in these bytes.
  private mutating func skipByteOrderMark(_ bytes: Span<UInt8>) -> Int {
    guard var seen = markSeen else { return 0 }
    var place = 0
    while place < bytes.count, seen < byteOrderMark.count, bytes[place] == byteOrderMark[seen] {
      place += 1
      seen += 1
    }
    if seen == byteOrderMark.count {
      markSeen = nil
      return place
    }
    guard place < bytes.count else {
      markSeen = seen
      return place
    }
    line.append(contentsOf: byteOrderMark[..<(seen - place)])
    markSeen = nil
    return 0
  }
}

/// What a line says, as far as it matters: where its value stands.
private enum Field {
  case event(Range<Int>)
  case data(Range<Int>)
  case id(Range<Int>)
  case retry(Range<Int>)

  /// The field in a line that is not blank; `nil` for a comment or a field without meaning here.
  init?(_ bytes: Span<UInt8>, _ line: Range<Int>) {
    let (length, field): (Int, (Range<Int>) -> Field)
    if bytes.holds("data", at: line.lowerBound) {
      (length, field) = (4, Field.data)
    } else if bytes.holds("event", at: line.lowerBound) {
      (length, field) = (5, Field.event)
    } else if bytes.holds("id", at: line.lowerBound) {
      (length, field) = (2, Field.id)
    } else if bytes.holds("retry", at: line.lowerBound) {
      (length, field) = (5, Field.retry)
    } else {
      return nil
    }
    var value = line.lowerBound + length
    if value < line.upperBound {
      guard bytes[value] == colon else { return nil }
      value += 1
      if value < line.upperBound, bytes[value] == space { value += 1 }
    }
    guard value <= line.upperBound else { return nil }
    self = field(value..<line.upperBound)
  }
}

extension Int {
  /// The number that these digits are; `nil` for anything else.
  fileprivate init?(digits: Span<UInt8>) {
    guard !digits.isEmpty else { return nil }
    var number = 0
    for place in digits.indices {
      let (tens, isTooLong) = number.multipliedReportingOverflow(by: 10)
      let (sum, isTooLarge) = tens.addingReportingOverflow(Int(digits[place] & 0xF))
      guard Byte.isDigit(digits[place]), !isTooLong, !isTooLarge else { return nil }
      number = sum
    }
    self = number
  }
}

private let lineFeed: UInt8 = 0x0A
private let carriageReturn: UInt8 = 0x0D
private let space: UInt8 = 0x20
private let colon: UInt8 = 0x3A
private let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
