package import Protocol

/// A session's events for those who missed some: all of them, until a byte limit drops the oldest.
///
/// Deltas that follow each other share one text and keep 24 bytes each, so that a long answer costs little more than its text.
/// Everything else is kept as the bytes that were sent: a fraction of what it takes as a value.
package struct EventLog: Sendable {
  private struct Deltas: Sendable {
    var runId: String
    var kind: Happening.DeltaKind
    var index: Int
    var firstSeq: Int
    var text: [UInt8] = []
    var ends: [Int] = []
    var times: [Int] = []

    mutating func append(_ piece: String, at time: Int) {
      text.append(contentsOf: piece.utf8)
      ends.append(text.count)
      times.append(time)
    }

    func happening(_ number: Int, sessionId: String) -> NumberedHappening {
      let start = number == 0 ? 0 : ends[number - 1]
      let piece = String(decoding: text[start..<ends[number]], as: UTF8.self)
      return NumberedHappening(
        sessionId: sessionId, runId: runId, seq: firstSeq + number, at: times[number],
        happening: .delta(kind, index: index, text: piece))
    }
  }

  private enum Entry: Sendable {
    case deltas(Deltas)
    /// A notification as it was sent.
    case one(seq: Int, [UInt8])

    var firstSeq: Int {
      switch self {
      case .deltas(let deltas): deltas.firstSeq
      case .one(let seq, _): seq
      }
    }

    /// A rough size, for the limit.
    var bytes: Int {
      switch self {
      case .deltas(let deltas): 128 + deltas.text.count + 16 * deltas.ends.count
      case .one(_, let sent): 128 + sent.count
      }
    }
  }

  /// Bytes of text after which deltas start a new entry, so that the oldest can go piece by piece.
  private static let entryTextMax = 256 * 1024

  private var entries: [Entry] = []
  private var bytes = 0
  private let bytesMax: Int
  /// The number of the last event; 0 when there was none.
  package private(set) var lastSeq: Int

  /// An empty log.
  package init(bytesMax: Int = ServerLimits.eventLogBytesMax, lastSeq: Int = 0) {
    self.bytesMax = bytesMax
    self.lastSeq = lastSeq
  }

  /// The number of the oldest event that is kept, or of the next one when none is.
  package var oldestSeq: Int { entries.first?.firstSeq ?? lastSeq + 1 }

  /// Numbers a happening and keeps it.
  package mutating func append(_ happening: Happening, sessionId: String, runId: String, at time: Int)
    -> NumberedHappening
  {
    lastSeq += 1
    let numbered = NumberedHappening(
      sessionId: sessionId, runId: runId, seq: lastSeq, at: time, happening: happening)
    if case .delta(let kind, let index, let text) = happening {
      appendDelta(kind, index: index, text: text, runId: runId, at: time)
    } else {
      var writer = JSONWriter()
      numbered.write(to: &writer)
      add(.one(seq: lastSeq, writer.bytes))
    }
    while bytes > bytesMax, entries.count > 1 { bytes -= entries.removeFirst().bytes }
    return numbered
  }

  /// The events after a number, at most so many, as the notifications that told of them.
  package func events(after seq: Int, limit: Int, sessionId: String) -> [JSON] {
    var found: [JSON] = []
    for entry in entries[firstEntry(after: seq)...] where found.count < limit {
      switch entry {
      case .one(let number, let sent):
        if number > seq { found.append((try? JSON.parse(sent)) ?? .null) }
      case .deltas(let deltas):
        let skipped = max(0, seq + 1 - deltas.firstSeq)
        for number in deltas.ends.indices.dropFirst(skipped).prefix(limit - found.count) {
          found.append(deltas.happening(number, sessionId: sessionId).json)
        }
      }
    }
    return found
  }

  private mutating func appendDelta(
    _ kind: Happening.DeltaKind, index: Int, text: String, runId: String, at time: Int
  ) {
    if case .deltas(var deltas)? = entries.last, deltas.kind == kind, deltas.index == index, deltas.runId == runId,
      deltas.text.count < Self.entryTextMax
    {
      entries.removeLast()
      deltas.append(text, at: time)
      entries.append(.deltas(deltas))
      bytes += text.utf8.count + 16
    } else {
      var deltas = Deltas(runId: runId, kind: kind, index: index, firstSeq: lastSeq)
      deltas.append(text, at: time)
      add(.deltas(deltas))
    }
  }

  private mutating func add(_ entry: Entry) {
    entries.append(entry)
    bytes += entry.bytes
  }

  /// The entry that holds the event after a number, by halving.
  private func firstEntry(after seq: Int) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].firstSeq <= seq { low = middle + 1 } else { high = middle }
    }
    return max(0, low - 1)
  }
}
