/// A line of text as rows of a screen, each with a beginning of ours: what stands in the text cannot begin a row itself.
package enum TextRows {
  /// The rows, broken at blanks where there are some, else within a word.
  ///
  /// `first` begins the first row, `next` all others. A row is never wider than the screen, but that each takes a few
  /// characters of the text.
  package static func of(_ text: String, columns: Int, first: String, next: String) -> [String] {
    func room(_ beginning: String) -> Int { max(TextLimits.rowColumnsMin, columns - 1 - beginning.count) }
    var rows: [String] = []
    let scalars = text.unicodeScalars
    var (start, blank, place) = (scalars.startIndex, scalars.startIndex, scalars.startIndex)
    var width = 0
    while place < scalars.endIndex {
      let scalar = scalars[place]
      width += columnsTaken(by: scalar)
      if width > room(rows.isEmpty ? first : next), place > start {
        // A blank stays at the end of its row: nothing of the text is left out.
        let end = blank > start ? blank : place
        rows.append((rows.isEmpty ? first : next) + String(scalars[start..<end]))
        (start, place, width) = (end, end, 0)
        continue
      }
      place = scalars.index(after: place)
      if scalar == " " { blank = place }
    }
    rows.append((rows.isEmpty ? first : next) + String(scalars[start...]))
    return rows
  }

  /// How many columns a character may take: never fewer than it does.
  private static func columnsTaken(by scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0x09: 8
    case ..<0x1100: 1
    default: 2
    }
  }
}
