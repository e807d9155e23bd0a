internal import Protocol

/// The skills and commands of a session: those of its person, and those of its project.
///
/// Of two with one name the person's counts, as no project is to put its own in its place; then the nearest to the work, and
/// a skill before a command. Looked for are, in the folders from the workspace up to its repository's top and in the
/// person's own, ``skillFolders`` and ``commandFolders``.
package struct Skills: Hashable, Sendable {
  /// Where skills lie in a folder.
  package static let skillFolders = [".wyn360/skills", ".claude/skills", ".agents/skills"]
  /// Where commands lie in a folder.
  package static let commandFolders = [".wyn360/commands", ".claude/commands"]

  /// All of them, by name.
  package private(set) var all: [Skill] = []
  /// What a person should know: files that were passed over, and why.
  package private(set) var notices: [String] = []

  /// None.
  package init() {}

  /// Those for work in a folder, which lies in that repository or in none, of a person with that home; nothing has the names
  /// `taken`.
  package init(
    workspace: FolderPath, repository: FolderPath?, home: FolderPath?, taken: [String],
    reading sources: InstructionSources
  ) {
    let top = workspace.border(of: repository)
    var reader = SkillReader(sources, taken: taken)
    if let home { reader.read(home, within: home, isPersonal: true) }
    for folder in workspace.upwards where folder.isWithin(top) { reader.read(folder, within: top, isPersonal: false) }
    all = reader.skills.sorted { $0.name < $1.name }
    notices = reader.notices
    let asking = Dictionary(grouping: all.flatMap { skill in skill.untaken.map { ($0, skill.name) } }) { $0.0 }
    if !asking.isEmpty {
      let list = asking.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value.map(\.1).joined(separator: ", ")))" }
      notices.append(
        "of what skills and commands say at their beginning this is not done here: \(list.joined(separator: ", "))")
    }
  }

  /// The one that a person calls by that name: the last part of a name will do where only one ends with it.
  package func called(_ name: String) -> Skill? {
    let known = all.filter(\.isForPerson)
    if let skill = known.first(where: { $0.name == name }) { return skill }
    let ending = known.filter { $0.kind == .command && $0.name.hasSuffix(":" + name) }
    return ending.count == 1 ? ending[0] : nil
  }

  /// The one that models know by that name.
  package func known(_ name: String) -> Skill? { all.first { $0.isForModel && $0.name == name } }

  /// The names that a person can call.
  package var callable: [String] { all.filter(\.isForPerson).map(\.name) }

  /// What a model is told of them; `nil` for none.
  ///
  /// It is no longer than ``SkillLimits/listingMax``: long descriptions give way first, then all of them, then names.
  package var told: String? {
    let known = all.filter(\.isForModel)
    guard !known.isEmpty else { return nil }
    var room = SkillLimits.listingMax
    let named = known.prefix { skill in
      room -= skill.name.utf8.count + 5
      return room >= 0
    }
    // Who needs less than an even share leaves the rest to the others.
    var (share, left) = ([String: Int](), named.count)
    for skill in named.sorted(by: { $0.description.utf8.count < $1.description.utf8.count }) {
      share[skill.name] = min(skill.description.utf8.count, max(0, room) / left)
      room -= share[skill.name] ?? 0
      left -= 1
    }
    var lines = named.map { skill in
      let most = share[skill.name] ?? 0
      if most == skill.description.utf8.count { return "- \(skill.name): \(skill.description)" }
      guard most >= SkillLimits.descriptionMin else { return "- \(skill.name)" }
      return "- \(skill.name): \(UTF8Cut.beginning(of: skill.description, bytesMax: most - 3))…"
    }
    if named.count < known.count { lines.append("- and \(known.count - named.count) more") }
    return
      "Skills, texts on how a kind of work is done, which the tool \(Self.toolName) gives; call it before work that one "
      + "of them is for:\n" + lines.joined(separator: "\n")
  }

  /// The tool that gives a skill's text.
  package static let toolName = "skill"
}
