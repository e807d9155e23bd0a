package import Protocol

/// Titles that nobody has given.
package enum Title {
  /// The first line of a prompt, as far as a list shows it, without what hides or steers; `nil` where there is none.
  package static func made(of prompt: Prompt) -> String? {
    let line = prompt.text.split(whereSeparator: \.isNewline).first { !BlankText.isBlank(String($0)) }
    guard let line else { return nil }
    var shown = String.UnicodeScalarView()
    shown.append(contentsOf: OneLine.of(String(line)).unicodeScalars.filter { !VisibleText.isHidden($0) })
    return try? Check.title(String(String(shown).prefix(ServerLimits.titleMadeMax)))
  }
}
