internal import OperatingSystem
internal import Protocol

/// Looks for skills and commands, the first of a name before others, as far as they may be read and there is room.
struct SkillReader {
  private let files: GuardedFiles
  private let sources: InstructionSources
  /// The files that have each name; `nil` for a name of our own.
  private var names: [String: Int?]
  private var seen: Set<FolderPath> = []
  private var room = SkillLimits.filesMax
  private var left = 0
  /// What was found.
  private(set) var skills: [Skill] = []
  private var said: [String] = []

  /// A reader that takes no skill with one of those names.
  init(_ sources: InstructionSources, taken: [String]) {
    self.sources = sources
    files = GuardedFiles(sources)
    names = Dictionary(taken.map { ($0, nil) }) { one, _ in one }
  }

  /// What a person should know, as much as is told.
  var notices: [String] { left == 0 ? said : said + ["and \(left) more files of skills and commands are not used"] }

  /// Reads what lies in a folder, within another.
  mutating func read(_ folder: FolderPath, within top: FolderPath, isPersonal: Bool) {
    guard let border = files.border(top) else { return }
    for name in Skills.skillFolders {
      let folder = folder.appending(name)
      for entry in entries(of: folder, within: border) {
        let place = folder.appending(entry)
        add(.skill, entry, at: place.appending("SKILL.md"), within: border, isPersonal: isPersonal)
      }
    }
    for name in Skills.commandFolders {
      readCommands(folder.appending(name), named: [], within: border, isPersonal: isPersonal)
    }
  }

  private mutating func readCommands(
    _ folder: FolderPath, named parts: [String], within border: GuardedFiles.Border, isPersonal: Bool
  ) {
    for entry in entries(of: folder, within: border) {
      let path = folder.appending(entry)
      if entry.utf8.count > 3, entry.hasSuffix(".md") {
        let name = (parts + [String(entry.dropLast(3))]).joined(separator: ":")
        add(.command, name, at: path, within: border, isPersonal: isPersonal)
      } else if isFolder(path) {
        guard parts.count < SkillLimits.depthMax else {
          pass(path, "it is too deep")
          continue
        }
        readCommands(path, named: parts + [entry], within: border, isPersonal: isPersonal)
      }
    }
  }

  private func isFolder(_ path: FolderPath) -> Bool {
    files.target(of: path).flatMap { sources.files.status($0.description)?.kind } == .folder
  }

  /// The names in a folder, but for hidden ones; none of what is no folder, or was looked at.
  private mutating func entries(of folder: FolderPath, within border: GuardedFiles.Border) -> [String] {
    guard let target = files.target(of: folder) else { return [] }
    guard target.isWithin(border.place) else {
      pass(folder, "it leads out of \(border.name)")
      return []
    }
    guard seen.insert(target).inserted, let open = try? OpenFolder(path: Array(target.description.utf8)),
      let found = try? open.entries()
    else { return [] }
    let visible = found.map(\.name.bytes).filter { $0.first != UInt8(ascii: ".") }
    if visible.count > SkillLimits.namesMax {
      tell("\(shown(folder)) has \(visible.count) files; the first \(SkillLimits.namesMax) are looked at")
    }
    return visible.prefix(SkillLimits.namesMax).compactMap { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      guard Array(text.utf8) == bytes else {
        pass(folder.appending(text), "its name is no UTF-8")
        return nil
      }
      return text
    }
  }

  // MARK: One file

  private mutating func add(
    _ kind: Skill.Kind, _ name: String, at path: FolderPath, within border: GuardedFiles.Border, isPersonal: Bool
  ) {
    let target: FolderPath
    switch files.look(at: path, within: border, isShown: true) {
    case .absent: return
    case .refused(let reason): return pass(path, reason)
    case .foreign: return tell(GuardedFiles.notFollowed(shown(path)))
    case .at(let place): target = place
    }
    // Often one folder is a link to the other.
    guard seen.insert(target).inserted else { return }
    guard Skill.isName(name) else { return pass(path, "its name is none that can be called") }
    guard let text = text(of: target, path) else { return }
    guard let place = target.parent,
      let skill = Skill(kind, name, at: path, in: place, isPersonal: isPersonal, saying: text)
    else { return pass(path, "it says nothing") }
    if let other = names[name] {
      guard let other else { return pass(path, "'\(name)' is a command of this program") }
      // Often one file is a copy of the other.
      guard (skills[other].body, skills[other].description) != (skill.body, skill.description) else { return }
      return pass(path, "\(shown(skills[other].path)) has that name")
    }
    guard skills.count < SkillLimits.countMax else { return pass(path, "there are too many") }
    names[name] = skills.count
    skills.append(skill)
  }

  private mutating func text(of target: FolderPath, _ path: FolderPath) -> String? {
    guard let status = sources.files.status(target.description), status.kind == .file else {
      pass(path, "it is no file")
      return nil
    }
    guard status.size <= SkillLimits.fileMax else {
      pass(path, "it has more than \(SkillLimits.fileMax) bytes")
      return nil
    }
    guard status.size <= room else {
      pass(path, "others fill all the room there is")
      return nil
    }
    room -= status.size
    switch files.contents(of: target) {
    case .text(let text, _): return String(decoding: text, as: UTF8.self)
    case .nothing: pass(path, "it says nothing")
    case .refused(let reason): pass(path, reason)
    }
    return nil
  }

  // MARK: Telling

  private mutating func pass(_ path: FolderPath, _ reason: String) { tell("\(shown(path)) is not used: \(reason)") }

  private mutating func tell(_ notice: String) {
    if said.count < SkillLimits.noticesMax { said.append(notice) } else { left += 1 }
  }

  private func shown(_ path: FolderPath) -> String { VisibleText.line(path.description, most: SkillLimits.shownMax) }
}
