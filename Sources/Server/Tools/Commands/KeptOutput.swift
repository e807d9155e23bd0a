internal import Protocol

/// A command's output as far as it is kept: its beginning and its end, whatever lies between.
struct KeptOutput: Sendable {
  private var head: [UInt8] = []
  /// The last bytes, oldest at `tailStart` once it is full.
  private var tail: [UInt8] = []
  private var tailStart = 0
  private let headMax: Int
  private let tailMax: Int
  /// How many bytes there were.
  private(set) var count = 0

  /// Whether some of them are not kept.
  var isCut: Bool { count > headMax + tailMax }

  /// The bytes; `nil` where some of them are not kept.
  var whole: [UInt8]? { isCut ? nil : head + tail[tailStart...] + tail[..<tailStart] }

  init(headMax: Int = ToolLimits.outputHeadMax, tailMax: Int = ToolLimits.outputTailMax) {
    self.headMax = headMax
    self.tailMax = tailMax
  }

  /// Takes more output.
  mutating func append(_ bytes: ArraySlice<UInt8>) {
    count += bytes.count
    let taken = min(headMax - head.count, bytes.count)
    head += bytes.prefix(taken)
    var rest = bytes.dropFirst(taken).suffix(tailMax)
    // Of a piece as long as the tail only its end will be left.
    guard rest.count < tailMax else { return (tail, tailStart) = (Array(rest), 0) }
    let new = rest.prefix(tailMax - tail.count)
    tail += new
    rest = rest[new.endIndex...]
    while !rest.isEmpty {
      let over = rest.prefix(tailMax - tailStart)
      tail.replaceSubrange(tailStart..<tailStart + over.count, with: over)
      tailStart = (tailStart + over.count) % tailMax
      rest = rest[over.endIndex...]
    }
  }

  /// The output for a model, with a line that says how much is left out.
  var text: String {
    var end = Array(tail[tailStart...] + tail[..<tailStart])
    let left = count - head.count - end.count
    guard left > 0 else { return Self.text(head + end) }
    // The cut is moved to where lines end, or at least characters.
    var begin = head
    if let newline = begin.lastIndex(of: Byte.newline), newline > headMax / 2 { begin.removeSubrange((newline + 1)...) }
    begin.removeSubrange(UTF8Cut.wholeCharacters(begin[...])...)
    if let newline = end.firstIndex(of: Byte.newline), newline < tailMax / 2 { end.removeSubrange(...newline) }
    end.removeFirst(UTF8Cut.behind(0, in: end[...]))
    let missing = count - begin.count - end.count
    let lineEnd = begin.last == Byte.newline ? "" : "\n"
    return Self.text(begin) + lineEnd + "[… \(missing) bytes left out …]\n" + Self.text(end)
  }

  /// Zero bytes are shown as what is no character: they are no text, and not everything on the way to a model takes them.
  private static func text(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.map { $0 == 0 ? 0xFF : $0 }, as: UTF8.self)
  }
}

/// Shows a command's output while it comes, at a bounded rate and up to a bounded size.
struct ShownOutput {
  private var waiting: [UInt8] = []
  private var shown = 0
  private var lastMs: Int
  private let report: (ToolProgress) -> Void

  init(now: Int, report: @escaping (ToolProgress) -> Void) {
    lastMs = now - ToolLimits.outputDeltaMs
    self.report = report
  }

  /// Takes more output, and shows it when it is time.
  mutating func append(_ bytes: ArraySlice<UInt8>, now: Int) {
    let room = ToolLimits.outputShownMax - shown - waiting.count
    waiting += bytes.prefix(max(0, room))
    if dueMs(now: now) == 0 { flush(now: now, isLast: false) }
  }

  /// Milliseconds until there is something to show; `nil` when nothing waits.
  func dueMs(now: Int) -> Int? {
    guard !waiting.isEmpty, shown < ToolLimits.outputShownMax else { return nil }
    return max(0, lastMs + ToolLimits.outputDeltaMs - now)
  }

  /// Shows what waits, up to the size of one piece; at the end, all of it.
  mutating func flush(now: Int, isLast: Bool) {
    repeat {
      var end = min(waiting.count, ToolLimits.outputDeltaMax)
      // A character that is not whole yet waits for its rest.
      if end < waiting.count || !isLast { end = UTF8Cut.wholeCharacters(waiting[..<end]) }
      guard end > 0 else { break }
      report(.output(String(decoding: waiting[..<end], as: UTF8.self)))
      waiting.removeFirst(end)
      shown += end
      if shown + UTF8Cut.longest > ToolLimits.outputShownMax {
        report(.output("\n[more output is not shown while the command runs]\n"))
        shown = ToolLimits.outputShownMax
        waiting = []
      }
    } while isLast && !waiting.isEmpty
    lastMs = now
  }
}
