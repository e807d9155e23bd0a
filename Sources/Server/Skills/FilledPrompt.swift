internal import OperatingSystem
package import Protocol

/// A prompt that calls a skill or a command by `/name`, with what that says in the place of the call.
package struct FilledPrompt: Sendable {
  /// What a model is asked.
  package private(set) var prompt: Prompt
  /// What a person should know.
  package private(set) var notices: [String] = []

  /// Where a call is made.
  package struct Setting: Sendable {
    /// The folders to work in, the workspace's first: files in them are shown where a command names them.
    package var folders: [FolderPath]
    /// The person's own folder, for paths that begin with `~`.
    package var home: FolderPath?
    /// The session's name.
    package var sessionId: String
    /// Where files are read.
    package var sources: InstructionSources

    /// A setting.
    package init(folders: [FolderPath], home: FolderPath?, sessionId: String, sources: InstructionSources) {
      self.folders = folders
      self.home = home
      self.sessionId = sessionId
      self.sources = sources
    }

    /// What `${NAME}` means in a skill.
    func values(of skill: Skill) -> [String: String] {
      var values = ["CLAUDE_SKILL_DIR": skill.place.description, "CLAUDE_SESSION_ID": sessionId]
      values["CLAUDE_PROJECT_DIR"] = folders.first?.description
      return values
    }
  }

  /// The first text of a prompt as a call; `nil` where it is none: it begins with a slash and a name, in which there is no
  /// other slash.
  package static func call(in prompt: Prompt) -> SlashCall? {
    guard case .text(let text)? = prompt.blocks.first(where: \.isText), let call = SlashCall(text),
      Skill.isName(call.name)
    else { return nil }
    return call
  }

  /// The prompt with what it calls; `nil` where it calls none of these.
  package init?(_ prompt: Prompt, calling skills: Skills, in setting: Setting) {
    guard let call = Self.call(in: prompt), let place = prompt.blocks.firstIndex(where: \.isText),
      let skill = skills.called(call.name)
    else { return nil }
    let filled = SkillText(skill, saying: call.words, values: setting.values(of: skill))
    var text = filled.text
    if skill.kind == .skill { text = skill.heading + "\n\n" + text }
    self.prompt = prompt
    var mentions = MentionReader(setting, of: skill)
    let files = skill.kind == .command ? mentions.read(InstructionImports.paths(in: filled.text)) : []
    notices = mentions.notices
    if filled.hasCommands {
      let remark = "the commands that are written as !`…` in it are not run"
      notices.append("/\(skill.name): \(remark)")
      text += "\n\n[\(remark); run those that are needed by execute_command]"
    }
    self.prompt.blocks.replaceSubrange(place...place, with: [.text(text)] + files.map { .text($0) })
  }

  /// What a person should know of a prompt that calls nothing, but may have been meant to.
  package static func notice(of prompt: Prompt, among skills: Skills) -> String? {
    guard let name = call(in: prompt)?.name, skills.called(name) == nil,
      let near = NearMiss.of(name, among: skills.callable)
    else { return nil }
    return "there is no command '/\(name)', so the prompt is asked as it is; did you mean '/\(near)'?"
  }
}

extension Skill {
  /// What a model that calls for the skill is given.
  package func text(saying words: String, in setting: FilledPrompt.Setting) -> String {
    let filled = SkillText(self, saying: words, values: setting.values(of: self))
    let end = filled.hasCommands ? "\n\n[commands written as !`…` were not run; run those that are needed]" : ""
    return "\(heading) This tool gives them by file.\n\n\(filled.text)\(end)"
  }

  /// What stands before a skill's text.
  var heading: String {
    "Skill \(name), from \(OneLine.of(path.description)); its other files are in \(OneLine.of(place.description))."
  }
}

extension ContentBlock {
  fileprivate var isText: Bool { if case .text = self { true } else { false } }
}

/// Reads the files that a command names with `@`, by the rules of `read_file` and in the session's folders only.
private struct MentionReader {
  private let setting: FilledPrompt.Setting
  private let skill: Skill
  private let files: GuardedFiles
  private var room = SkillLimits.mentionsBytesMax
  private(set) var notices: [String] = []

  init(_ setting: FilledPrompt.Setting, of skill: Skill) {
    self.setting = setting
    self.skill = skill
    files = GuardedFiles(setting.sources)
  }

  mutating func read(_ names: [String]) -> [String] {
    if names.count > SkillLimits.mentionsMax {
      tell("it names \(names.count) files; the first \(SkillLimits.mentionsMax) are read")
    }
    return names.prefix(SkillLimits.mentionsMax).compactMap { read($0) }
  }

  private mutating func read(_ name: String) -> String? {
    guard let workspace = setting.folders.first, !name.utf8.contains(0) else { return nil }
    let place = name.hasPrefix("~/") ? setting.home?.appending(String(name.dropFirst(2))) : workspace.appending(name)
    // Names of people and packages look the same.
    guard let path = place, let target = files.target(of: path),
      setting.sources.files.status(target.description)?.kind == .file
    else { return nil }
    let border = setting.folders.lazy.compactMap(files.border).first { target.isWithin($0.place) }
    guard let border else { return pass(name, "it is outside of the workspace") }
    switch files.look(at: path, within: border, isShown: true) {
    case .absent: return nil
    case .refused(let reason): return pass(name, reason)
    case .foreign, .at: break
    }
    switch files.contents(of: target) {
    case .nothing: return nil
    case .refused(let reason): return pass(name, reason)
    case .text(let text, _): return shown(text, of: path, name)
    }
  }

  private mutating func shown(_ text: [UInt8], of path: FolderPath, _ name: String) -> String? {
    let most = min(SkillLimits.mentionMax, room)
    guard most > 0 else { return pass(name, "others fill all the room there is") }
    let heading = "The file \(OneLine.of(path.description)):\n\n"
    guard text.count > most else {
      room -= text.count
      return heading + String(decoding: text, as: UTF8.self)
    }
    let kept = GuardedFiles.wholeLines(text, most: most)
    room -= kept
    tell("\(shown(name)) is cut: \(kept) of its \(text.count) bytes are shown to the model")
    return heading + String(decoding: text[..<kept], as: UTF8.self) + "\n[cut here: \(kept) of \(text.count) bytes]"
  }

  private mutating func pass(_ name: String, _ reason: String) -> String? {
    tell("\(shown(name)), which it names, is not read: \(reason)")
    return nil
  }

  private func shown(_ name: String) -> String { VisibleText.line(name, most: SkillLimits.shownMax) }

  private mutating func tell(_ notice: String) { notices.append("/\(skill.name): \(notice)") }
}
