internal import Protocol

/// A question as a terminal shows it, and what an answer typed there means.
///
/// It reads and writes nothing itself.
package enum TerminalQuestion {
  /// What was typed.
  package enum Reading: Hashable, Sendable {
    /// An answer.
    case choice(PermissionOption)
    /// `?`: the person wants to know what the answers mean.
    case help
    /// It is no answer; ask again.
    case unclear
  }

  /// The question, up to where the answer is typed.
  package static func text(_ tool: String, title: String, prompt: PermissionPrompt) -> String {
    "wyn360: \(shown(tool)): \(shown(title))\n        \(shown(prompt.why)). Allow? \(keys(prompt)) "
  }

  /// What the answers mean, a line each.
  package static func help(_ prompt: PermissionPrompt) -> String {
    prompt.options.map { "        \(word($0.kind))  \(shown($0.name))\n" }.joined() + "        ?  this list\n"
  }

  /// What a line means; `nil` is the end of input, which refuses.
  ///
  /// Nothing is guessed: an empty line, and what is no answer that was offered, is asked again.
  package static func read(_ line: String?, _ prompt: PermissionPrompt) -> Reading {
    guard let line else {
      return .choice(prompt.options.first { $0.kind == .rejectOnce } ?? PermissionOption(once: .rejectOnce))
    }
    guard line.utf8.count <= PermissionLimits.answerBytesMax else { return .unclear }
    let bare = line.utf8.filter { !Byte.blanks.contains($0) }.map(Byte.lowercased)
    let kind: PermissionOption.Kind
    switch String(decoding: bare, as: UTF8.self) {
    case "y", "yes": kind = .allowOnce
    case "a", "always": kind = .allowAlways
    case "n", "no": kind = .rejectOnce
    case "never": kind = .rejectAlways
    case "?", "h", "help": return .help
    default: return .unclear
    }
    return prompt.options.first { $0.kind == kind }.map(Reading.choice) ?? .unclear
  }

  private static func keys(_ prompt: PermissionPrompt) -> String {
    "[" + (prompt.options.map { word($0.kind) } + ["?"]).joined(separator: "/") + "]"
  }

  private static func word(_ kind: PermissionOption.Kind) -> String {
    switch kind {
    case .allowOnce: "y"
    case .allowAlways: "a"
    case .rejectOnce: "n"
    case .rejectAlways: "never"
    }
  }

  /// A text from elsewhere as it may be shown: one line, in which nothing steers the terminal, hides or turns around.
  ///
  /// Whoever answers must see what would happen, whatever the model wrote.
  package static func shown(_ text: String) -> String {
    var shown = ""
    var count = 0
    for scalar in text.unicodeScalars {
      count += 1
      guard count <= PermissionLimits.shownMax else { continue }
      switch scalar.value {
      case 0x0A: shown += "\\n"
      case 0x09: shown += "\\t"
      case _ where ShellLine.isStrange(scalar): shown += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return count > PermissionLimits.shownMax ? shown + "… (\(count - PermissionLimits.shownMax) more)" : shown
  }
}
