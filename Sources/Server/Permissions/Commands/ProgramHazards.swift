/// What programs can be told to do beside their work.
///
/// From the manuals of GNU coreutils 9, findutils 4.10, grep 3.11, tar 1.35, make 4.4, ripgrep 14, curl 8, Go 1.24, Cargo 1.85,
/// SwiftPM 6.2, npm 11, and what BSD has of them.
enum ProgramHazards {
  /// Programs that only show what is in files.
  static let reading = Set(readers.keys).union(silent).subtracting(["test", "["])

  /// Whether it shows nothing of the files that its words name.
  static func isSilent(_ program: ShellWord) -> Bool { silent.contains { program.isLiteral($0) } }

  private static let silent: Set = [
    "echo", "printf", "pwd", "basename", "dirname", "seq", "whoami", "id", "uname", "which", "tr", "test", "[",
  ]

  /// A program of which nothing is known but how others name what runs a program.
  static let any = CommandHazards(
    dashed: [
      "exec", "exec-batch", "exec-path", "execdir", "pager", "editor", "rsh", "rsync-path", "ssh-command", "to-command",
      "compress-program", "use-compress-program", "checkpoint-action", "upload-pack", "receive-pack", "config-env",
      "open-files-in-pager", "ext-diff", "pre", "script-shell",
    ], takesAnything: true)

  /// The programs by name.
  static let table: [String: CommandHazards] = readers.merging(others) { one, _ in one }
    .merging(silent.map { ($0, CommandHazards(takesAnything: true)) }) { one, _ in one }

  /// Programs that only look, unless they are told otherwise.
  private static let readers: [String: CommandHazards] = {
    let plain = CommandHazards(staysInside: true)
    var found: [String: CommandHazards] = [:]
    for name in [
      "cat", "tac", "head", "tail", "nl", "cut", "comm", "cmp", "ls", "stat", "df", "od", "strings", "readlink",
      "realpath", "column", "fold", "expand", "paste", "join", "rev",
    ] { found[name] = plain }
    let sum = CommandHazards(letters: "c", long: ["check"], staysInside: true)
    for name in ["md5sum", "sha1sum", "sha224sum", "sha256sum", "sha384sum", "sha512sum", "b2sum", "cksum"] {
      found[name] = sum
    }
    let grep = CommandHazards(
      letters: "R", valued: "efABCmDd", long: ["dereference-recursive"], staysInside: true)
    for name in ["grep", "egrep", "fgrep"] { found[name] = grep }
    for name in ["awk", "gawk", "mawk", "nawk"] { found[name] = CommandHazards(staysInside: true, script: .awk) }
    for name in ["sed", "gsed"] { found[name] = CommandHazards(staysInside: true, script: .sed) }
    let find = CommandHazards(
      dashed: [
        "L", "H", "f", "exec", "execdir", "ok", "okdir", "delete", "fprint", "fprint0", "fprintf", "fls", "files0-from",
        "follow",
      ], staysInside: true)
    for name in ["find", "gfind"] { found[name] = find }
    found["wc"] = CommandHazards(long: ["files0-from"], staysInside: true)
    found["du"] = CommandHazards(
      letters: "LDHX", long: ["files0-from", "dereference", "exclude-from"], staysInside: true)
    found["sort"] = CommandHazards(
      letters: "oT", valued: "kt",
      long: ["output", "compress-program", "files0-from", "temporary-directory", "random-source"], staysInside: true)
    found["uniq"] = CommandHazards(operands: 1, staysInside: true)
    found["xxd"] = CommandHazards(letters: "r", operands: 1, staysInside: true)
    found["hexdump"] = CommandHazards(letters: "f", staysInside: true)
    found["file"] = CommandHazards(
      letters: "CmfzZ", valued: "eFP", long: ["compile", "magic-file", "files-from", "uncompress"], staysInside: true)
    found["diff"] = CommandHazards(
      letters: "rl", valued: "UCWIFxX", long: ["recursive", "paginate", "exclude-from"], staysInside: true)
    found["tree"] = CommandHazards(
      letters: "olR", valued: "LPI", long: ["fromfile", "output"], staysInside: true)
    found["rg"] = CommandHazards(
      letters: "Lz", valued: "efgtTABCmMjrE",
      long: ["pre", "pre-glob", "hostname-bin", "follow", "search-zip"], staysInside: true)
    found["fd"] = CommandHazards(
      letters: "xXL", valued: "edEtSocj", long: ["exec", "exec-batch", "follow"], staysInside: true)
    return found
  }()

  /// Programs that do more than look, of which a person may have said that they do their work unasked.
  private static let others: [String: CommandHazards] = {
    var found: [String: CommandHazards] = [:]
    let make = CommandHazards(
      letters: "fCIEe", valued: "jlo",
      long: ["file", "makefile", "directory", "include-dir", "eval", "environment-overrides"],
      setsVariables: true)
    for name in ["make", "gmake", "bmake"] { found[name] = make }
    found["ninja"] = CommandHazards(letters: "fCt")
    found["just"] = CommandHazards(
      letters: "fdc",
      long: ["justfile", "working-directory", "shell", "shell-arg", "set", "command", "chooser", "choose"],
      setsVariables: true)
    found["cmake"] = CommandHazards(letters: "PEC", beginnings: ["-DCMAKE_"])
    let node = CommandHazards(
      letters: "C",
      long: [
        "prefix", "script-shell", "node-options", "userconfig", "globalconfig", "init-module", "editor", "viewer",
        "git",
        "shell", "call", "cwd", "dir", "require", "use-yarnrc", "modules-folder", "preload", "registry", "pager",
        "global-folder", "ignore-workspace-root-check", "shell-emulator", "config",
      ], words: ["exec", "x", "dlx", "explore", "edit", "config"])
    for name in ["npm", "pnpm", "yarn", "bun"] { found[name] = node }
    for name in ["npx", "pnpx", "bunx"] {
      found[name] = CommandHazards(letters: "c", long: ["call", "package", "shell"])
    }
    found["cargo"] = CommandHazards(
      letters: "ZC", valued: "pFj",
      long: [
        "config", "manifest-path", "target-dir", "artifact-dir", "out-dir", "lockfile-path", "fix", "unit-graph",
      ], words: ["run", "install", "fix", "publish"], beginnings: ["+"], staysInside: true)
    found["go"] = CommandHazards(
      dashed: [
        "exec", "toolexec", "vettool", "overlay", "modfile", "o", "C", "ldflags", "gcflags", "asmflags", "gccgoflags",
        "compiler", "pkgdir", "coverprofile", "cpuprofile", "memprofile", "blockprofile", "mutexprofile", "outputdir",
        "trace", "test.coverprofile", "test.cpuprofile", "test.memprofile", "test.blockprofile", "test.mutexprofile",
        "test.outputdir", "test.trace", "test.gocoverdir", "w", "u", "fix", "pgo", "modcacherw", "http",
      ], words: ["run", "generate", "install", "tool", "get"], staysInside: true)
    found["swift"] = CommandHazards(
      letters: "C",
      long: [
        "package-path", "scratch-path", "build-path", "cache-path", "config-path", "security-path", "toolset",
        "swift-sdk", "swift-sdks-path", "sdk", "toolchain", "disable-sandbox", "xunit-output", "chdir",
        "pkg-config-path", "netrc-file", "destination", "experimental-swift-sdk", "attachments-path",
        "event-stream-output-path",
      ], plain: ["configuration"],
      dashed: ["Xcc", "Xswiftc", "Xlinker", "Xcxx", "Xxcbuild", "Xmanifest", "Xbuild-tools-swiftc"],
      words: ["run", "package"], staysInside: true)
    found["gh"] = CommandHazards(
      letters: "w", valued: "qtLsSlA", long: ["web"], words: ["api", "alias", "extension", "auth", "config", "secret"])
    for name in ["tar", "gtar", "bsdtar"] {
      found[name] = CommandHazards(
        letters: "IFPT", lettersLead: true, valued: "fCbgKXV",
        long: [
          "to-command", "checkpoint-action", "use-compress-program", "rsh-command", "rmt-command", "info-script",
          "new-volume-script", "absolute-names", "files-from",
        ])
    }
    found["cpio"] = CommandHazards(letters: "F", long: ["rsh-command", "absolute-filenames", "file"])
    found["zip"] = CommandHazards(letters: "T", long: ["unzip-command", "test"])
    found["rsync"] = CommandHazards(
      letters: "eM", valued: "fT",
      long: ["rsh", "rsync-path", "remote-option", "daemon", "config", "log-file", "partial-dir"])
    for name in ["scp", "sftp"] { found[name] = CommandHazards(letters: "oFSDJ") }
    for name in ["less", "more", "most", "pager", "zless"] {
      found[name] = CommandHazards(
        letters: "okOtT", long: ["log-file", "lesskey-file", "lesskey-src", "lesskey-content", "tag"],
        beginnings: ["+"],
        staysInside: true)
    }
    for name in ["man", "apropos", "whatis"] {
      found[name] = CommandHazards(
        letters: "PHTtXZCMlp",
        long: [
          "pager", "html", "gxditview", "troff", "troff-device", "config-file", "manpath", "local-file", "preprocessor",
        ])
    }
    found["env"] = CommandHazards(letters: "CS", long: ["chdir", "split-string"], setsVariables: true)
    found["xargs"] = CommandHazards(letters: "a", long: ["arg-file"])
    found["curl"] = CommandHazards(
      letters: "oOTKDcEJ", valued: "HdXAbeFmruwxyYzCQ",
      long: [
        "output", "output-dir", "remote-name", "remote-name-all", "config", "upload-file", "dump-header", "cookie-jar",
        "trace", "trace-ascii", "stderr", "etag-save", "hsts", "alt-svc", "netrc", "netrc-file", "netrc-optional",
        "cert",
        "key", "engine", "libcurl", "unix-socket", "abstract-unix-socket", "doh-cert-status",
      ], beginnings: ["file:"], staysInside: true)
    found["wget"] = CommandHazards(
      letters: "OoaeiP", valued: "tTwQUADRIXlB",
      long: [
        "output-document", "output-file", "append-output", "execute", "input-file", "directory-prefix", "config",
        "use-askpass", "post-file", "body-file", "save-cookies", "load-cookies", "rejected-log", "warc-file",
      ])
    for name in ["nc", "ncat", "netcat"] {
      found[name] = CommandHazards(letters: "ec", long: ["exec", "sh-exec", "lua-exec"])
    }
    found["socat"] = CommandHazards(beginnings: ["EXEC:", "SYSTEM:", "exec:", "system:", "Exec:", "System:"])
    found["tcpdump"] = CommandHazards(letters: "zwFr", long: ["postrotate-command"])
    found["split"] = CommandHazards(long: ["filter"])
    found["shuf"] = CommandHazards(letters: "o", long: ["output"])
    found["date"] = CommandHazards(letters: "sf", long: ["set", "file"])
    found["openssl"] = CommandHazards(
      dashed: ["engine", "provider", "provider-path", "config", "out", "writerand", "keyout", "passin", "passout"])
    let compiler = CommandHazards(
      dashed: ["wrapper", "load", "Xclang", "ld-path", "specs"],
      beginnings: ["-fplugin", "-specs", "--specs", "-B", "-fuse-ld", "@", "-Wl,", "-Wa,", "-Wp,"])
    for name in ["gcc", "g++", "cc", "c++", "clang", "clang++"] { found[name] = compiler }
    found["jq"] = CommandHazards(
      letters: "fL", long: ["from-file", "library-path", "rawfile", "slurpfile", "argfile"], staysInside: true)
    found["yq"] = CommandHazards(
      letters: "is", long: ["inplace", "in-place", "split-exp", "from-file"], staysInside: true)
    found["bat"] = CommandHazards(
      letters: "P", long: ["pager", "config-file", "diff"], words: ["cache"], staysInside: true)
    for name in ["ag", "ack"] {
      found[name] = CommandHazards(
        letters: "f", long: ["pager", "follow", "ackrc", "files-from", "output"], staysInside: true)
    }
    found["ip"] = CommandHazards(letters: "b", long: ["batch"], dashed: ["batch", "b"], words: ["netns"])
    found["pytest"] = CommandHazards(
      letters: "pco", valued: "kmnrW",
      long: [
        "rootdir", "override-ini", "confcutdir", "config-file", "basetemp", "junit-xml", "junitxml", "import-mode",
      ])
    for name in ["eslint", "prettier", "jest", "vitest", "mocha", "tsc"] {
      found[name] = CommandHazards(
        letters: "cfop",
        long: [
          "config", "rulesdir", "plugin", "parser", "format", "output-file", "resolve-plugins-relative-to", "require",
          "import", "loader", "project", "outFile", "outDir", "rootDir", "setupFiles", "globalSetup", "runner",
          "reporter", "reporters", "transform", "ext",
        ])
    }
    for name in ["mvn", "gradle", "./gradlew", "gradlew"] {
      found[name] = CommandHazards(
        letters: "fsIpbcgD",
        long: ["file", "settings", "init-script", "project-dir", "build-file", "settings-file", "gradle-user-home"])
    }
    return found
  }()
}
