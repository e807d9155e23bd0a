internal import OperatingSystem
package import Protocol

/// The skills and commands of sessions, looked for whenever they are needed, as files come and go.
package struct SkillLookup: Sendable {
  private let engine: Engine

  /// Those that an engine's sessions have.
  init(_ engine: Engine) { self.engine = engine }

  /// Those for work in a folder; may block.
  func find(in workspace: FolderPath, repository: FolderPath?, reading sources: InstructionSources) -> Skills {
    Skills(
      workspace: workspace, repository: repository, home: engine.home, taken: OwnCommands.names, reading: sources)
  }

  /// Those of a session; may block.
  func find(for session: Session, in workspace: FolderPath) -> Skills {
    let sources = engine.sources(of: session, in: workspace.description)
    let repository = GitState.read(at: workspace, files: engine.place.files)?.root
    return find(in: workspace, repository: repository, reading: sources)
  }

  /// The same, on a thread of its own; none where there is no folder.
  package func find(for session: Session) async -> Skills {
    guard let folder = session.options.cwd ?? engine.place.folder else { return Skills() }
    let found = try? await engine.threads.run { _ throws(ToolError) in
      // Links on the way to the folder are followed, as for tools.
      let place = engine.place.links.resolve(folder) ?? folder
      return FolderPath(place).map { find(for: session, in: $0) } ?? Skills()
    }
    return found ?? Skills()
  }

  /// Answers `skills/list`.
  package func list(_ session: Session) async -> SkillsList.Response {
    let found = await find(for: session)
    return SkillsList.Response(skills: found.all.map(\.info), notices: found.notices.isEmpty ? nil : found.notices)
  }

  /// A session's as commands of its person's.
  package func commands(of session: Session) async -> [SessionCommand] {
    await find(for: session).all.filter(\.isForPerson).map { skill in
      SessionCommand(name: skill.name, explanation: skill.description, hint: skill.hint)
    }
  }
}

extension Engine {
  /// The skills and commands of sessions.
  package var skills: SkillLookup { SkillLookup(self) }

  /// The person's own folder.
  var home: FolderPath? { place.home.flatMap { FolderPath($0) } }

  /// Where what a model is told of a session's surroundings is read: it is shown as by `read_file`, so what holds for that
  /// tool holds here.
  func sources(of session: Session, in workspace: String) -> InstructionSources {
    let policy = desk.policy(of: session, workspace: workspace)
    let reading = policy.reading(by: ["read_file"], in: PermissionSubject(tool: "read_file", actions: []))
    return InstructionSources(
      files: place.files, links: place.links, mayRead: { reading.permits($0) },
      mayShow: { reading.permitsShowing($0) }, mayFollow: { policy.isNamed($0, for: "read_file") })
  }
}

extension Skill {
  /// What clients are told of it.
  fileprivate var info: SkillInfo {
    SkillInfo(
      name: name, kind: kind == .skill ? .skill : .command, description: description, path: path.description,
      source: isPersonal ? .user : .project, argumentHint: hint, isForModel: isForModel, isForPerson: isForPerson)
  }
}
