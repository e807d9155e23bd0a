internal import Protocol

/// A session's events for those who missed some: all of them, until a byte limit drops the oldest.
///
/// What counts against the limit is the memory that is taken, room for growth included. Deltas that follow each other share
/// one text and take 8 bytes more each; everything else is kept as JSON text, a fraction of what it takes as a value.
package struct EventLog: Sendable {
  /// Deltas of one block, one after the other.
  private struct Deltas: Sendable {
    /// Where a delta ends in the text, and when it came, in milliseconds after the first.
    struct Piece: Sendable {
      var end: UInt32
      var after: UInt32
    }

    var runId: String
    var kind: AgentEvent.DeltaKind
    var index: Int
    var firstSeq: Int
    var firstAt: Int
    var text: [UInt8] = []
    var pieces: [Piece] = []

    var bytes: Int { EventLog.entryBytes + text.capacity + pieces.capacity * MemoryLayout<Piece>.stride }

    mutating func append(_ piece: String, at time: Int) {
      text.append(contentsOf: piece.utf8)
      pieces.append(Piece(end: UInt32(clamping: text.count), after: UInt32(clamping: time - firstAt)))
    }

    /// Gives back the room for growth, once nothing more comes.
    mutating func shrink() {
      text = text.exactly
      pieces = pieces.exactly
    }

    func event(_ number: Int, sessionId: String) -> SessionEvent {
      let start = number == 0 ? 0 : Int(pieces[number - 1].end)
      let piece = String(decoding: text[start..<Int(pieces[number].end)], as: UTF8.self)
      return SessionEvent(
        sessionId: sessionId, runId: runId, seq: firstSeq + number, at: firstAt + Int(pieces[number].after),
        event: .delta(kind, index: index, text: piece))
    }
  }

  /// Any other event.
  private struct Single: Sendable {
    var runId: String
    var seq: Int
    var at: Int
    /// The event as JSON text.
    var text: [UInt8]

    var bytes: Int { EventLog.entryBytes + text.capacity }

    func event(sessionId: String) -> SessionEvent? {
      guard let json = try? JSON.parse(text), let event: AgentEvent = try? json.decode(AgentEvent.self) else {
        return nil
      }
      return SessionEvent(sessionId: sessionId, runId: runId, seq: seq, at: at, event: event)
    }
  }

  private enum Entry: Sendable {
    case deltas(Deltas)
    case single(Single)

    var firstSeq: Int {
      switch self {
      case .deltas(let deltas): deltas.firstSeq
      case .single(let single): single.seq
      }
    }

    var bytes: Int {
      switch self {
      case .deltas(let deltas): deltas.bytes
      case .single(let single): single.bytes
      }
    }
  }

  /// What an entry takes besides its texts: its place in the list, and the heads of its arrays.
  private static let entryBytes = MemoryLayout<Entry>.stride + 64

  private var entries: [Entry] = []
  /// The memory that the entries take.
  package private(set) var bytes = 0
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

  /// Numbers an event and keeps it.
  package mutating func append(_ event: AgentEvent, sessionId: String, runId: String, at time: Int) -> SessionEvent {
    lastSeq += 1
    if case .delta(let kind, let index, let text) = event {
      appendDelta(kind, index: index, text: text, runId: runId, at: time)
    } else {
      shrinkLast()
      let text = (try? JSON(encoding: event))?.serialized ?? []
      add(.single(Single(runId: runId, seq: lastSeq, at: time, text: text.exactly)))
    }
    dropOldest()
    return SessionEvent(sessionId: sessionId, runId: runId, seq: lastSeq, at: time, event: event)
  }

  /// The events after a number, at most so many.
  package func events(after seq: Int, limit: Int, sessionId: String) -> [SessionEvent] {
    var found: [SessionEvent] = []
    for entry in entries[firstEntry(after: seq)...] where found.count < limit {
      switch entry {
      case .single(let single):
        if single.seq > seq, let event = single.event(sessionId: sessionId) { found.append(event) }
      case .deltas(let deltas):
        let skipped = max(0, seq + 1 - deltas.firstSeq)
        for number in deltas.pieces.indices.dropFirst(skipped).prefix(limit - found.count) {
          found.append(deltas.event(number, sessionId: sessionId))
        }
      }
    }
    return found
  }

  private mutating func appendDelta(
    _ kind: AgentEvent.DeltaKind, index: Int, text: String, runId: String, at time: Int
  ) {
    if case .deltas(var deltas)? = entries.last, deltas.kind == kind, deltas.index == index, deltas.runId == runId,
      deltas.text.count < ServerLimits.eventLogEntryBytesMax
    {
      bytes -= deltas.bytes
      entries.removeLast()
      deltas.append(text, at: time)
      add(.deltas(deltas))
    } else {
      shrinkLast()
      var deltas = Deltas(runId: runId, kind: kind, index: index, firstSeq: lastSeq, firstAt: time)
      deltas.append(text, at: time)
      add(.deltas(deltas))
    }
  }

  private mutating func shrinkLast() {
    guard case .deltas(var deltas)? = entries.last else { return }
    bytes -= deltas.bytes
    entries.removeLast()
    deltas.shrink()
    add(.deltas(deltas))
  }

  private mutating func add(_ entry: Entry) {
    entries.append(entry)
    bytes += entry.bytes
  }

  private mutating func dropOldest() {
    var dropped = 0
    while bytes > bytesMax, dropped < entries.count - 1 {
      bytes -= entries[dropped].bytes
      dropped += 1
    }
    if dropped > 0 { entries.removeFirst(dropped) }
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

extension Array {
  /// The same elements without room for more: growing by appending leaves up to half of an array empty.
  package var exactly: [Element] {
    guard capacity > count else { return self }
    return unsafe [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      _ = unsafe buffer.initialize(from: self)
      initialized = count
    }
  }
}
