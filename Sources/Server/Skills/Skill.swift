internal import Protocol

/// A text that somebody has prepared for a kind of work: a skill, which models call for, or a command of a person's.
///
/// Source: agentskills.io/specification; code.claude.com/docs/en/skills.
package struct Skill: Hashable, Sendable {
  /// The two kinds.
  package enum Kind: String, Hashable, Sendable {
    /// A folder with a `SKILL.md`.
    case skill
    /// A file in a folder of commands.
    case command
  }

  package let kind: Kind
  /// By what it is called: a skill's folder, a command's file, with the folders that it lies in.
  package let name: String
  /// The file.
  package let path: FolderPath
  /// Where links lead to its folder.
  package let place: FolderPath
  /// Whether the person has it for all projects.
  package let isPersonal: Bool
  /// What it is for, in one line.
  package let description: String
  /// What may stand behind its name.
  package let hint: String?
  /// The names of what stands behind its name, in order.
  package let arguments: [String]
  /// What it says.
  package let body: String
  /// Whether models are told of it.
  package let isForModel: Bool
  /// Whether a person can call it by `/name`.
  package let isForPerson: Bool
  /// What it asks for and does not get, by the names of its file.
  package let untaken: [String]

  /// What a file says; `nil` where it says nothing.
  init?(_ kind: Kind, _ name: String, at path: FolderPath, in place: FolderPath, isPersonal: Bool, saying text: String)
  {
    let front = FrontMatter(text)
    let purpose = front.text("description") ?? Self.firstWords(of: front.body)
    let said = [purpose, front.text("when_to_use")].compactMap(\.self)
    guard !BlankText.isBlank(front.body) || kind == .skill && front.text("description") != nil else { return nil }
    self.kind = kind
    self.name = name
    self.path = path
    self.place = place
    self.isPersonal = isPersonal
    description = Self.line(said.joined(separator: " "), most: SkillLimits.descriptionMax)
    hint = (front.text("argument-hint")).map { Self.line($0, most: SkillLimits.shownMax) }
    arguments = front.words("arguments")
    body = front.body
    isForModel = kind == .skill && front.flag("disable-model-invocation") != true
    isForPerson = front.flag("user-invocable") != false
    untaken = Self.others.filter { other in
      guard let value = front.members[other] else { return false }
      return value != .text("") && front.text(other)?.lowercased() != "inherit"
    }
  }

  /// What other programs take of such files, and is nothing that a file may decide here.
  private static let others = [
    "allowed-tools", "disallowed-tools", "model", "effort", "context", "agent", "hooks", "paths", "shell",
  ]

  /// Whether a name can be called: it has no blank, no slash, and nothing that hides or steers.
  static func isName(_ name: some StringProtocol) -> Bool {
    !name.isEmpty && name.utf8.count <= SkillLimits.nameMax && name.utf8.first != UInt8(ascii: ".")
      && name.unicodeScalars.allSatisfy { scalar in
        !VisibleText.isHidden(scalar) && !scalar.properties.isWhitespace
          && !"/\\`\"'<>$@".unicodeScalars.contains(scalar)
      }
  }

  /// The first paragraph, for want of a description.
  private static func firstWords(of body: String) -> String? {
    let lines = body.split(separator: "\n", omittingEmptySubsequences: false)
    let said = lines.drop { BlankText.isBlank(String($0)) }.prefix { !BlankText.isBlank(String($0)) }
    return said.isEmpty ? nil : String(said.joined(separator: " ").drop { $0 == "#" || $0 == " " })
  }

  /// A text in one line, in which nothing steers, cut where it is long.
  private static func line(_ text: String, most: Int) -> String {
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let shown = String(String.UnicodeScalarView(words.unicodeScalars.map { VisibleText.steers($0) ? "?" : $0 }))
    guard shown.utf8.count > most else { return OneLine.of(shown) }
    return OneLine.of(UTF8Cut.beginning(of: shown, bytesMax: most - 3)) + "…"
  }
}
