internal import Protocol

/// What a person would see in the end of what a command writes to a terminal, as text.
///
/// Control sequences act or go (ECMA-48, and what xterm adds to it); of what was written over, the last remains; colours and
/// titles are left out. Lines are as long as they are, and the last ``ToolLimits/terminalRows`` can still be changed: those
/// before them are settled. How the bytes are cut into pieces makes no difference.
package struct TerminalText {
  /// Where a sequence stands.
  private enum Mode {
    case text
    case escape
    /// A sequence with intermediate bytes, which sets what nobody sees here.
    case setting
    case control([UInt8])
    /// A string for the terminal itself: a title, a link, an image.
    case string(Kind, count: Int, isEnding: Bool)
  }

  private enum Kind { case operatingSystem, other }

  private var decoder = OutputDecoder()
  private var mode = Mode.text
  private var rows = [TerminalRow()]
  private var row = 0
  /// The column to write at; `nil` at the end of a row.
  private var column: Int?
  private var saved: (line: Int, column: Int)?
  /// How many lines are settled.
  private var lines = 0
  private var settled: [UInt8] = []

  /// A terminal on which nothing stands.
  package init() {}

  /// What of the bytes is no text, for the model.
  package var remarks: [String] { decoder.remarks }

  /// Takes more output.
  package mutating func feed(_ bytes: ArraySlice<UInt8>) {
    var place = bytes.startIndex
    while place < bytes.endIndex {
      if case .text = mode, decoder.isBetweenCharacters {
        let rest = bytes[place...]
        let plain = rest.prefix(rest.span.plainEnd(from: 0))
        write(plain)
        place = plain.endIndex
      }
      guard place < bytes.endIndex else { return }
      for scalar in decoder.scalars(of: bytes[place]) { take(scalar) }
      place += 1
    }
  }

  /// The text that can change no more, since it was last taken.
  package mutating func take() -> [UInt8] {
    defer { settled.removeAll(keepingCapacity: true) }
    return settled
  }

  /// Ends the stream: all of the text is settled.
  package mutating func finish() {
    for scalar in decoder.finish() { take(scalar) }
    spill()
  }
}

// MARK: - Sequences

extension TerminalText {
  private mutating func take(_ scalar: UInt32) {
    switch mode {
    case .text: text(scalar)
    case .escape: escape(scalar)
    case .setting:
      if scalar < 0x20 || scalar > 0x7E { leave(with: scalar) } else if scalar >= 0x30 { mode = .text }
    case .control(var given):
      switch scalar {
      case 0x20...0x3F where given.count < ToolLimits.terminalParametersMax:
        given.append(UInt8(scalar))
        mode = .control(given)
      case 0x40...0x7E:
        mode = .text
        control(UInt8(scalar), given)
      default: leave(with: scalar)
      }
    case .string(let kind, let count, let isEnding): string(scalar, kind, count, isEnding)
    }
  }

  /// A sequence that is none after all: what does not belong to it counts by itself.
  private mutating func leave(with scalar: UInt32) {
    mode = .text
    text(scalar)
  }

  private mutating func string(_ scalar: UInt32, _ kind: Kind, _ count: Int, _ isEnding: Bool) {
    if isEnding {
      mode = .escape
      return scalar == 0x5C ? mode = .text : escape(scalar)
    }
    switch scalar {
    case 0x07, 0x18, 0x1A, 0x9C: mode = .text
    case 0x1B: mode = .string(kind, count: count, isEnding: true)
    // No title and no link has more than a line, and what was begun by mistake must not take all with it.
    case 0x0A where kind == .operatingSystem: leave(with: scalar)
    default: mode = count < ToolLimits.terminalStringMax ? .string(kind, count: count + 1, isEnding: false) : .text
    }
  }

  private mutating func escape(_ scalar: UInt32) {
    mode = .text
    switch scalar {
    case 0x1B: mode = .escape
    case 0x20...0x2F: mode = .setting
    case 0x37: save()
    case 0x38: restore()
    case 0x63: clear()
    case 0x6B: mode = .string(.operatingSystem, count: 0, isEnding: false)
    // The others of this form are the C1 controls in two bytes.
    case 0x40...0x5F: text(scalar + 0x40)
    case 0x30...0x7E: break
    default: text(scalar)
    }
  }

  private mutating func text(_ scalar: UInt32) {
    switch scalar {
    case 0x08: move(to: (column ?? rows[row].columns()) - 1)
    case 0x09: write(scalar)
    case 0x0A...0x0C, 0x85: newLine()
    case 0x0D: column = rows[row].isEmpty ? nil : 0
    case 0x1B: mode = .escape
    case 0x84: down(1)
    case 0x8D: up(1)
    case 0x9B: mode = .control([])
    case 0x9D: mode = .string(.operatingSystem, count: 0, isEnding: false)
    case 0x90, 0x98, 0x9E, 0x9F: mode = .string(.other, count: 0, isEnding: false)
    case 0..<0x20, 0x7F...0x9F: break
    default: write(scalar)
    }
  }

  private mutating func control(_ final: UInt8, _ given: [UInt8]) {
    // Private and intermediate bytes make it another sequence, which sets something or asks.
    guard given.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x3B }) else { return }
    let numbers = given.split(separator: 0x3B, omittingEmptySubsequences: false).map { digits in
      digits.reduce(0) { min($0 * 10 + Int($1 - 0x30), 0xFFFF) }
    }
    let first = numbers.first ?? 0
    let count = max(1, first)
    switch Unicode.Scalar(final) {
    case "A": up(count)
    case "B", "e": down(count)
    case "C", "a": right(to: here() + count)
    case "D": move(to: here() - count)
    case "E":
      down(count)
      move(to: 0)
    case "F":
      up(count)
      move(to: 0)
    case "G", "`": right(to: count - 1)
    case "H", "f":
      go(toRow: count - 1)
      right(to: max(1, numbers.dropFirst().first ?? 1) - 1)
    case "d": go(toRow: count - 1)
    case "J": eraseDisplay(first)
    case "K": eraseLine(first)
    case "X": rows[row].erase(here()..<here() + count)
    case "P": rows[row].remove(here()..<here() + count)
    case "@": rows[row].insert(min(count, ToolLimits.terminalColumns), at: here())
    case "L": insertRows(count)
    case "M": removeRows(count)
    case "s": save()
    case "u": restore()
    default: break
    }
    spillIfLong()
  }
}

// MARK: - Writing and moving

extension TerminalText {
  private mutating func write(_ plain: ArraySlice<UInt8>) {
    var rest = plain
    while !rest.isEmpty {
      let piece = rest.prefix(max(1, ToolLimits.terminalRowMax - rows[row].count))
      if column == nil, rows[row].append(piece) {
        rest = rest[piece.endIndex...]
        spillIfLong()
      } else {
        write(UInt32(rest.removeFirst()))
      }
    }
  }

  private mutating func write(_ scalar: UInt32) {
    if column != nil || !rows[row].append(scalar) { column = rows[row].write(scalar, at: here()) }
    spillIfLong()
  }

  private mutating func here() -> Int { column ?? rows[row].columns() }

  private mutating func move(to column: Int) { self.column = max(0, column) }

  /// To the right there is an edge, where no terminal is: what is there already counts as being before it.
  private mutating func right(to column: Int) {
    move(to: min(column, max(here(), rows[row].columns(), ToolLimits.terminalColumns - 1)))
  }

  private mutating func go(toRow wanted: Int) {
    let kept = here()
    let wanted = min(max(0, wanted), ToolLimits.terminalRows - 1)
    while rows.count <= wanted { rows.append(TerminalRow()) }
    row = wanted
    column = kept
  }

  private mutating func up(_ count: Int) { go(toRow: row - count) }
  private mutating func down(_ count: Int) { go(toRow: row + count) }

  private mutating func newLine() {
    row += 1
    if row == rows.count { rows.append(TerminalRow()) }
    if rows.count > ToolLimits.terminalRows {
      settled += rows.removeFirst().text
      settled.append(Byte.newline)
      row -= 1
      lines += 1
    }
    column = rows[row].isEmpty ? nil : 0
  }

  private mutating func save() { saved = (lines + row, here()) }

  private mutating func restore() {
    go(toRow: (saved?.line ?? lines) - lines)
    column = saved?.column ?? 0
  }

  private mutating func clear() {
    rows = [TerminalRow()]
    (row, column, saved) = (0, nil, nil)
  }

  private mutating func eraseLine(_ what: Int) {
    let here = here()
    switch what {
    case 0: rows[row].cut(at: here)
    case 1: rows[row].erase(0..<here + 1)
    case 2: rows[row] = TerminalRow()
    default: return
    }
    column = here == 0 && rows[row].isEmpty ? nil : here
  }

  private mutating func eraseDisplay(_ what: Int) {
    guard what <= 2 else { return }
    if what != 0 { for above in 0..<row { rows[above] = TerminalRow() } }
    if what != 1 { rows.removeSubrange((row + 1)...) }
    eraseLine(what)
  }

  private mutating func insertRows(_ count: Int) {
    let new = min(count, ToolLimits.terminalRows - row)
    rows.insert(contentsOf: repeatElement(TerminalRow(), count: new), at: row)
    rows.removeLast(max(0, rows.count - ToolLimits.terminalRows))
    column = nil
  }

  private mutating func removeRows(_ count: Int) {
    rows.removeSubrange(row..<min(rows.count, row + count))
    if rows.count == row { rows.append(TerminalRow()) }
    column = rows[row].isEmpty ? nil : 0
  }

  /// A row that grows without end is settled piece by piece, and with it what stands around it.
  private mutating func spillIfLong() {
    if rows[row].count >= ToolLimits.terminalRowMax { spill() }
  }

  private mutating func spill() {
    // What was erased at the end is not there.
    while rows.count > row + 1, rows.last?.isEmpty == true { rows.removeLast() }
    settled += rows.map(\.text).joined(separator: [Byte.newline])
    lines += rows.count
    clear()
  }
}
