package import Protocol

/// A question as a terminal shows it, and what an answer typed there means.
///
/// It reads and writes nothing itself. Whoever answers must see all that would happen, whatever the model wrote: each row
/// of what is not ours has a beginning of ours.
package struct TerminalQuestion: Sendable {
  /// What was typed.
  package enum Reading: Hashable, Sendable {
    /// An answer.
    case choice(PermissionOption)
    /// `?`: the person wants to know what the answers mean.
    case help
    /// `v`: the person wants to see all of it.
    case all
    /// It allows what has not been seen whole.
    case unseen
    /// It is no answer; ask again.
    case unclear
  }

  private let call: ToolCallInfo
  private let prompt: PermissionPrompt
  private let columns: Int
  /// What the call would do, a row each, without those that are only shown when they are asked for.
  private let rows: [String]
  /// Those, too, of what is long.
  private let allRows: [String]
  /// Whether all rows were shown.
  private var hasShownAll: Bool

  /// A question about a call, for a screen of so many columns; `nil` where nobody knows how many.
  package init(_ call: ToolCallInfo, _ prompt: PermissionPrompt, columns: Int?) {
    self.call = call
    self.prompt = prompt
    self.columns = columns ?? PermissionLimits.columnsUsual
    allRows = Self.rows(of: call, columns: self.columns)
    var room = PermissionLimits.questionBytesMax
    rows = Array(
      allRows.prefix { row in
        room -= row.utf8.count
        return room >= 0
      })
    hasShownAll = rows.count == allRows.count
  }

  // MARK: Showing

  /// The question without its last row: what would happen, as far as it is shown at once.
  package var beginning: String {
    let title = "wyn360: \(Self.shown(call.name)): \(Self.shown(call.title))"
    var shown = TextRows.of(title, columns: columns, first: "", next: Self.indent) + rows
    let folded = allRows.count - rows.count
    if folded > 0 { shown.append(Self.indent + "… \(folded) more rows: v shows all") }
    for hint in hints { shown += ours("look twice: \(hint)") }
    return text(shown + why.dropLast())
  }

  /// The last row, behind which the answer is typed.
  package var asking: String { (why.last ?? "") }

  /// All that would happen.
  package mutating func all() -> String {
    hasShownAll = true
    return text(allRows.isEmpty ? ours(Self.shown(call.title)) : allRows)
  }

  /// What the answers mean, a line each.
  package var help: String {
    var lines = prompt.options.map { "\(Self.word($0.kind))  \(Self.shown($0.name))" }
    if prompt.options.contains(where: { $0.kind == .allowAlways }) {
      lines.append("k  the same as a, kept for the next time the program is started")
    }
    if rows.count < allRows.count { lines.append("v  show all that it would do") }
    lines.append("?  this list")
    if !allRows.isEmpty { lines.append("A row that begins with : goes on with the one above it.") }
    return text(lines.flatMap(ours))
  }

  /// What is said to a line that is no answer.
  package func complaint(of line: String) -> String {
    let typed = line.allSatisfy(\.isWhitespace) ? "an empty line" : "'\(VisibleText.line(line, most: Self.echoed))'"
    return text(ours("\(typed) is no answer here; type one of \(keys.joined(separator: ", "))"))
  }

  /// What is said to a line that allows what has not been seen.
  package var refusalOfUnseen: String { text(ours("there is more than is shown: type v first, to see all of it")) }

  /// Why it is asked, in rows of ours; the last one ends where the answer is typed.
  private var why: [String] {
    var rows = ours(Self.shown(prompt.why) + ".")
    let allow = "Allow? [\(keys.joined(separator: "/"))] "
    if let last = rows.last, last.count + 1 + allow.count < columns {
      rows[rows.count - 1] = last + " " + allow
    } else {
      rows.append(Self.indent + allow)
    }
    return rows
  }

  private var keys: [String] {
    prompt.options.map { Self.word($0.kind) } + (rows.count < allRows.count ? ["v"] : []) + ["?"]
  }

  /// What is not what it looks like in what would happen.
  private var hints: [String] {
    let (code, prose) = Self.texts(of: call)
    let found = LookAlikes.hints(in: code.joined(separator: "\n"), .code)
    return found + LookAlikes.hints(in: prose.joined(separator: "\n"), .prose).filter { !found.contains($0) }
  }

  private func ours(_ line: String) -> [String] {
    TextRows.of(line, columns: columns, first: Self.indent, next: Self.indent)
  }

  private func text(_ rows: some Sequence<String>) -> String { rows.map { $0 + "\n" }.joined() }

  private static let indent = "        "
  /// Characters of a line that is no answer which are repeated.
  private static let echoed = PermissionLimits.answerBytesMax

  private static func word(_ kind: PermissionOption.Kind) -> String {
    switch kind {
    case .allowOnce: "y"
    case .allowAlways: "a"
    case .rejectOnce: "n"
    case .rejectAlways: "never"
    }
  }

  /// A text from elsewhere as one line, of readable length, in which nothing steers the terminal, hides or turns around.
  package static func shown(_ text: String) -> String { VisibleText.line(text, most: PermissionLimits.shownMax) }
}

// MARK: - Reading

extension TerminalQuestion {
  /// What a line means; `nil` is the end of input, which refuses.
  ///
  /// Nothing is guessed: an empty line, and what is no answer that was offered, is asked again.
  package func read(_ line: String?) -> Reading {
    guard let line else {
      return .choice(prompt.options.first { $0.kind == .rejectOnce } ?? PermissionOption(once: .rejectOnce))
    }
    guard line.utf8.count <= PermissionLimits.answerBytesMax else { return .unclear }
    let bare = line.utf8.filter { !Byte.blanks.contains($0) }.map(Byte.lowercased)
    let kind: PermissionOption.Kind
    var isKept = false
    switch String(decoding: bare, as: UTF8.self) {
    case "y", "yes": kind = .allowOnce
    case "a", "always": kind = .allowAlways
    case "k", "keep": (kind, isKept) = (.allowAlways, true)
    case "n", "no": kind = .rejectOnce
    case "never": kind = .rejectAlways
    case "?", "h", "help": return .help
    case "v", "view": return .all
    default: return .unclear
    }
    guard var option = prompt.options.first(where: { $0.kind == kind }) else { return .unclear }
    option.isKept = isKept
    return kind.allows && !hasShownAll ? .unseen : .choice(option)
  }
}

// MARK: - What a call would do

extension TerminalQuestion {
  /// The rows of all that a call's title does not say whole: the diff it would make, or else what the tool is given.
  private static func rows(of call: ToolCallInfo, columns: Int) -> [String] {
    if let diff = call.diff, !UnifiedDiff.isCut(diff) { return block(diff, columns) }
    guard let input = call.input.object else { return block(call.input.text, columns) }
    let said = saidWhole(input, in: shown(call.title))
    return input.flatMap { name, value -> [String] in
      guard let text = value.string else { return block("\(name): \(value.text)", columns) }
      if said.contains(name) { return [] }
      return text.contains { $0.isNewline }
        ? block("\(name):", columns) + block(text, columns) : block("\(name): \(text)", columns)
    }
  }

  /// The members whose texts a title says, each in a place of its own: one that stands within another's is not said.
  private static func saidWhole(_ input: JSONObject, in title: String) -> Set<String> {
    let lines = input.compactMap { name, value in value.string.map { (name, VisibleText.line($0, most: .max)) } }
    var (left, said) = (title, Set<String>())
    for (name, line) in lines.sorted(by: { $0.1.utf8.count > $1.1.utf8.count }) {
      guard !line.isEmpty, let place = left.firstRange(of: line) else { continue }
      left.replaceSubrange(place, with: "\n")
      said.insert(name)
    }
    return said
  }

  /// What is read as code and what as prose, for look-alikes.
  private static func texts(of call: ToolCallInfo) -> (code: [String], prose: [String]) {
    if let diff = call.diff { return ([call.title], [diff]) }
    let given = call.input.object?.compactMap { $1.string } ?? []
    return ([call.title] + given.filter { $0.utf8.count <= PermissionLimits.lineBytesMax }, [])
  }

  /// The lines of a text, each in rows with a mark of ours.
  private static func block(_ text: String, _ columns: Int) -> [String] {
    var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.count > 1, lines.last?.isEmpty == true { lines.removeLast() }
    return lines.flatMap { line in
      TextRows.of(VisibleText.whole(line: line), columns: columns, first: indent + "| ", next: indent + ": ")
    }
  }
}
