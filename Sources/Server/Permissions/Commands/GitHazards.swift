/// What git's subcommands can be told to do beside their work.
///
/// From git 2.51's own documentation. Long options may be shortened; letters stand together.
enum GitHazards {
  /// Options before a subcommand that change nothing about what it does.
  static let harmless: Set = [
    "--no-pager", "-P", "--no-optional-locks", "--literal-pathspecs", "--glob-pathspecs", "--noglob-pathspecs",
    "--icase-pathspecs", "--no-replace-objects", "--no-lazy-fetch", "--no-advice",
  ]

  /// Options before a subcommand whose value is the next word.
  private static let valued: Set = [
    "-C", "-c", "--git-dir", "--work-tree", "--namespace", "--super-prefix", "--config-env", "--attr-source",
    "--exec-path", "--list-cmds",
  ]

  /// Where the subcommand stands; behind the last word when there is none, `nil` when that is not known.
  static func place(ofSubcommand words: [ShellWord]) -> Int? {
    var place = 1
    while place < words.count {
      guard let literal = words[place].literal else { return nil }
      guard literal.first == UInt8(ascii: "-") else { return place }
      place += valued.contains(String(decoding: literal, as: UTF8.self)) ? 2 : 1
    }
    return words.count
  }

  /// What a subcommand can be told.
  static func of(_ subcommand: String) -> CommandHazards {
    others[subcommand] ?? (looking.contains(subcommand) ? look : CommandHazards(long: everywhere))
  }

  /// Subcommands that only look at what is in the repository.
  static let looking: Set = [
    "log", "diff", "show", "status", "blame", "annotate", "ls-files", "ls-tree", "grep", "rev-parse", "rev-list",
    "cat-file", "describe", "shortlog", "merge-base", "name-rev", "diff-tree", "diff-index", "diff-files",
    "for-each-ref", "show-ref", "count-objects", "check-ignore", "check-attr", "whatchanged", "show-branch", "cherry",
    "range-diff", "version",
  ]

  /// Subcommands that a rule for all of git may mean: git's own, so that none is an alias, and none that is there to run a
  /// command or to set one up.
  static let ordinary: Set = looking.union([
    "add", "am", "apply", "archive", "branch", "bundle", "checkout", "cherry-pick", "clean", "clone", "commit", "fetch",
    "format-patch", "fsck", "gc", "init", "ls-remote", "merge", "mv", "notes", "pull", "push", "rebase", "reflog",
    "remote", "reset", "restore", "revert", "rm", "sparse-checkout", "stash", "switch", "tag", "update-index",
    "worktree",
  ])

  /// Options that run a program or write a file in several subcommands.
  private static let everywhere: Set = [
    "output", "output-directory", "upload-pack", "receive-pack", "exec", "extcmd", "ext-diff", "textconv",
    "open-files-in-pager", "config", "config-env", "exec-path", "git-dir", "work-tree", "template", "separate-git-dir",
    "tool", "sendmail-cmd", "smtp-server", "to-cmd", "cc-cmd", "header-cmd",
  ]

  private static let writing: Set = [
    "output", "output-directory", "ext-diff", "ext-grep", "textconv", "filters", "open-files-in-pager", "no-index",
    "exec", "upload-pack", "config", "config-env", "git-dir", "work-tree", "tool",
  ]

  private static let look = CommandHazards(
    letters: "Oc", valued: "SGL", long: writing, plain: ["text"], staysInside: true)

  private static let transfer = CommandHazards(long: everywhere, beginnings: ["ext::", "fd::"])

  private static let others: [String: CommandHazards] = [
    "grep": CommandHazards(letters: "O", valued: "efABCm", long: writing, plain: ["text"], staysInside: true),
    // It says what it was asked for, `--git-dir` among it.
    "rev-parse": CommandHazards(staysInside: true),
    // What they are told becomes part of the repository, whatever it is.
    "add": CommandHazards(long: everywhere, takesAnything: true),
    "commit": CommandHazards(long: everywhere, takesAnything: true),
    "tag": CommandHazards(long: everywhere, takesAnything: true),
    "fetch": transfer, "pull": CommandHazards(letters: "x", long: everywhere, beginnings: ["ext::", "fd::"]),
    "push": transfer, "remote": transfer, "ls-remote": transfer,
    "clone": CommandHazards(letters: "uc", long: everywhere, beginnings: ["ext::", "fd::"]),
    "init": CommandHazards(long: everywhere), "rebase": CommandHazards(letters: "x", long: everywhere),
    "archive": CommandHazards(letters: "o", long: everywhere),
    "format-patch": CommandHazards(letters: "o", long: everywhere),
    "bundle": CommandHazards(long: everywhere, words: ["create"]),
    "bisect": CommandHazards(long: everywhere, words: ["run", "start", "visualize", "view"]),
    "submodule": CommandHazards(long: everywhere, words: ["foreach", "update", "add", "set-url"]),
    "difftool": CommandHazards(letters: "xt", long: everywhere),
    "mergetool": CommandHazards(letters: "t", long: everywhere),
    "stash": CommandHazards(letters: "Oc", valued: "SGL", long: everywhere, plain: ["text"]),
    "reflog": CommandHazards(letters: "Oc", valued: "SGL", long: everywhere, plain: ["text"]),
    "filter-branch": CommandHazards(beginnings: ["-"]),
    "worktree": CommandHazards(long: everywhere), "config": CommandHazards(beginnings: [""]),
    "for-each-repo": CommandHazards(beginnings: [""]), "hook": CommandHazards(beginnings: [""]),
  ]
}
