internal import Providers

/// Searches texts line by line, and puts together what is shown of them.
struct LineSearch: Sendable {
  private let expression: RegularExpression
  private let context: Int
  private let foundMax: Int
  private var stepsLeft = ToolLimits.searchStepsMax
  private var found = 0
  private var text = ""
  /// Why the search ended before all was searched.
  private var cut: String?

  init(expression: RegularExpression, context: Int, foundMax: Int) {
    self.expression = expression
    self.context = context
    self.foundMax = foundMax
  }

  /// Searches a file's content, and tells whether to go on with others.
  mutating func search(_ bytes: [UInt8], name: String) -> Bool {
    guard holdsRequired(bytes), let (text, _) = TextEncoding.decode(bytes) else { return true }
    let lines = TextLines(text)
    let hits = self.hits(in: lines)
    show(hits, of: lines, name: name)
    return cut == nil
  }

  /// Whether the bytes could hold a match at all; files in UTF-16 are not judged by bytes.
  private func holdsRequired(_ bytes: [UInt8]) -> Bool {
    if expression.required.isEmpty || bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      return true
    }
    // What is not ASCII may be Latin-1 in the file.
    guard expression.required.allSatisfy({ $0 < 0x80 }) else { return true }
    return !TextEditing.occurrences(of: expression.required, in: bytes, most: 1).isEmpty
  }

  /// The numbers of the lines that match.
  private mutating func hits(in lines: TextLines) -> [Int] {
    var hits: [Int] = []
    var matcher = ExpressionMatcher(expression)
    let span = lines.text.span
    for (number, range) in candidates(lines) {
      guard matcher.steps < stepsLeft else {
        cut = "[the search took too many steps and was ended; use a simpler pattern, or search fewer files]"
        break
      }
      guard matcher.find(in: span.extracting(range)) != nil else { continue }
      guard found < foundMax else {
        cut = "[more than \(foundMax) lines fit; use a narrower pattern, or a larger max_results]"
        break
      }
      hits.append(number)
      found += 1
    }
    stepsLeft -= matcher.steps
    return hits
  }

  /// The lines that could match.
  private func candidates(_ lines: TextLines) -> [(Int, Range<Int>)] {
    guard !expression.required.isEmpty else { return Array(zip(lines.ranges.indices, lines.ranges)) }
    var chosen: [(Int, Range<Int>)] = []
    var line = 0
    for place in TextEditing.occurrences(of: expression.required, in: lines.text) {
      while line < lines.ranges.count, lines.ranges[line].upperBound <= place { line += 1 }
      guard line < lines.ranges.count else { break }
      if chosen.last?.0 != line, lines.ranges[line].contains(place) { chosen.append((line, lines.ranges[line])) }
    }
    return chosen
  }

  private mutating func show(_ hits: [Int], of lines: TextLines, name: String) {
    var shownTo = -1
    for hit in hits {
      let first = max(shownTo + 1, hit - context)
      if context > 0, !text.isEmpty, first > shownTo + 1 || shownTo < 0 { text += "--\n" }
      for number in first...max(first, hit + context) where number < lines.ranges.count {
        guard number > shownTo else { continue }
        let mark = hits.contains(number) ? ":" : "-"
        text += "\(name)\(mark)\(number + 1)\(mark) \(lines.shown(number))\n"
        shownTo = number
        guard text.utf8.count <= ToolLimits.searchBytesMax else {
          cut = "[the answer is full; use a narrower pattern]"
          return
        }
      }
    }
  }

  /// What was found, with what the reader should know.
  func output(notes: [String]) -> String { text + (notes + [cut].compactMap(\.self)).joined(separator: "\n") }
}
