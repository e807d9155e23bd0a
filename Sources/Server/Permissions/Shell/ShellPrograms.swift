internal import Protocol

/// What programs do with what they are given, as far as rules for paths must know.
///
/// A program that is in no list is taken for one that reads and writes what its words name, and nothing else.
enum ShellPrograms {
  /// Programs that do not open what their words name.
  static let inert: Set = [
    "echo", "printf", "true", "false", ":", "exit", "return", "break", "continue", "sleep", "kill", "wait", "pwd",
    "seq", "expr", "test", "[", "basename", "dirname", "export", "readonly", "set", "shift", "umask", "type", "which",
    "whoami", "id", "uname", "hostname", "jobs", "ulimit", "tty", "groups", "nproc", "uptime", "yes", "hash",
    "cd", "pushd", "popd", "chdir",
  ]

  /// Programs that change no file that their words name.
  static let reading: Set = [
    "cat", "head", "tail", "wc", "grep", "egrep", "fgrep", "ls", "stat", "file", "du", "df", "cmp", "cut", "tr", "nl",
    "od", "hexdump", "strings", "md5sum", "sha1sum", "sha256sum", "sha512sum", "cksum", "readlink", "realpath", "tac",
    "rev", "fold", "paste", "comm", "join", "tree", "column", "less", "more",
  ]

  /// Programs that run code in a language of their own, which is not looked into.
  private static let interpreters: Set = [
    "python", "pypy", "ipython", "perl", "ruby", "irb", "node", "nodejs", "deno", "bun", "tsx", "ts-node", "php", "lua",
    "luajit", "tclsh", "wish", "expect", "osascript", "rscript", "r", "julia", "groovy", "scala", "kotlin", "java",
    "guile", "racket", "sbcl", "clisp", "emacs", "vim", "vi", "nvim", "view", "ex", "ed", "elixir", "iex", "erl",
    "escript", "ghci", "runghc", "runhaskell", "swipl", "octave", "sqlite", "sqlite3", "duckdb", "psql", "mysql", "gdb",
    "vimdiff", "emacsclient",
    "lldb", "socat", "nc", "ncat", "netcat", "dc", "bc", "m4", "gnuplot", "jshell", "pwsh", "powershell", "tmux",
    "screen", "at", "batch", "crontab", "rlwrap",
  ]

  /// How a command stands to folders.
  enum Thoroughness: Hashable, Sendable {
    /// It takes files alone, or only what is named in a folder.
    case no
    /// It goes through the folders that it names, with all that is in them.
    case named
    /// It goes through those, and through the one it is in.
    case here
  }

  /// Programs that go through folders that they name.
  private static let thorough: Set = [
    "pax", "rsync", "zip", "7z", "7za", "7zz", "7zr", "rar", "mv", "ln", "mount", "docker", "podman", "nerdctl",
    "rclone", "aws", "gsutil", "rename", "shred", "dar", "borg", "restic", "install", "srm", "trash", "mksquashfs",
    "genisoimage", "mkisofs",
  ]

  /// Programs that change, in the folder they are in, files that are named elsewhere.
  private static let unpacking: Set = ["unzip", "unrar", "cpio", "patch", "sftp", "bunzip"]

  /// Programs that look for a pattern in all that is below, with the letters of their options that take no value.
  private static let searching: [String: String] = [
    "rg": "nilwvcHoFPpsSauUNLxz0.I", "ag": "nilwvcHQsSauUzfD0", "ack": "nilwvcHQsxf", "ugrep": "nilwvcHoEFGPrRsSyz.I",
    "zgrep": "nilwvcHhoEFPqs", "grep": "rRnilwvcHhoEFPqsaIzxLUTZ", "egrep": "rRnilwvcHhoEFPqsaIzxLUTZ",
    "fgrep": "rRnilwvcHhoEFPqsaIzxLUTZ",
  ]

  /// Programs that go through folders when an option says so: its letters and words.
  private static let thoroughWith: [String: (letters: String, words: [String])] = [
    "grep": ("rRd", ["--recursive", "--dereference-recursive", "--directories"]),
    "egrep": ("rRd", ["--recursive", "--dereference-recursive", "--directories"]),
    "fgrep": ("rRd", ["--recursive", "--dereference-recursive", "--directories"]),
    "zgrep": ("rR", ["--recursive"]), "cp": ("rRa", ["--recursive", "--archive"]),
    "gcp": ("rRa", ["--recursive", "--archive"]), "scp": ("r", []), "rm": ("rR", ["--recursive"]),
    "diff": ("r", ["--recursive"]), "chmod": ("R", ["--recursive"]), "chown": ("R", ["--recursive"]),
    "chgrp": ("R", ["--recursive"]), "gzip": ("r", ["--recursive"]), "wget": ("r", ["--recursive"]),
  ]

  /// Commands of git that show, pack or replace whatever there is.
  private static let thoroughGit: Set = [
    "grep", "archive", "cat-file", "bundle", "fast-export", "fast-import", "apply", "am", "clean", "checkout-index",
  ]

  /// Words of `find` that do more than name what is found.
  private static let acting: Set = ["-delete", "-fprint", "-fprint0", "-fprintf", "-fls", "-files0-from"]

  /// Options whose value is a list of files to be read, or commands.
  private static let listing: Set = [
    "--files-from", "--files0-from", "--arg-file", "--eval", "--to-command", "--checkpoint-action",
    "--use-compress-program", "--compress-program", "--pre", "--rsh", "--exec", "--exec-batch", "--unified-exec",
    "--stdin-paths", "--pathspec-from-file", "--filter", "--files", "--files0", "--check", "--init-file", "--rcfile",
    "--upload-pack", "--receive-pack", "--ext-diff", "--textconv", "--open-files-in-pager",
  ]

  /// Programs to which a word that begins with `@` is a package, or a file that is named.
  private static let taking: Set = [
    "curl", "npm", "npx", "yarn", "pnpm", "bunx", "echo", "printf", "grep", "git", "gh", "sed", "awk",
  ]

  /// Folders of the system's programs; one that is kept elsewhere may be a script.
  private static let homes = [
    "/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/opt/homebrew/bin",
    "/opt/local/bin",
  ]

  /// Variables that change what a line's words mean, or have a program run something.
  private static let changing: Set = [
    "PATH", "CDPATH", "HOME", "PWD", "OLDPWD", "GLOBIGNORE", "BASHOPTS", "SHELLOPTS", "BASH_ENV", "ENV", "IFS",
    "PS4", "PROMPT_COMMAND", "NODE_OPTIONS", "RUBYOPT", "PERL5OPT", "PERL5DB", "EDITOR", "VISUAL", "PAGER", "LESSOPEN",
    "MAKEFLAGS", "TAR_OPTIONS", "RIPGREP_CONFIG_PATH", "CURL_HOME", "GREP_OPTIONS",
  ]

  /// Whether a word sets such a variable.
  static func setsMeaning(_ word: ShellWord) -> Bool {
    guard let start = word.choices.first else { return false }
    let name = start.prefix { $0 != .byte(UInt8(ascii: "=")) }.compactMap { piece -> UInt8? in
      if case .byte(let byte) = piece { return byte }
      return nil
    }
    guard name.count < start.count, name.allSatisfy({ Byte.isWord($0) || $0 == UInt8(ascii: "+") }) else {
      return false
    }
    let text = String(decoding: name.filter { $0 != UInt8(ascii: "+") }, as: UTF8.self)
    let ends = ["PAGER", "EDITOR", "SHELL", "BROWSER", "_COMMAND", "_CMD", "_OPTS", "OPTIONS"]
    return changing.contains(text) || ends.contains { text.hasSuffix($0) }
      || ["LD_", "DYLD_", "GIT_", "BASH_FUNC"].contains { text.hasPrefix($0) }
  }

  /// Whether a command only tells of itself; to some that run code `-v` is another word, and they read on.
  private static func onlyTells(_ words: [ShellWord], runsCode family: String? = nil) -> Bool {
    let options = words.dropFirst().map(\.text)
    if let family, options == ["-V"] && family == "python" || options == ["-v"] && family == "node" { return true }
    let telling = ["--version", "--help"] + (family == nil ? ["-V", "-v", "-h"] : [])
    return !options.isEmpty && options.allSatisfy(telling.contains)
  }

  /// Why it cannot be told what a command reaches, beside its words; `nil` when it can.
  static func secret(_ name: String, _ words: [ShellWord]) -> String? {
    let arguments = words.dropFirst()
    let options = arguments.compactMap { $0.literal.map { String(decoding: $0, as: UTF8.self) } }
    if let path = words.first?.literal, path.contains(UInt8(ascii: "/")), !isKept(path) {
      return "'\(name)' may be a script"
    }
    if words.first?.literal == nil { return "'\(name)' may be a script" }
    let family = String(name.reversed().drop { "0123456789.".contains($0) }.reversed())
    let runsCode = interpreters.contains(name) || interpreters.contains(family) || name.hasPrefix("ld-linux")
    if onlyTells(words, runsCode: runsCode ? family : nil) { return nil }
    if runsCode {
      return "'\(name)' runs code that is not looked into"
    }
    if let option = options.first(where: { isListing($0) }) { return "'\(option.prefix(40))' names files elsewhere" }
    if !taking.contains(name), let word = options.first(where: { $0.hasPrefix("@") && $0.utf8.count > 1 }) {
      return "'\(word.prefix(40))' may name files elsewhere"
    }
    switch name {
    case ".", "source": return "'\(name)' runs a script"
    case _ where ShellWrapper.shells.contains(name):
      let runsLine = options.contains { $0.hasPrefix("-") && !$0.hasPrefix("--") && $0.contains("c") }
      return runsLine || options.contains("--command") ? nil : "'\(name)' runs a script"
    case "swift", "dotnet", "go":
      let known: Set = [
        "build", "test", "package", "vet", "fmt", "mod", "list", "version", "format", "env", "get", "restore",
      ]
      return options.first.map(known.contains) ?? false ? nil : "'\(name)' runs code that is not looked into"
    case "awk", "gawk", "mawk", "nawk", "original-awk":
      return isPlainAwk(options) ? nil : "'\(name)' runs code that is not looked into"
    case "sed", "gsed": return isPlainSed(options) ? nil : "'\(name)' may read and write other files"
    case "tar", "gtar", "bsdtar":
      return options.contains { $0.hasPrefix("-T") || $0.hasPrefix("-I") } ? "'\(name)' takes names from a file" : nil
    case "curl", "wget":
      let readsMore = options.contains { option in
        let isShort = option.hasPrefix("-") && !option.hasPrefix("--")
        return ["--config", "--input-file"].contains { option.hasPrefix($0) }
          || isShort && (option.contains("K") || option.contains("i") && name == "wget")
          || option.lowercased().contains("file:") && option.contains { "{[".contains($0) }
      }
      return readsMore ? "'\(name)' takes addresses from elsewhere" : nil
    case "rsync", "scp", "sftp":
      return options.contains { $0.hasPrefix("-e") || $0.hasPrefix("-S") } ? "'\(name)' runs another program" : nil
    case "git":
      let isOpen = options.contains {
        $0 == "-c" || $0.hasPrefix("--config-env") || $0.hasPrefix("--exec-path=") || $0.hasPrefix("-O")
      }
      let runs: Set = [
        "bisect", "filter-branch", "submodule", "rebase", "difftool", "mergetool", "config", "daemon", "hook",
      ]
      return isOpen || options.contains(where: { runs.contains($0) }) && options.count > 1
        ? "'git' may run other commands" : nil
    case "gcc", "cc", "g++", "c++", "clang", "clang++", "cpp", "as", "tcc", "zip", "file", "man":
      return options.contains { $0 == "-" || $0 == "-@" || name == "file" && $0.hasPrefix("-f") || $0.hasPrefix("-P") }
        ? "'\(name)' takes more from its input" : nil
    case "md5sum", "sha1sum", "sha224sum", "sha256sum", "sha384sum", "sha512sum", "b2sum", "cksum", "shasum":
      return options.contains { $0.hasPrefix("-") && $0.contains("c") } ? "'\(name)' takes names from a file" : nil
    case "fd", "fdfind":
      return options.contains { $0.hasPrefix("-x") || $0.hasPrefix("-X") } ? "'\(name)' runs another program" : nil
    case "cpio", "pax": return "'\(name)' takes names from its input"
    case "make", "gmake", "ninja", "just":
      return options.contains {
        $0 == "-f" || $0.hasPrefix("-f") || $0.hasPrefix("--file") || $0.hasPrefix("--makefile")
          || $0.hasPrefix("SHELL=")
          || $0.contains("=") && $0.contains { " $`;|&".contains($0) }
      }
        ? "'\(name)' runs what a file says" : nil
    default: return nil
    }
  }

  private static func isListing(_ option: String) -> Bool {
    guard option.hasPrefix("--") else { return false }
    return listing.contains(String(option.prefix { $0 != "=" }))
  }

  /// Whether a program is one of the system's.
  private static func isKept(_ path: [UInt8]) -> Bool {
    let folder = String(decoding: path[..<(path.lastIndex(of: UInt8(ascii: "/")) ?? 0)], as: UTF8.self)
    return homes.contains(folder)
  }

  /// Whether a command goes through folders.
  static func thoroughness(_ name: String, _ words: [ShellWord]) -> Thoroughness {
    if onlyTells(words) { return .no }
    if thorough.contains(name) { return .named }
    if unpacking.contains(name) { return .here }
    let options = words.dropFirst().map { $0.literal.map { String(decoding: $0, as: UTF8.self) } ?? "" }
    if let (letters, known) = thoroughWith[name] {
      let isAsked = options.contains { option in
        if option.hasPrefix("--") {
          let word = option.prefix { $0 != "=" }
          // GNU programs take the beginnings of their options for the whole.
          return known.contains { $0 == word || word.count > 3 && $0.hasPrefix(word) }
        }
        return option.hasPrefix("-") && option.contains { letters.contains($0) }
      }
      guard isAsked else { return .no }
      if searching[name] == nil { return .named }
    }
    if let flags = searching[name] {
      // The pattern is the first word that is no option and no option's value; the others are places.
      var operands = 0
      var isValue = false
      for option in options {
        if option.hasPrefix("-"), option.count > 1 {
          isValue = !option.hasPrefix("--") && !option.dropFirst().allSatisfy { flags.contains($0) }
        } else {
          if !isValue { operands += 1 }
          isValue = false
        }
      }
      return operands > 1 ? .named : .here
    }
    switch name {
    case "git":
      let adds = ["add", "stage", "stash"].contains { options.contains($0) }
      let addsAll = [".", "./", "*", "-A", "--all", ":/", "-f", "--force", "-u", "-a", "--include-untracked"].contains {
        options.contains($0)
      }
      let isThorough = options.contains { thoroughGit.contains($0) || $0 == "--no-index" || $0 == "--untracked" }
      if isThorough || adds && addsAll { return .here }
      return adds ? .named : .no
    case "tar", "gtar", "bsdtar":
      let mode = options.first ?? ""
      let isUnpacking =
        mode.contains("x") || options.contains { $0 == "--extract" || $0 == "--get" || $0.hasPrefix("-x") }
      return isUnpacking ? .here : .named
    case "find", "gfind", "bfs":
      guard options.contains(where: { acting.contains($0) || $0.hasPrefix("-exec") || $0.hasPrefix("-ok") }) else {
        return .no
      }
      return options.first.map { $0.hasPrefix("-") || $0.hasPrefix("(") || $0 == "!" } ?? true ? .here : .named
    default: return .no
    }
  }

  /// Whether a command of git's goes only through what is not ignored.
  static func passesIgnored(_ words: [ShellWord]) -> Bool {
    guard ["add", "stage", "stash", "clean"].contains(where: { word in words.contains { $0.isLiteral(word) } }) else {
      return false
    }
    return words.allSatisfy { word in
      guard let option = word.literal, option.first == UInt8(ascii: "-") else { return word.literal != nil }
      let isForced = option.starts(with: "--f".utf8) || option.starts(with: "--a".utf8) && !word.isLiteral("--all")
      if option.starts(with: "--".utf8) { return !isForced }
      // `clean` wants an `-f` to do anything; with `-x` it takes what is ignored.
      let letters =
        words.contains { $0.isLiteral("clean") } ? "xX" : words.contains { $0.isLiteral("stash") } ? "a" : "f"
      return !option.contains { letters.utf8.contains($0) }
    }
  }

  /// Whether awk's code reads, writes and runs nothing by itself.
  private static func isPlainAwk(_ options: [String]) -> Bool {
    guard
      !options.contains(where: {
        $0.hasPrefix("-f") || $0.hasPrefix("-i") || $0.hasPrefix("-l") || $0.hasPrefix("-E") || $0.hasPrefix("--")
      })
    else {
      return false
    }
    return options.allSatisfy { option in
      !["getline", "system", "|", "ARGV", "@", "close"].contains { option.contains($0) }
        && !(option.contains(">") && option.contains("print"))
    }
  }

  /// Whether sed's code is of the plain sort: lines that are shown or left out, and replacing.
  private static func isPlainSed(_ options: [String]) -> Bool {
    var code: [String] = []
    var takesNext = false
    var hasCode = false
    for option in options {
      if takesNext {
        code.append(option)
        takesNext = false
      } else if option == "-e" || option == "-ne" || option == "-ie" || option == "-Ee" || option == "-nEe"
        || option == "--expression"
      {
        takesNext = true
        hasCode = true
      } else if option.hasPrefix("-") {
        guard option.dropFirst().allSatisfy({ "nErszu".contains($0) }) || option.hasPrefix("-i") && option.count < 7
        else { return false }
      } else if !hasCode {
        code.append(option)
        hasCode = true
      }
    }
    return code.allSatisfy { isPlainSed(Array($0.utf8)) }
  }

  private static func isPlainSed(_ code: [UInt8]) -> Bool {
    var rest = code[...]
    while true {
      rest = rest.drop { " ;\n0123456789,$!{}+~".utf8.contains($0) }
      if rest.first == UInt8(ascii: "/") {
        rest = rest.dropFirst()
        guard passDelimited(&rest, by: UInt8(ascii: "/")) else { return false }
        continue
      }
      guard let command = rest.popFirst() else { return true }
      switch command {
      case UInt8(ascii: "p"), UInt8(ascii: "d"), UInt8(ascii: "q"), UInt8(ascii: "="), UInt8(ascii: "g"),
        UInt8(ascii: "G"),
        UInt8(ascii: "h"), UInt8(ascii: "H"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "x"),
        UInt8(ascii: "P"),
        UInt8(ascii: "D"):
        continue
      case UInt8(ascii: "s"), UInt8(ascii: "y"):
        guard let sign = rest.popFirst(), passDelimited(&rest, by: sign), passDelimited(&rest, by: sign) else {
          return false
        }
        rest = rest.drop { "gpiIMm0123456789".utf8.contains($0) }
        guard rest.first.map({ " ;\n}".utf8.contains($0) }) ?? true else { return false }
      default: return false
      }
    }
  }

  private static func passDelimited(_ rest: inout ArraySlice<UInt8>, by sign: UInt8) -> Bool {
    while let byte = rest.popFirst() {
      if byte == sign { return true }
      if byte == UInt8(ascii: "\\") { _ = rest.popFirst() }
    }
    return false
  }
}
