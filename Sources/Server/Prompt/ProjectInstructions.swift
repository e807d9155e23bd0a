package import OperatingSystem

/// What a project tells those who work in it: its `AGENTS.md`, `CLAUDE.md` and what lies beside them for that.
///
/// Read are those of the workspace and of the folders above it up to the repository's root; outside a repository the
/// workspace's own only. Before them comes what the person has written for all projects, `~/.claude/CLAUDE.md`. The nearest
/// come last, as what is said last counts most.
package struct ProjectInstructions: Hashable, Sendable {
  /// One file's text.
  package struct File: Hashable, Sendable {
    /// Where it is.
    package var path: String
    /// What it says; when it was too long, its beginning and a line that says so.
    package var text: String
    /// The file that names it to be read; `nil` for one that is read by its own name.
    package var importer: String?
    /// Whether the person has written it for all projects.
    package var isPersonal = false
  }

  /// The names looked for in each folder, in the order in which they are shown.
  package static let names = ["AGENTS.md", "CLAUDE.md", ".claude/CLAUDE.md", "CLAUDE.local.md"]
  /// Where the person's own are, below the person's folder.
  package static let personalName = ".claude/CLAUDE.md"

  /// The files, the nearest to the work last.
  package var files: [File] = []
  /// What a person should know: files that were passed over, and why.
  package var notices: [String] = []

  /// No instructions.
  package init() {}

  /// The instructions for work in a folder, which lies in that repository or in none, of a person with that home.
  package init(
    workspace: FolderPath, repository: FolderPath?, home: FolderPath? = nil, reading sources: InstructionSources
  ) {
    let top = workspace.border(of: repository)
    var reader = InstructionReader(sources, home: home, room: PromptLimits.instructionsMax)
    for folder in workspace.upwards where folder.isWithin(top) { reader.read(folder, within: top) }
    reader.readPersonal()
    self = reader.found
  }

  /// The instructions that a folder below the workspace adds for work in it; `told` are files that say their part already.
  package init(
    below folder: FolderPath, workspace: FolderPath, repository: FolderPath?, home: FolderPath? = nil, room: Int,
    besides told: Self, reading sources: InstructionSources
  ) {
    let top = workspace.border(of: repository)
    var reader = InstructionReader(sources, home: home, room: room, besides: told.files)
    reader.read(folder, within: top)
    self = reader.found
  }
}

/// Where instructions are read, and which of them may be.
package struct InstructionSources: Sendable {
  /// Reads files.
  package var files: FileSource
  /// Follows links on the way to them.
  package var links: LinkResolver
  /// Whether a file may be read; asked for every file by its path, and again by that of a link's target.
  package var mayRead: @Sendable (String) -> Bool
  /// Whether what a file holds may be shown to who did not name it: no secrets.
  package var mayShow: @Sendable (String) -> Bool
  /// Whether the person has said that a file of another user's is to be followed.
  package var mayFollow: @Sendable (String) -> Bool

  /// Sources; unless it is said otherwise all may be read, and nothing of another user's is followed.
  package init(
    files: FileSource, links: LinkResolver, mayRead: @escaping @Sendable (String) -> Bool = { _ in true },
    mayShow: @escaping @Sendable (String) -> Bool = { _ in true },
    mayFollow: @escaping @Sendable (String) -> Bool = { _ in false }
  ) {
    self.files = files
    self.links = links
    self.mayRead = mayRead
    self.mayShow = mayShow
    self.mayFollow = mayFollow
  }
}
