/// Commands that look, or that build and try what is in the workspace, and are often wanted again with other arguments.
///
/// For them "always" offers a rule of their first words; what such a rule never means is said by ``CommandHazards``.
enum LookingCommands {
  /// How many words of a command say what it does; `nil` for a command that may do anything with other arguments.
  static func wordCount(of command: ShellCommand) -> Int? {
    let words = command.words.prefix(3).map { $0.literal.map { String(decoding: $0, as: UTF8.self) } }
    guard let program = words.first ?? nil else { return nil }
    if ProgramHazards.reading.contains(program) { return 1 }
    guard words.count > 1, let second = words[1] else { return nil }
    if program == "git", GitHazards.looking.contains(second) { return 2 }
    if two[program]?.contains(second) ?? false { return 2 }
    guard words.count > 2, let third = words[2] else { return nil }
    return three["\(program) \(second)"]?.contains(third) ?? false ? 3 : nil
  }

  private static let two: [String: Set<String>] = [
    "cargo": ["check", "build", "test", "clippy", "doc", "tree", "metadata", "bench"],
    "go": ["build", "test", "vet", "list", "version", "doc"], "swift": ["build", "test"],
    "npm": ["ls", "list", "outdated", "explain"], "pnpm": ["ls", "list", "outdated", "why"],
  ]

  private static let three: [String: Set<String>] = [
    "git stash": ["list", "show"], "git worktree": ["list"], "git reflog": ["show"],
    "gh pr": looks.union(["checks", "diff"]),
    "gh issue": looks, "gh run": looks, "gh release": looks, "gh repo": looks, "gh workflow": looks,
    "gh label": ["list"],
  ]

  private static let looks: Set = ["view", "list", "status"]
}
