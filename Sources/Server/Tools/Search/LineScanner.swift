internal import OperatingSystem
internal import Protocol

/// Finds the lines of a text that match, one part of the text after the other.
final class LineScanner {
  /// A line that matches.
  struct Hit {
    /// Its number, from 1.
    let number: Int
    /// Where it stands in the text, without its end.
    let line: Range<Int>
    /// Where the next line begins.
    let next: Int
    /// Where its first match ends, or where the first to end does.
    let end: Int
  }

  private let literals: [ByteLiteral]
  private let literalsMatch: Bool
  /// Whether a text that is no UTF-8 holds the literals as they are.
  private let literalsAreASCII: Bool
  private var matcher: ExpressionMatcher
  private let pace: WorkPace
  private let foundMax: Int
  private var found = 0
  /// The lines of the text that match.
  private(set) var hits: [Hit] = []
  /// The number of the line that comes next.
  private var number = 1

  init(_ expression: RegularExpression, foundMax: Int, pace: WorkPace) {
    literals = expression.required?.literals.map { ByteLiteral($0.bytes, folded: $0.folded) } ?? []
    literalsMatch = expression.required?.areMatches ?? false
    literalsAreASCII = literals.allSatisfy { $0.bytes.allSatisfy { $0 < 0x80 } }
    matcher = ExpressionMatcher(expression, pace: pace)
    self.foundMax = foundMax
    self.pace = pace
  }

  /// Begins another text.
  func begin() {
    hits = []
    number = 1
  }

  /// Whether a text could match at all, whatever it is written in.
  func couldMatch(_ text: UnsafeRawBufferPointer) throws(WorkPace.End) -> Bool {
    guard !literals.isEmpty, literalsAreASCII else { return true }
    try pace.spend(text.count)
    return literals.contains { unsafe $0.firstIndex(in: text, from: 0) != nil }
  }

  /// Searches whole lines, of which the first byte stands at `base` in the text; false when enough are found.
  func scan(_ lines: UnsafeRawBufferPointer, from start: Int = 0, base: Int) throws(WorkPace.End) -> Bool {
    try pace.spend(lines.count)
    var candidates = Candidates(literals)
    var (place, counted) = (start, start)
    while place < lines.count {
      let at: Int
      var end: Int?
      if literals.isEmpty {
        matcher.begin()
        end = try unsafe matcher.feed(lines, from: place)
        if end == nil { end = try unsafe lastLine(lines) }
        guard let match = end else { break }
        at = match
      } else {
        guard let (candidate, length) = unsafe candidates.next(in: lines, from: place) else { break }
        at = candidate
        if literalsMatch { end = candidate + length }
      }
      let before = unsafe UnsafeRawBufferPointer(rebasing: lines[place..<at])
      let first = unsafe ByteSearch.lastIndex(of: Byte.newline, in: before).map { place + $0 + 1 } ?? place
      let newline = unsafe ByteSearch.firstIndex(of: Byte.newline, in: lines, from: at)
      let stop = newline ?? lines.count
      let last = unsafe newline != nil && stop > first && lines[stop - 1] == Byte.carriageReturn ? stop - 1 : stop
      if !literals.isEmpty, !literalsMatch {
        end = try unsafe matcher.find(in: UnsafeRawBufferPointer(rebasing: lines[first..<last])).map { first + $0 }
      }
      place = stop + 1
      // A literal may end with the carriage return that is a part of the line's end.
      guard let end, end <= last else { continue }
      number += unsafe ByteSearch.count(Byte.newline, in: UnsafeRawBufferPointer(rebasing: lines[counted..<first]))
      counted = first
      let hit = Hit(number: number, line: base + first..<base + last, next: base + stop + 1, end: base + end)
      guard take(hit) else { return false }
    }
    number += unsafe ByteSearch.count(Byte.newline, in: UnsafeRawBufferPointer(rebasing: lines[counted...]))
    return true
  }

  /// Where the last line matches by its end, when it has no line feed.
  private func lastLine(_ lines: UnsafeRawBufferPointer) throws(WorkPace.End) -> Int? {
    guard unsafe lines[lines.count - 1] != Byte.newline else { return nil }
    return try matcher.finish() ? lines.count : nil
  }

  private func take(_ hit: Hit) -> Bool {
    guard found < foundMax else { return false }
    hits.append(hit)
    found += 1
    return true
  }

  // MARK: - Lines longer than what is held

  /// Begins a line that comes in parts.
  func beginLine() { matcher.begin() }

  /// Searches a part of a line; gives the place in it where a match ends.
  func scan(part: UnsafeRawBufferPointer) throws(WorkPace.End) -> Int? { try unsafe matcher.feed(part) }

  /// Passes a line over, of which is known that it does not match.
  func skipLine() { number += 1 }

  /// Ends such a line, whose first match ends at `match` if there was one yet; false when enough are found.
  func endLine(_ line: Range<Int>, next: Int, match: Int?) throws(WorkPace.End) -> Bool {
    var match = match
    if match == nil, try matcher.finish() { match = line.upperBound }
    defer { number += 1 }
    guard let match else { return true }
    return take(Hit(number: number, line: line, next: next, end: match))
  }
}

/// Where the next of some literals stands; each is looked for no more than once in every place.
private struct Candidates {
  private let literals: [ByteLiteral]
  private var places: [Int]

  init(_ literals: [ByteLiteral]) {
    self.literals = literals
    places = literals.map { _ in -1 }
  }

  mutating func next(in text: UnsafeRawBufferPointer, from start: Int) -> (place: Int, length: Int)? {
    var best: (place: Int, length: Int)?
    for (number, literal) in literals.enumerated() {
      if places[number] < start { places[number] = unsafe literal.firstIndex(in: text, from: start) ?? .max }
      if places[number] < best?.place ?? .max { best = (places[number], literal.bytes.count) }
    }
    return best
  }
}
