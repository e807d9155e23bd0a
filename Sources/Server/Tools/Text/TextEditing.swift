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

/// A text that is being edited.
struct TextEditing {
  /// The text in UTF-8, as it is now.
  private(set) var text: [UInt8]
  /// How many places were changed.
  private(set) var replaced = 0
  private let usesCRLF: Bool

  init(_ text: [UInt8]) {
    self.text = text
    usesCRLF = TextLines(text).usesCRLF
  }

  /// Makes one replacement, or refuses; `name` is what is edited, for the refusal.
  mutating func apply(_ edit: TextEdit, name: String) throws(ToolError) {
    var old = Array(edit.oldText.utf8)
    guard !old.isEmpty else {
      throw ToolError(.invalidInput, "The old_text for \(name) is empty; use write_file to make a file's content.")
    }
    var places = Self.occurrences(of: old, in: text)
    if places.isEmpty, Self.hasBareNewline(old) {
      // The file may end its lines with CR LF, which no model sees.
      old = Self.withCRLF(old)
      places = Self.occurrences(of: old, in: text)
    }
    guard !places.isEmpty else { throw notFound(edit, name) }
    guard places.count == 1 || edit.replaceAll == true else {
      let lines = places.prefix(10).map { "\(line(of: $0))" }.joined(separator: ", ")
      throw ToolError(
        .refused,
        "The old_text for \(name) is there \(places.count) times, at lines \(lines)\(places.count > 10 ? ", …" : ""). "
          + "Nothing was changed; add lines around it until it is unique, or set replace_all.")
    }
    var new = Array(edit.newText.utf8)
    if usesCRLF { new = Self.withCRLF(new) }
    let size = text.count + places.count * (new.count - old.count)
    guard size <= ToolLimits.writeBytesMax else {
      throw ToolError(
        .refused, "The edits would give \(name) \(size) bytes; at most \(ToolLimits.writeBytesMax) are written.")
    }
    var result: [UInt8] = []
    result.reserveCapacity(size)
    var kept = 0
    for place in places {
      result += text[kept..<place]
      result += new
      kept = place + old.count
    }
    text = result + text[kept...]
    replaced += places.count
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

  private static func hasBareNewline(_ bytes: [UInt8]) -> Bool { withCRLF(bytes).count > bytes.count }

  /// The text with CR LF where a line ended without CR.
  private static func withCRLF(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    for byte in bytes {
      if byte == Byte.newline, result.last != Byte.carriageReturn { result.append(Byte.carriageReturn) }
      result.append(byte)
    }
    return result
  }

  private func line(of place: Int) -> Int { 1 + text[..<place].count { $0 == Byte.newline } }

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
    let wanted = Self.bareLines(part)
    let lines = Self.bareLines(text)
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
