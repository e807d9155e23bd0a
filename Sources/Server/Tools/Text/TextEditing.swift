internal import OperatingSystem
internal import Protocol

/// One replacement that a model asks for.
struct TextEdit: Decodable, Sendable {
  var oldText: String
  var newText: String
  var replaceAll: Bool?

  enum CodingKeys: String, CodingKey {
    case oldText = "old_text"
    case newText = "new_text"
    case replaceAll = "replace_all"
  }
}

/// A text that is being edited: what is not replaced stays byte for byte, line ends, too.
struct TextEditing {
  /// The text in UTF-8, as it is now.
  private(set) var text: [UInt8]
  /// How many places were changed.
  private(set) var replaced = 0

  init(_ text: [UInt8]) { self.text = text }

  /// One replacement as it is made in this text.
  private struct Order {
    /// What is looked for.
    var old: [UInt8]
    /// Where it is looked for.
    var within: EvenText
    /// What is to stand there, and whether its line ends are as they are to be.
    var new: [UInt8]
    var isExact: Bool
  }

  /// Makes one replacement, or refuses; `name` is what is edited, for the refusal.
  mutating func apply(_ edit: TextEdit, name: String) throws(ToolError) {
    guard !edit.oldText.isEmpty else {
      throw ToolError(.invalidInput, "The old_text for \(name) is empty; use write_file to make a file's content.")
    }
    let (order, count) = order(edit)
    guard count > 0 else { throw notFound(edit, name) }
    guard count == 1 || edit.replaceAll == true else {
      let first = Self.occurrences(of: order.old, in: order.within.bytes, most: 10)
      let lines = first.map { "\(line(of: $0, in: order.within.bytes))" }.joined(separator: ", ")
      throw ToolError(
        .refused,
        "The old_text for \(name) is there \(count) times, at lines \(lines)\(count > 10 ? ", …" : ""). "
          + "Nothing was changed; add lines around it until it is unique, or set replace_all.")
    }
    guard let result = result(of: order) else {
      throw ToolError(
        .refused,
        "The edits would give \(name) more than \(ToolLimits.writeBytesMax) bytes, which is all that is written. "
          + "Nothing was changed.")
    }
    text = result
    replaced += count
  }

  /// How a replacement is made, and in how many places.
  ///
  /// What a model was shown has line feeds only, whatever ends the lines of the file. A carriage return that it gives is
  /// meant: then all is taken as given, if it is there so.
  private func order(_ edit: TextEdit) -> (Order, count: Int) {
    var order = Order(
      old: Array(edit.oldText.utf8), within: EvenText(text), new: Array(edit.newText.utf8), isExact: false)
    if order.old.contains(Byte.carriageReturn) {
      let count = Self.count(of: order.old, in: text)
      if count > 0 {
        (order.within, order.isExact) = (EvenText(asGiven: text), true)
        return (order, count)
      }
      order.old = EvenText(order.old).bytes
      order.new = EvenText(order.new).bytes
    }
    return (order, Self.count(of: order.old, in: order.within.bytes))
  }

  /// The text with all replacements made; `nil` when it would be larger than is written.
  private func result(of order: Order) -> [UInt8]? {
    let isReady = order.isExact || !order.new.contains(Byte.newline)
    let ready = isReady ? order.new : LineEnds.common(text).map { LineEnds.with($0, order.new) }
    var ahead: (place: Int, kind: LineEnd)?
    var result: [UInt8] = []
    var (kept, from) = (0, 0)
    while let place = Self.next(order.old, in: order.within.bytes, from: from) {
      from = place + order.old.count
      let (start, end) = (order.within.original(place), order.within.original(from))
      let new = ready ?? adapted(order.new, to: start..<end, ahead: &ahead)
      guard result.count + start - kept + new.count + text.count - end <= ToolLimits.writeBytesMax else { return nil }
      result += text[kept..<start]
      result += new
      kept = end
    }
    return result + text[kept...]
  }

  /// A text with line ends as they are where it comes to stand; `ahead` is the end behind the place that was looked at last.
  private func adapted(_ new: [UInt8], to range: Range<Int>, ahead: inout (place: Int, kind: LineEnd)?) -> [UInt8] {
    if ahead?.place ?? -1 < range.upperBound { ahead = LineEnds.next(in: text[...], from: range.upperBound) }
    let rest = ahead?.kind ?? LineEnds.last(in: text[..<range.lowerBound]) ?? .lineFeed
    var new = LineEnds.carried(new, from: EndedLine.list(text[range]), rest: rest)
    // Behind a lone carriage return a line feed would begin no line.
    if new.first == Byte.newline, text[..<range.lowerBound].last == Byte.carriageReturn { new[0] = Byte.carriageReturn }
    return new
  }

  /// Where a text next stands.
  private static func next(_ part: [UInt8], in text: [UInt8], from start: Int) -> Int? {
    unsafe text.withUnsafeBytes { text in
      unsafe part.withUnsafeBytes { unsafe ByteSearch.firstIndex(of: $0, in: text, from: start) }
    }
  }

  private static func count(of part: [UInt8], in text: [UInt8]) -> Int {
    var (count, start) = (0, 0)
    while let place = next(part, in: text, from: start) { (count, start) = (count + 1, place + part.count) }
    return count
  }

  /// Where a text stands, in order and without overlap.
  static func occurrences(of part: [UInt8], in text: [UInt8], most: Int = .max) -> [Int] {
    var places: [Int] = []
    unsafe text.withUnsafeBytes { text in
      unsafe part.withUnsafeBytes { part in
        var start = 0
        while places.count < most, let found = unsafe ByteSearch.firstIndex(of: part, in: text, from: start) {
          places.append(found)
          start = found + part.count
        }
      }
    }
    return places
  }

  private func line(of place: Int, in text: [UInt8]) -> Int { 1 + text[..<place].count { $0 == Byte.newline } }

  /// The refusal, with what may have been meant.
  private func notFound(_ edit: TextEdit, _ name: String) -> ToolError {
    var hint = "read the file again and copy the text exactly"
    if let line = similarLine(Array(edit.oldText.utf8)) {
      hint = "with other white space it is at line \(line); copy it exactly from there"
    }
    return ToolError(.refused, "The old_text for \(name) is not in it. Nothing was changed; \(hint).")
  }

  /// The line at which the text's lines stand, when blanks around them do not count.
  private func similarLine(_ part: [UInt8]) -> Int? {
    let even = EvenText(text).bytes
    guard even.count(where: { $0 == Byte.newline }) <= ToolLimits.diffLinesMax else { return nil }
    let wanted = Self.bareLines(part)
    let lines = Self.bareLines(even)
    guard !wanted.allSatisfy(\.isEmpty), wanted.count <= lines.count else { return nil }
    return (0...(lines.count - wanted.count)).first { lines[$0...].starts(with: wanted) }.map { $0 + 1 }
  }

  private static func bareLines(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
    let lines = TextLines(text)
    return lines.ranges.map { range in
      var line = lines.text[range]
      while let first = line.first, Byte.blanks.contains(first) { line.removeFirst() }
      while let last = line.last, Byte.blanks.contains(last) { line.removeLast() }
      return line
    }
  }
}
