internal import OperatingSystem
internal import Protocol

/// Looks for a regular expression in lines: tells that there is a match, and where the first one to end does.
///
/// It is an automaton that is made while it is used: what all threads of the program do with a class of characters is found
/// out once, and kept in a table. Where an expression makes too many states for that, each is found out every time.
package struct ExpressionMatcher {
  /// What stands before the next character.
  private enum Before: UInt8 {
    case nothing, word, other
  }

  /// The steps that the last character led to, their jumps not yet followed.
  private struct State: Hashable {
    var steps: [Int32] = []
    var before = Before.nothing
  }

  /// Columns of the table that are no class of characters.
  private enum Column {
    static let lineEnd = 0
    /// For bytes that say too little by themselves: those that are not ASCII, and carriage returns.
    static let unclear = 1
    static let classes = 2
  }

  private enum Row {
    static let unknown: Int32 = -1
    static let match: Int32 = -2
  }

  private let expression: RegularExpression
  private let pace: WorkPace
  private var alphabet: Alphabet

  // The table.
  private var table: [Int32] = []
  /// How many columns a row has.
  private var width: Int
  private var columns: [Int32] = []
  private var states: [State] = []
  private var rows: [State: Int32] = [:]
  /// Steps kept in all states.
  private var kept = 0
  /// Characters that were taken since the table was last emptied, and of how many it had to be found out what they do.
  private var taken = 0
  private var foundOut = 0
  /// How often the table was emptied without having been of use.
  private var useless = 0
  private var usesTable = true

  /// Where the line is: a row of the table, or a state where there is none.
  private var row: Int32 = 0
  private var state = State()

  // Following threads.
  private var waiting: [Int32] = []
  private var reached: [Int]
  private var round = 0
  private var pending: [Int32] = []
  /// Whether it matters for the program what stands before a character.
  private let asksForWords: Bool
  private let asksForStart: Bool

  /// Looks for that expression, as long as the pace allows it.
  package init(_ expression: RegularExpression, pace: WorkPace) {
    self.expression = expression
    self.pace = pace
    alphabet = Alphabet(expression.sets)
    width = alphabet.count + Column.classes + ToolLimits.classesSpare
    reached = [Int](repeating: 0, count: expression.program.count)
    let assertions = expression.program.compactMap { step in if case .assertion(let one) = step { one } else { nil } }
    asksForWords = assertions.contains { $0 == .wordEdge || $0 == .noWordEdge }
    asksForStart = assertions.contains(.lineStart)
    emptyTable()
  }

  /// Where the first match to end does so in a line; `nil` when there is none.
  package mutating func find(in line: UnsafeRawBufferPointer) throws(WorkPace.End) -> Int? {
    begin()
    if let end = try unsafe feed(line) { return end }
    return try finish() ? line.count : nil
  }

  /// Begins a line.
  mutating func begin() {
    row = 0
    state = State()
  }

  /// Takes the next part of a line, or whole lines, and gives the place where a match ends.
  ///
  /// Lines end with line feeds, with or without a carriage return. Characters must not be cut.
  mutating func feed(_ text: UnsafeRawBufferPointer, from start: Int = 0) throws(WorkPace.End) -> Int? {
    var place = start
    while place < text.count {
      let end = min(text.count, place + ToolLimits.stepsUnlooked)
      try pace.spend(end - place)
      taken += end - place
      while place < end {
        if usesTable { place = unsafe skim(text, from: place, to: end) }
        guard place < end else { break }
        let byte = unsafe text[place]
        var length = 1
        var next: Alphabet.Class?
        if byte == Byte.newline {
        } else if byte == Byte.carriageReturn, place + 1 < text.count, unsafe text[place + 1] == Byte.newline {
          length = 2
        } else if byte < 0x80 {
          next = alphabet.ascii[Int(byte)]
        } else {
          let (scalar, bytes) = unsafe Scalar.next(in: text, at: place)
          length = bytes
          next = alphabet.class(of: scalar)
        }
        if try step(next) { return place }
        place += length
      }
    }
    return nil
  }

  /// Ends a line, and tells whether it matches by its end.
  mutating func finish() throws(WorkPace.End) -> Bool { try step(nil) }

  // MARK: - The table

  /// Goes on through the table, to the first place where it does not say how.
  private mutating func skim(_ text: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int {
    var (place, row) = (start, Int(row))
    unsafe table.withUnsafeBufferPointer { table in
      unsafe columns.withUnsafeBufferPointer { columns in
        while place < end {
          let next = unsafe table[row &+ Int(columns[Int(text[place])])]
          guard next >= 0 else { break }
          row = Int(next)
          place &+= 1
        }
      }
    }
    self.row = Int32(truncatingIfNeeded: row)
    return place
  }

  /// Takes a character, or with `nil` the line's end; true for a match that ends before it.
  private mutating func step(_ next: Alphabet.Class?) throws(WorkPace.End) -> Bool {
    if usesTable, let next, next + Column.classes >= width { makeWider() }
    guard usesTable else {
      guard let after = try advance(state, by: next) else { return true }
      state = after
      return false
    }
    let place = Int(row) + (next.map { $0 + Column.classes } ?? Column.lineEnd)
    if table[place] == Row.unknown {
      foundOut += 1
      guard let after = try advance(states[Int(row) / width], by: next) else {
        table[place] = Row.match
        return true
      }
      guard let found = rows[after] ?? add(after) else {
        startOver(at: after)
        return false
      }
      table[place] = found
    }
    guard table[place] != Row.match else { return true }
    row = table[place]
    return false
  }

  /// Adds a state; `nil` when there is no room.
  private mutating func add(_ state: State) -> Int32? {
    guard table.count + width <= ToolLimits.tableEntriesMax, kept + state.steps.count <= ToolLimits.tableStepsMax else {
      return nil
    }
    let row = Int32(table.count)
    table += [Int32](repeating: Row.unknown, count: width)
    states.append(state)
    rows[state] = row
    kept += state.steps.count
    return row
  }

  /// Forgets what the table says, and goes on in a state; without a table when that was of no use too often.
  private mutating func startOver(at state: State) {
    if taken < foundOut * ToolLimits.tableUseMin { useless += 1 }
    self.state = state
    emptyTable()
    guard useless <= ToolLimits.tableUselessMax, let found = rows[state] ?? add(state) else {
      usesTable = false
      return
    }
    row = found
  }

  private mutating func makeWider() {
    let now = states[Int(row) / width]
    if alphabet.count > ToolLimits.classesMax { usesTable = false }
    width *= 2
    startOver(at: now)
  }

  private mutating func emptyTable() {
    (table, states, rows) = ([], [], [:])
    (kept, taken, foundOut) = (0, 0, 0)
    columns = (0..<256).map { byte in
      byte < 0x80 ? Int32(alphabet.ascii[byte] + Column.classes) : Int32(Column.unclear)
    }
    columns[Int(Byte.newline)] = Int32(Column.lineEnd)
    columns[Int(Byte.carriageReturn)] = Int32(Column.unclear)
    _ = add(State())
  }
}

// MARK: - Threads

extension ExpressionMatcher {
  /// What becomes of a state by a character, or with `nil` by the line's end; `nil` for a match that ends before it.
  private mutating func advance(_ state: State, by next: Alphabet.Class?) throws(WorkPace.End) -> State? {
    let before: Bool? = state.before == .nothing ? nil : state.before == .word
    let isWord = next.map { alphabet.isWord($0) }
    round += 1
    waiting.removeAll(keepingCapacity: true)
    // Matches may begin anywhere: with the program's first step.
    if follow(0, before, isWord) { return nil }
    for step in state.steps { if follow(step, before, isWord) { return nil } }
    try pace.spend(state.steps.count + waiting.count + 1)
    guard let next else { return State() }
    var after = State()
    for step in waiting {
      guard case .scalar(let set) = expression.program[Int(step)], alphabet.holds(next, in: set) else { continue }
      after.steps.append(step + 1)
    }
    if usesTable { after.steps.sort() }
    if asksForWords { after.before = isWord == true ? .word : .other } else if asksForStart { after.before = .other }
    return after
  }

  /// Follows a thread to the steps that wait for a character, and tells whether it comes to the end.
  private mutating func follow(_ step: Int32, _ before: Bool?, _ after: Bool?) -> Bool {
    pending.append(step)
    while let step = pending.popLast().map(Int.init) {
      guard reached[step] != round else { continue }
      reached[step] = round
      switch expression.program[step] {
      case .scalar: waiting.append(Int32(step))
      case .split(let one, let other):
        pending.append(Int32(other))
        pending.append(Int32(one))
      case .jump(let target): pending.append(Int32(target))
      case .assertion(let assertion): if assertion.holds(before, after) { pending.append(Int32(step + 1)) }
      case .match:
        pending.removeAll(keepingCapacity: true)
        return true
      }
    }
    return false
  }
}
