internal import Protocol

/// One line of a terminal: what was written in it last, column by column.
///
/// As long as nothing was written over, it is the bytes as they came; columns are counted only then.
struct TerminalRow {
  /// What takes no column of its own: the right half of a wide character, or a tab's way to its stop.
  private static let filler = UInt32.max
  private static let blank = UInt32(UInt8(ascii: " "))
  private static let tab: UInt32 = 9

  /// The line, while it was only added to.
  private var bytes: [UInt8] = []
  /// The scalar that begins at each column, once something was written over.
  private var cells: [UInt32]?
  /// What combines with the scalar at a column.
  private var marks: [Int: [UInt32]] = [:]

  /// Its size, in bytes or columns.
  var count: Int { cells?.count ?? bytes.count }
  var isEmpty: Bool { count == 0 }

  /// The line as text.
  var text: [UInt8] {
    guard let cells else { return bytes }
    var text: [UInt8] = []
    for (column, scalar) in cells.enumerated() where scalar != Self.filler {
      Self.append(scalar, to: &text)
      for mark in marks[column] ?? [] { Self.append(mark, to: &text) }
    }
    return text
  }

  /// Adds bytes at the end of a line that was only added to; false when it was written over.
  mutating func append(_ more: ArraySlice<UInt8>) -> Bool {
    guard cells == nil else { return false }
    bytes += more
    return true
  }

  /// Adds a scalar at the end of a line that was only added to; false when it was written over.
  mutating func append(_ scalar: UInt32) -> Bool {
    guard cells == nil else { return false }
    Self.append(scalar, to: &bytes)
    return true
  }

  /// How many columns it takes; from now on they are counted.
  mutating func columns() -> Int {
    if let cells { return cells.count }
    cells = []
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars { write(scalar.value, at: cells?.count ?? 0) }
    bytes = []
    return count
  }

  /// Writes a scalar at a column, over what is there.
  ///
  /// - Returns: The column behind it.
  @discardableResult
  mutating func write(_ scalar: UInt32, at column: Int) -> Int {
    fill(to: column)
    let width =
      scalar == Self.tab ? ToolLimits.terminalTab - column % ToolLimits.terminalTab : Self.width(of: scalar)
    guard width > 0 else {
      mark(scalar, before: column)
      return column
    }
    // Over what is there a tab only moves.
    guard scalar != Self.tab || column == count else {
      fill(to: column + width)
      return column + width
    }
    erase(column..<column + width)
    fill(to: column + width)
    cells?[column] = scalar
    for filled in column + 1..<column + width { cells?[filled] = Self.filler }
    return column + width
  }

  private mutating func mark(_ scalar: UInt32, before column: Int) {
    guard let base = cells?[..<column].lastIndex(where: { $0 != Self.filler }) else { return }
    guard marks[base, default: []].count < ToolLimits.terminalMarksMax else { return }
    marks[base, default: []].append(scalar)
  }

  /// Makes columns blank; half a wide character goes whole.
  mutating func erase(_ range: Range<Int>) {
    _ = columns()
    let range = range.clamped(to: 0..<count)
    guard var cells, !range.isEmpty else { return }
    self.cells = nil
    var (start, end) = (range.lowerBound, range.upperBound)
    while start > 0, cells[start] == Self.filler { start -= 1 }
    while end < cells.count, cells[end] == Self.filler { end += 1 }
    for column in start..<end {
      cells[column] = Self.blank
      marks[column] = nil
    }
    self.cells = cells
  }

  /// Ends the line at a column.
  mutating func cut(at column: Int) {
    guard column < columns() else { return }
    erase(column..<count)
    cells?.removeSubrange(column...)
  }

  /// Takes columns out; what is behind them moves up.
  mutating func remove(_ range: Range<Int>) {
    erase(range)
    let range = range.clamped(to: 0..<count)
    move(from: range.upperBound, by: -range.count)
    cells?.removeSubrange(range)
  }

  /// Puts blank columns in; what is behind them moves away.
  mutating func insert(_ blanks: Int, at column: Int) {
    guard column < columns() else { return }
    erase(column..<column)
    if cells?[column] == Self.filler { erase(column..<column + 1) }
    move(from: column, by: blanks)
    cells?.insert(contentsOf: repeatElement(Self.blank, count: blanks), at: column)
  }

  private mutating func move(from column: Int, by distance: Int) {
    guard !marks.isEmpty else { return }
    marks = Dictionary(uniqueKeysWithValues: marks.map { ($0 >= column ? $0 + distance : $0, $1) })
  }

  private mutating func fill(to column: Int) {
    let missing = column - columns()
    if missing > 0 { cells?.append(contentsOf: repeatElement(Self.blank, count: missing)) }
  }

  private static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
    bytes += UTF8.encode(Unicode.Scalar(scalar) ?? "\u{FFFD}") ?? UTF8.encodedReplacementCharacter
  }

  /// How many columns a scalar takes.
  private static func width(of scalar: UInt32) -> Int {
    guard scalar >= 0x300, let found = Unicode.Scalar(scalar) else { return 1 }
    if wide.contains(where: { $0.contains(scalar) }) { return 2 }
    switch found.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: return found.properties.isEmojiPresentation ? 2 : 1
    }
  }

  /// The larger part of what is wide by Unicode's East Asian Width; emoji say so themselves.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
    0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD,
  ]
}
