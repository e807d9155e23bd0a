internal import OperatingSystem
internal import Protocol
internal import Providers

/// `get_project_info`: what kind of project the workspace holds.
struct ProjectInfo: Tool {
  private struct Input: Decodable {}

  /// Where the state of git is read.
  let files: FileSource
  /// What commands run with: by its variables git's settings are found, by its clock the time is limited.
  let settings: CommandSettings

  var definition: ToolDefinition {
    ToolDefinition(
      name: "get_project_info",
      description: """
        Tells about the workspace: its folder, the git branch, the build files at its top and what they mean, how many \
        files there are of which kind, and where instructions for agents or readers are. Use it once at the beginning.
        """,
      inputSchema: Self.schema([:]))
  }

  /// Files at the top of a project, and what they tell.
  private static let known: [(name: StaticString, meaning: StaticString)] = [
    ("Package.swift", "Swift package"), ("package.json", "Node.js package"), ("pnpm-lock.yaml", "pnpm"),
    ("yarn.lock", "Yarn"), ("tsconfig.json", "TypeScript"), ("deno.json", "Deno"), ("pyproject.toml", "Python project"),
    ("setup.py", "Python package"), ("requirements.txt", "Python requirements"), ("Cargo.toml", "Rust package"),
    ("go.mod", "Go module"), ("pom.xml", "Maven project"), ("build.gradle", "Gradle project"),
    ("build.gradle.kts", "Gradle project"), ("CMakeLists.txt", "CMake project"), ("Makefile", "make"),
    ("Gemfile", "Ruby project"), ("composer.json", "PHP project"), ("mix.exs", "Elixir project"),
    ("Dockerfile", "container image"), ("docker-compose.yml", "containers"), ("flake.nix", "Nix flake"),
    ("AGENTS.md", "instructions for agents: read it"), ("CLAUDE.md", "instructions for agents: read it"),
    ("CONTRIBUTING.md", "instructions for contributors"), ("README.md", "for readers"), ("README", "for readers"),
  ]

  func plan(_ input: JSON, in workspace: Workspace) throws(ToolError) -> ToolPlan {
    _ = try read(input, as: Input.self)
    let path = workspace.place
    return ToolPlan(title: "Look at the project", effects: [.read(path)]) { context, cancellation throws(ToolError) in
      var lines = ["folder: \(path.absolute)"]
      let folder = try workspace.open(path, creating: false)
      if let git = FolderPath(path.absolute).flatMap({ GitState.read(at: $0, files: self.files) }) {
        lines.append("git: \(git.line)")
      }
      for (name, meaning) in Self.known where (try? folder.status(FileName(name)))?.kind == .file {
        lines.append("\(name): \(meaning)")
      }
      var counts: [String: Int] = [:]
      var (files, folders) = (0, 0)
      var walk = TreeWalk(
        of: path, in: workspace, includesIgnored: false, reading: context.reading, settings: settings,
        pace: WorkPace(cancellation, settings))
      try walk.run { found throws(ToolError) in
        if found.kind == .folder { folders += 1 }
        guard found.kind == .file else { return .goOn }
        files += 1
        counts[Self.kind(found.name), default: 0] += 1
        return .goOn
      }
      lines.append("\(files) files in \(folders) folders, without what git ignores")
      let kinds = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(ToolLimits.fileKindsMax)
      if !kinds.isEmpty { lines.append("kinds: " + kinds.map { "\($0.key) \($0.value)" }.joined(separator: ", ")) }
      return ToolOutcome(text: (lines + walk.notes).joined(separator: "\n"))
    }
  }

  private static func kind(_ name: FileName) -> String {
    guard let dot = name.bytes.lastIndex(of: UInt8(ascii: ".")), dot > 0, dot < name.bytes.count - 1 else {
      return "(none)"
    }
    return String(decoding: name.bytes[dot...], as: UTF8.self)
  }
}
