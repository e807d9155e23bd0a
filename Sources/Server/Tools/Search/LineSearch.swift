internal import OperatingSystem
internal import Protocol
internal import Providers

/// Searches files line by line.
///
/// A file is read in pieces, of which one is held at a time; only what is written in another encoding than UTF-8 is held
/// whole. A line of any length is searched.
struct LineSearch {
  private let scanner: LineScanner
  private let pace: WorkPace
  private let foundMax: Int
  private var piece = [UInt8](repeating: 0, count: ToolLimits.searchPiece)
  private var shown: ShownLines
  /// Texts that are too large to be decoded.
  private var notDecoded: [String] = []
  /// Why the search ended before all was searched.
  private var cut: String?

  init(_ expression: RegularExpression, context: Int, foundMax: Int, pace: WorkPace) {
    self.foundMax = foundMax
    self.pace = pace
    scanner = LineScanner(expression, foundMax: foundMax, pace: pace)
    shown = ShownLines(expression, context: context)
  }

  /// Whether anything was found.
  var hasFound: Bool { !shown.text.isEmpty }

  /// What was found, with what the reader should know.
  func output(notes: [String]) -> String {
    let large = notDecoded.map { "[\($0) is too large to be decoded, and was not searched]" }
    return shown.text + (large + notes + [cut].compactMap(\.self)).joined(separator: "\n")
  }

  /// Searches a file, and tells whether to go on with others; in what cannot be read nothing is found.
  ///
  /// - Throws: ``ToolError/cancelled``.
  mutating func search(_ file: OpenFile, name: () -> String) throws(ToolError) -> Bool {
    scanner.begin()
    var source = TextSource.file(file)
    do throws(WorkPace.End) {
      let goesOn = try scan(file, &source)
      if !goesOn { cut = "[more than \(foundMax) lines fit; use a narrower pattern, or a larger max_results]" }
    } catch {
      if case .cancelled = error { throw .cancelled }
      cut = "[\(WorkPace.overNote); search a folder further down, or for something simpler]"
    }
    if file.status.size > ToolLimits.fileBytesMax, TextHead.isMarkedWide(piece[...]),
      notDecoded.count < ToolLimits.unreadableShown
    {
      notDecoded.append(name())
    }
    guard !scanner.hits.isEmpty else { return cut == nil }
    let name = name()
    if !shown.show(scanner.hits, of: source, name: name) { cut = "[the answer is full; use a narrower pattern]" }
    return cut == nil
  }

  /// Finds the lines that match, and what they stand in; false when there are more than wanted.
  private mutating func scan(_ file: OpenFile, _ source: inout TextSource) throws(WorkPace.End) -> Bool {
    guard let count = fill(from: file, at: 0), count > 0 else { return true }
    let isWhole = count < piece.count
    guard !TextHead.isWide(piece[..<count]) else { return try scanDecoded(file, &source) }
    if isWhole, !(try couldMatch(count)) { return true }
    guard TextHead.isUTF8(piece[..<count], isWhole: isWhole), !TextHead.mayShift(piece[..<count]) else {
      // What is too large to be decoded is searched as it is; its ASCII is found.
      guard file.status.size > ToolLimits.fileBytesMax else { return try scanDecoded(file, &source) }
      return try scanPieces(of: file, count: count, start: 0)
    }
    let start = TextHead.markLength(piece[..<count])
    if isWhole { Self.endMacLines(&piece, count) }
    guard isWhole else { return try scanPieces(of: file, count: count, start: start) }
    let goesOn = try scanLines(count, from: start, base: 0)
    if !scanner.hits.isEmpty { source = .bytes(Array(piece[..<count])) }
    return goesOn
  }

  /// Gives a text without any line feed, as old Macs wrote them, lines that are found.
  private static func endMacLines(_ text: inout [UInt8], _ count: Int) {
    let hasOnlyReturns = unsafe text.withBytes { bytes in
      let text = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<count])
      return unsafe ByteSearch.firstIndex(of: Byte.newline, in: text, from: 0) == nil
        && ByteSearch.firstIndex(of: Byte.carriageReturn, in: text, from: 0) != nil
    }
    guard hasOnlyReturns else { return }
    for place in 0..<count where text[place] == Byte.carriageReturn { text[place] = Byte.newline }
  }

  /// Whether the first bytes of the piece could hold a match.
  private func couldMatch(_ count: Int) throws(WorkPace.End) -> Bool {
    try unsafe piece.withBytes { piece throws(WorkPace.End) in
      try unsafe scanner.couldMatch(UnsafeRawBufferPointer(rebasing: piece[..<count]))
    }
  }

  /// Searches a text that has to be decoded first.
  private func scanDecoded(_ file: OpenFile, _ source: inout TextSource) throws(WorkPace.End) -> Bool {
    guard let bytes = try? file.read(max: ToolLimits.fileBytesMax),
      var text = TextEncoding.decode(bytes)?.text, !text.isEmpty
    else { return true }
    Self.endMacLines(&text, text.count)
    source = .bytes(text)
    try pace.spend(text.count)
    return try unsafe text.withBytes { text throws(WorkPace.End) in try unsafe scanner.scan(text, base: 0) }
  }

  /// Searches the first lines of the piece.
  private func scanLines(_ count: Int, from start: Int, base: Int) throws(WorkPace.End) -> Bool {
    try unsafe piece.withBytes { piece throws(WorkPace.End) in
      try unsafe scanner.scan(UnsafeRawBufferPointer(rebasing: piece[..<count]), from: start, base: base)
    }
  }

  /// Reads a piece; gives how many bytes it has, which are all when the file does not end there.
  private mutating func fill(from file: OpenFile, at offset: Int) -> Int? {
    try? file.read(at: offset, into: &piece)
  }

  /// Searches a file piece by piece; the first one is there.
  private mutating func scanPieces(of file: OpenFile, count: Int, start: Int) throws(WorkPace.End) -> Bool {
    var (base, start, count) = (0, start, count)
    while count > 0 {
      guard count == piece.count else { return try scanLines(count, from: start, base: base) }
      if let newline = lastNewline, newline >= start {
        guard try scanLines(newline + 1, from: start, base: base) else { return false }
        base += newline + 1
      } else {
        guard let next = try scanLongLine(of: file, from: base + start) else { return false }
        base = next
      }
      start = 0
      count = fill(from: file, at: base) ?? 0
    }
    return true
  }

  private var lastNewline: Int? {
    unsafe piece.withUnsafeBytes { unsafe ByteSearch.lastIndex(of: Byte.newline, in: $0) }
  }

  /// Searches a line that is longer than a piece; gives where the next one begins, `nil` when enough are found.
  private mutating func scanLongLine(of file: OpenFile, from start: Int) throws(WorkPace.End) -> Int? {
    let line = try lookAt(longLineOf: file, from: start)
    scanner.beginLine()
    guard line.couldMatch else {
      scanner.skipLine()
      return line.next
    }
    var base = start
    var match: Int?
    while match == nil, base < line.end, let count = fill(from: file, at: base), count > 0 {
      let left = min(count, line.end - base)
      let part = base + left == line.end ? left : UTF8Cut.wholeCharacters(piece[..<left])
      match = try unsafe piece.withBytes { piece throws(WorkPace.End) in
        try unsafe scanner.scan(part: UnsafeRawBufferPointer(rebasing: piece[..<part]))
      }.map { base + $0 }
      // A file that was cut off meanwhile may end within a character.
      guard part > 0 else { break }
      base += part
    }
    return try scanner.endLine(start..<line.end, next: line.next, match: match) ? line.next : nil
  }

  /// Where a long line ends, where the next one begins, and whether it holds what a match must.
  private mutating func lookAt(
    longLineOf file: OpenFile, from start: Int
  ) throws(WorkPace.End) -> (end: Int, next: Int, couldMatch: Bool) {
    var base = start
    var couldMatch = false
    while true {
      let count = fill(from: file, at: base) ?? 0
      let newline = unsafe piece.withBytes { piece in
        unsafe ByteSearch.firstIndex(of: Byte.newline, in: UnsafeRawBufferPointer(rebasing: piece[..<count]), from: 0)
      }
      let end = newline ?? count
      try pace.spend(end)
      if !couldMatch { couldMatch = try self.couldMatch(end) }
      guard newline != nil || count < piece.count else {
        // A literal may begin in one piece and end in the next, and so may the line's end.
        base += count - ToolLimits.literalBytesMax
        continue
      }
      let hasReturn = newline != nil && end > 0 && piece[end - 1] == Byte.carriageReturn
      return (base + (hasReturn ? end - 1 : end), base + (newline.map { $0 + 1 } ?? count), couldMatch)
    }
  }
}

/// What the beginning of a file tells of how its text is written.
private enum TextHead {
  /// Whether characters may have two bytes or four each, or the file is no text.
  static func isWide(_ bytes: ArraySlice<UInt8>) -> Bool {
    if isMarkedWide(bytes) { return true }
    return unsafe bytes.prefix(EncodingLimits.binaryProbe).withUnsafeBytes {
      unsafe ByteSearch.firstIndex(of: 0, in: $0, from: 0) != nil
    }
  }

  /// Whether UTF-16's mark says so, or UTF-32's little endian one.
  static func isMarkedWide(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
  }

  static func isUTF8(_ bytes: ArraySlice<UInt8>, isWhole: Bool) -> Bool {
    let whole = isWhole ? bytes : bytes.prefix(UTF8Cut.wholeCharacters(bytes))
    return unsafe whole.withUnsafeBufferPointer { unsafe (try? UTF8Span(validating: $0.span)) != nil }
  }

  /// Whether characters may stand behind an escape, as in ISO-2022-JP, where all bytes are ASCII.
  static func mayShift(_ bytes: ArraySlice<UInt8>) -> Bool {
    unsafe bytes.withUnsafeBytes { unsafe ByteSearch.firstIndex(of: 0x1B, in: $0, from: 0) != nil }
  }

  /// How many bytes UTF-8's mark takes.
  static func markLength(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.starts(with: Byte.byteOrderMark) ? Byte.byteOrderMark.count : 0
  }
}
