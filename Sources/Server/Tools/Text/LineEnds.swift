internal import OperatingSystem
internal import Protocol

/// What ends a line: a line feed, with a carriage return before it as on Windows, or that one alone as on old Macs.
enum LineEnd: Hashable {
  case lineFeed, both, carriageReturn

  /// What stands for it in a file.
  var bytes: [UInt8] {
    switch self {
    case .lineFeed: [Byte.newline]
    case .both: [Byte.carriageReturn, Byte.newline]
    case .carriageReturn: [Byte.carriageReturn]
    }
  }

  /// The name for a model.
  var name: String {
    switch self {
    case .lineFeed: "LF"
    case .both: "CR LF"
    case .carriageReturn: "CR"
    }
  }
}

/// One line of a text with what ends it; the last line of a text may have no end.
struct EndedLine {
  var text: ArraySlice<UInt8>
  var end: LineEnd?

  /// The lines of a part of a text; what stands behind the last end is a line without one, if it is empty, too.
  static func list(_ text: ArraySlice<UInt8>) -> [EndedLine] {
    var lines: [EndedLine] = []
    var start = text.startIndex
    while let end = LineEnds.next(in: text, from: start) {
      lines.append(EndedLine(text: text[start..<end.place], end: end.kind))
      start = end.place + end.kind.bytes.count
    }
    lines.append(EndedLine(text: text[start...], end: nil))
    return lines
  }
}

/// How the lines of a text end, and how those of one that comes in its place are to end.
///
/// Models see lines, and write a line feed for every end; which end it was stays as it is in the file.
enum LineEnds {
  /// The next end at or behind a place, and where it begins.
  static func next(in text: ArraySlice<UInt8>, from start: Int) -> (place: Int, kind: LineEnd)? {
    guard let place = text[start...].firstIndex(where: { $0 == Byte.newline || $0 == Byte.carriageReturn }) else {
      return nil
    }
    guard text[place] == Byte.carriageReturn else { return (place, .lineFeed) }
    return (place, place + 1 < text.endIndex && text[place + 1] == Byte.newline ? .both : .carriageReturn)
  }

  /// The last end in a text.
  static func last(in text: ArraySlice<UInt8>) -> LineEnd? {
    guard let place = text.lastIndex(where: { $0 == Byte.newline || $0 == Byte.carriageReturn }) else { return nil }
    guard text[place] == Byte.newline else { return .carriageReturn }
    return place > text.startIndex && text[place - 1] == Byte.carriageReturn ? .both : .lineFeed
  }

  /// Where the last line stands that has something behind the end before it, and whether it has an end: that is behind it.
  static func lastLine(_ text: [UInt8]) -> (text: Range<Int>, hasEnd: Bool) {
    var end = text.count
    if text.last == Byte.newline { end -= 1 }
    if end > 0, text[end - 1] == Byte.carriageReturn { end -= 1 }
    let start = text[..<end].lastIndex { $0 == Byte.newline || $0 == Byte.carriageReturn }.map { $0 + 1 } ?? 0
    return (start..<end, end < text.count)
  }

  /// How many lines of a text end in each way.
  static func counts(_ text: [UInt8]) -> [LineEnd: Int] {
    var (feeds, both, returns) = (0, 0, 0)
    var last: UInt8 = 0
    for byte in text {
      if byte == Byte.newline {
        if last == Byte.carriageReturn { (both, returns) = (both + 1, returns - 1) } else { feeds += 1 }
      } else if byte == Byte.carriageReturn {
        returns += 1
      }
      last = byte
    }
    return [LineEnd.lineFeed: feeds, .both: both, .carriageReturn: returns].filter { $0.value > 0 }
  }

  /// The end that all lines of a text have; `nil` when they have several, a line feed when there is only one line.
  static func common(_ text: [UInt8]) -> LineEnd? {
    let counts = counts(text)
    return counts.isEmpty ? .lineFeed : counts.count == 1 ? counts.keys.first : nil
  }

  /// A text with that end for every line feed that has no carriage return before it.
  static func with(_ end: LineEnd, _ text: [UInt8]) -> [UInt8] {
    guard end != .lineFeed else { return text }
    var result: [UInt8] = []
    result.reserveCapacity(text.count + 16)
    for byte in text {
      if byte == Byte.newline, result.last != Byte.carriageReturn { result += end.bytes } else { result.append(byte) }
    }
    return result
  }

  /// A text in the place of old lines, each line with the end that the one had which it is, or which it stands for.
  ///
  /// A line that stands for none ends like its neighbour; `rest` is how the line goes on to end in which the last one
  /// stands. Ends that the text gives with a carriage return are as given.
  static func carried(_ new: [UInt8], from old: [EndedLine], rest: LineEnd) -> [UInt8] {
    let lines = new.split(separator: Byte.newline, omittingEmptySubsequences: false)
    let places = matches(old.map(\.text), lines)
    var ends = places.dropLast().map { place in place.flatMap { old[$0].end } }
    var known: LineEnd?
    for place in ends.indices {
      known = ends[place] ?? known
      ends[place] = known
    }
    known = ends.first { $0 != nil } ?? nil
    var result: [UInt8] = []
    for (place, line) in lines.enumerated() {
      result += line
      guard place < ends.count else { break }
      let end = line.last == Byte.carriageReturn ? .lineFeed : ends[place] ?? known ?? rest
      // Behind a lone carriage return the line feed of an empty line would be the other half of one end.
      let isHalf = line.isEmpty && end == .lineFeed && result.last == Byte.carriageReturn
      result += (isHalf ? .carriageReturn : end).bytes
    }
    return result
  }

  /// For each new line the old one that it is, or in whose place it stands; `nil` for one that is more.
  static func matches(_ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]) -> [Int?] {
    var numbers: [ArraySlice<UInt8>: Int] = [:]
    func number(_ line: ArraySlice<UInt8>) -> Int {
      if let known = numbers[line] { return known }
      numbers[line] = numbers.count
      return numbers.count - 1
    }
    var places: [Int?] = []
    var next = 0
    let end = LineDifference.Change(old: old.count..<old.count, new: new.count..<new.count)
    for change in LineDifference.changes(from: old.map(number), to: new.map(number)) + [end] {
      while places.count < change.new.lowerBound {
        places.append(next)
        next += 1
      }
      places += change.new.indices.map { place in
        let counterpart = change.old.lowerBound + place - change.new.lowerBound
        return change.old.contains(counterpart) ? counterpart : nil
      }
      next = change.old.upperBound
    }
    return places
  }
}

/// A text in which every line ends with a line feed, and how its places are those of the text it was made of.
struct EvenText {
  let bytes: [UInt8]
  /// The places of the line feeds that stand for two bytes.
  private let narrowed: [Int]

  init(_ text: [UInt8]) {
    guard text.contains(Byte.carriageReturn) else {
      (bytes, narrowed) = (text, [])
      return
    }
    var even: [UInt8] = []
    var places: [Int] = []
    even.reserveCapacity(text.count)
    for (place, byte) in text.enumerated() {
      if byte == Byte.newline, place > 0, text[place - 1] == Byte.carriageReturn {
        places.append(even.count - 1)
      } else {
        even.append(byte == Byte.carriageReturn ? Byte.newline : byte)
      }
    }
    (bytes, narrowed) = (even, places)
  }

  /// A text as it is, in which every place is its own.
  init(asGiven text: [UInt8]) { (bytes, narrowed) = (text, []) }

  /// The place in the text it was made of.
  func original(_ place: Int) -> Int {
    var (low, high) = (0, narrowed.count)
    while low < high {
      let middle = (low + high) / 2
      if narrowed[middle] < place { low = middle + 1 } else { high = middle }
    }
    return place + low
  }
}
