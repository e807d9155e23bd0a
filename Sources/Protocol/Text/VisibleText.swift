/// Texts from elsewhere as a person may be shown them: nothing in them steers a terminal, hides, or turns around.
package enum VisibleText {
  /// Whether a character is a control, a blank other than the space, invisible, or turns the direction of writing.
  ///
  /// Source: the Unicode Character Database, its general categories and default ignorable code points.
  package static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20..<0x7F: return false
    // Blank or nearly so, though none of its properties says it.
    case 0x2800, 0xFFF0...0xFFFD: return true
    default: break
    }
    if scalar.properties.isDefaultIgnorableCodePoint { return true }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .unassigned: return true
    default: return false
    }
  }

  /// Whether a character makes a terminal do something, or writes over what is beside it; line ends and tabs do not.
  package static func steers(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A: false
    case 0..<0x20, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// A character that may not be shown, in words.
  package static func escape(_ scalar: Unicode.Scalar) -> String {
    "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
  }

  /// A text as one line, in which nothing hides; behind so many characters it is cut, and the rest counted.
  package static func line(_ text: String, most: Int) -> String {
    var shown = ""
    var count = 0
    for scalar in text.unicodeScalars {
      count += 1
      guard count <= most else { continue }
      switch scalar.value {
      case 0x0A: shown += "\\n"
      case 0x09: shown += "\\t"
      case _ where isHidden(scalar): shown += escape(scalar)
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return count > most ? shown + "… (\(count - most) more)" : shown
  }

  /// A line of a text in which nothing hides; tabs stay.
  package static func whole(line: Substring.UnicodeScalarView) -> String {
    var shown = ""
    for scalar in line {
      if scalar != "\t", isHidden(scalar) { shown += escape(scalar) } else { shown.unicodeScalars.append(scalar) }
    }
    return shown
  }

  /// A text in which nothing steers, piece by piece; a carriage return at a line's end is left out.
  package static func unsteering(_ text: String) -> String {
    var screen = ScreenText()
    return screen.shown(text) + screen.end()
  }
}

/// A text that comes in pieces, as a terminal may be shown it.
package struct ScreenText: Sendable {
  /// Whether a carriage return came last: with a line feed behind it, it is the end of a line.
  private var hasReturn = false

  /// A text of which nothing has come.
  package init() {}

  /// The next piece.
  package mutating func shown(_ piece: String) -> String {
    let needsLook = piece.utf8.contains { $0 < 0x20 && $0 != 0x0A && $0 != 0x09 || $0 >= 0x7F }
    guard needsLook || hasReturn else { return piece }
    var shown = ""
    for scalar in piece.unicodeScalars {
      if hasReturn, scalar != "\n" { shown += VisibleText.escape("\r") }
      hasReturn = scalar == "\r"
      guard !hasReturn else { continue }
      if VisibleText.steers(scalar) { shown += VisibleText.escape(scalar) } else { shown.unicodeScalars.append(scalar) }
    }
    return shown
  }

  /// What is left at the text's end.
  package mutating func end() -> String {
    defer { hasReturn = false }
    return hasReturn ? VisibleText.escape("\r") : ""
  }
}
