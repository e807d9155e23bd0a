internal import OperatingSystem
internal import Protocol

/// A text whose parts are looked at by where they stand.
enum TextSource {
  case bytes([UInt8])
  case file(OpenFile)

  /// How many bytes it has.
  var count: Int {
    switch self {
    case .bytes(let bytes): bytes.count
    case .file(let file): file.status.size
    }
  }

  /// A part of it; what is not there, or cannot be read, is left out.
  subscript(range: Range<Int>) -> [UInt8] {
    switch self {
    case .bytes(let bytes): Array(bytes[range.clamped(to: bytes.indices)])
    case .file(let file): (try? file.bytes(range)) ?? []
    }
  }
}

/// Lines that were found, as a model is shown them: with those around them, and of long ones the part that matches.
struct ShownLines {
  private let context: Int
  private var locator: MatchLocator
  /// All that is shown.
  private(set) var text = ""

  init(_ expression: RegularExpression, context: Int) {
    self.context = context
    locator = MatchLocator(expression)
  }

  /// Shows the lines of a text; false when there is no room for more.
  mutating func show(_ hits: [LineScanner.Hit], of source: TextSource, name: String) -> Bool {
    // What has been shown: up to which line, and where the next begins.
    var (shown, next) = (0, 0)
    for (place, hit) in hits.enumerated() {
      let before = linesBefore(hit, of: source, from: next, most: min(context, hit.number - shown - 1))
      if context > 0, !text.isEmpty, shown == 0 || hit.number - before.count > shown + 1 { text += "--\n" }
      for (back, line) in before.enumerated() {
        text += "\(name)-\(hit.number - before.count + back)- \(line)\n"
      }
      text += "\(name):\(hit.number): \(line(hit, of: source))\n"
      (shown, next) = (hit.number, hit.next)
      let following = place + 1 < hits.count ? hits[place + 1] : nil
      let most = min(context, following.map { $0.number - hit.number - 1 } ?? context)
      for line in linesBehind(hit, of: source, upTo: following?.line.lowerBound, most: most) {
        shown += 1
        text += "\(name)-\(shown)- \(line.text)\n"
        next = line.next
      }
      guard text.utf8.count <= ToolLimits.searchBytesMax else { return false }
    }
    return true
  }

  // MARK: - Lines around

  private func linesBefore(_ hit: LineScanner.Hit, of source: TextSource, from first: Int, most: Int) -> [String] {
    guard most > 0 else { return [] }
    let start = max(first, hit.line.lowerBound - ToolLimits.contextBytesMax)
    var lines = source[start..<hit.line.lowerBound].split(separator: Byte.newline, omittingEmptySubsequences: false)
    _ = lines.popLast()
    let isCut = start > first && lines.count <= most
    return lines.suffix(most).enumerated().map { place, line in
      Self.shown(line, isCut: isCut && place == 0)
    }
  }

  private func linesBehind(
    _ hit: LineScanner.Hit, of source: TextSource, upTo last: Int?, most: Int
  ) -> [(text: String, next: Int)] {
    let end = min(last ?? .max, source.count, hit.next + ToolLimits.contextBytesMax)
    guard most > 0, end > hit.next else { return [] }
    let bytes = source[hit.next..<end]
    var lines: [(String, Int)] = []
    var place = 0
    while lines.count < most, place < bytes.count {
      let end = bytes[place...].firstIndex(of: Byte.newline) ?? bytes.count
      lines.append((Self.shown(bytes[place..<end]), hit.next + end + 1))
      place = end + 1
    }
    return lines
  }

  /// A line beside one that was found; of a long one its beginning, or its end where only that is there.
  private static func shown(_ line: ArraySlice<UInt8>, isCut: Bool = false) -> String {
    let line = line.last == Byte.carriageReturn ? line.dropLast() : line
    if isCut {
      let start = UTF8Cut.behind(max(line.startIndex, line.endIndex - ToolLimits.besideBytesMax), in: line)
      return "[… a long line] " + String(decoding: line[start...], as: UTF8.self)
    }
    guard line.count > ToolLimits.lineBytesMax else { return String(decoding: line, as: UTF8.self) }
    let end = UTF8Cut.before(line.startIndex + ToolLimits.besideBytesMax, in: line)
    return String(decoding: line[..<end], as: UTF8.self) + " [… a long line]"
  }

  // MARK: - The line

  /// The line that matches; of a long one what is around its match, with how much is left out on either side.
  private mutating func line(_ hit: LineScanner.Hit, of source: TextSource) -> String {
    let line = hit.line
    guard line.count > ToolLimits.lineBytesMax else { return String(decoding: source[line], as: UTF8.self) }
    let start = max(line.lowerBound, hit.end - ToolLimits.matchBytesLooked)
    let near = source[start..<min(line.upperBound, hit.end + ToolLimits.aroundMatchMax)]
    let place = UTF8Cut.behind(0, in: near[...])
    let found = begin(of: near[place...], isStart: start == line.lowerBound, end: hit.end - start) ?? 0
    // What was searched a moment ago may have been cut off since.
    let match = min(near.count, place + found)
    let first = UTF8Cut.behind(max(place, match - ToolLimits.beforeMatchMax), in: near[...])
    let last = UTF8Cut.before(min(near.count, first + ToolLimits.aroundMatchMax), in: near[...])
    let (skipped, left) = (start + first - line.lowerBound, line.upperBound - start - last)
    return (skipped > 0 ? "[… \(skipped) bytes before] " : "")
      + String(decoding: near[first..<last], as: UTF8.self) + (left > 0 ? " [… \(left) bytes behind]" : "")
  }

  /// Where the match that ends at a place begins, in a part of a line that may not hold all of it.
  private mutating func begin(of part: ArraySlice<UInt8>, isStart: Bool, end: Int) -> Int? {
    let span = part.span
    let found = locator.find(in: span, isStart: isStart, isEnd: true)
    // Without its beginning the match is shown by its end.
    return found ?? max(0, end - part.startIndex - ToolLimits.besideBytesMax)
  }
}
