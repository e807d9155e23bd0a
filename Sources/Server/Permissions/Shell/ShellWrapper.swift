/// What a command runs in turn, as its words tell.
///
/// The programs known here are those that take another command as their arguments. What they do beside it is their own:
/// only those that change nothing about it (``ShellOptions/isHarmless``) need no rule.
struct ShellWrapper {
  /// Commands that are run.
  var commands: [[ShellWord]] = []
  /// Shell lines that are run.
  var lines: [[UInt8]] = []
  /// What may be run.
  var suspects: [[ShellWord]] = []
  /// Why it is not known what is run.
  var obstacles: [ShellLine.Obstacle] = []
  /// Whether it reads commands from its input or a file.
  var readsCommands = false
  /// Whether it does nothing by itself.
  var isHarmless = false

  /// Looks into a command.
  static func unwrap(_ words: [ShellWord]) -> ShellWrapper {
    var found = ShellWrapper()
    guard let program = words.first else { return found }
    if program.literal == nil { found.note("the program is known only when it runs") }
    guard let name = program.programName else { return found }
    // A rule that allows means a program by its whole path: another `timeout` may do anything.
    let isPlainName = program.isLiteral(name)
    if harmless.contains(name), isPlainName { found.isHarmless = true }
    if name == "set", isPlainName, words.dropFirst().allSatisfy(isShellOption) { found.isHarmless = true }
    if let options = ShellOptions.known[name] {
      found.unwrap(words, options)
      if options.isHarmless, isPlainName, found.commands.count == 1, found.obstacles.isEmpty { found.isHarmless = true }
    } else if shells.contains(name) {
      found.unwrapShell(words)
    } else if vague.contains(name) {
      found.suspect(words, "'\(name)' runs other commands")
    } else {
      found.unwrapOther(words, name)
    }
    return found
  }

  /// Builtins that change nothing beyond the line's own course.
  private static let harmless: Set = ["true", "false", ":", "exit", "break", "continue", "return"]

  /// The shells of today and of old.
  static let shells: Set = [
    "sh", "bash", "dash", "zsh", "ksh", "ksh93", "mksh", "ash", "yash", "posh", "fish", "csh", "tcsh", "rbash",
  ]

  /// Programs that run others in ways of their own.
  private static let vague: Set = [
    "chroot", "unshare", "nsenter", "strace", "ltrace", "watch", "parallel", "su", "runuser", "script", "ssh", "flock",
    "setpriv", "systemd-run", "caffeinate", "taskset", "numactl", "firejail", "bwrap", "fakeroot", "proot", "entr",
    "pkexec", "gosu", "su-exec", "unbuffer", "dbus-run-session", "xvfb-run", "start-stop-daemon", "prlimit", "arch",
  ]

  /// Builtins that change what the shell does with what follows, or look into their arguments in ways of their own.
  private static let changing: Set = [
    "alias", "unalias", "hash", "enable", "let", "read", "mapfile", "readarray", "declare", "typeset", "local", "unset",
    "shopt", "bind", "complete", "fc", "getopts",
  ]

  private static func isShellOption(_ word: ShellWord) -> Bool {
    guard let literal = word.literal, literal.count > 1 else { return false }
    if literal.elementsEqual("pipefail".utf8) { return true }
    return (literal[0] == UInt8(ascii: "-") || literal[0] == UInt8(ascii: "+"))
      && literal.dropFirst().allSatisfy { "euxo".utf8.contains($0) }
  }

  mutating func note(_ reason: String, hides: Bool = true) {
    obstacles.append(ShellLine.Obstacle(reason: reason, hidesCommands: hides))
  }

  /// Any word on may begin the command.
  private mutating func suspect(_ words: [ShellWord], _ reason: String) {
    note(reason)
    for start in words.indices.dropFirst().prefix(PermissionLimits.suspectsMax) {
      suspects.append(Array(words[start...]))
    }
    for word in words.dropFirst() {
      guard let literal = word.literal, literal.contains(UInt8(ascii: " ")) else { continue }
      let inner = ShellLine(String(decoding: literal, as: UTF8.self))
      suspects += (inner.commands + inner.suspects).map(\.words)
    }
  }

  private mutating func unwrap(_ words: [ShellWord], _ options: ShellOptions) {
    guard let reading = options.read(words) else {
      return suspect(words, "the options of '\(words[0].programName ?? "")' are not known here")
    }
    if reading.setsVariable { note("it sets a variable for the command", hides: false) }
    guard reading.start < words.count else { return }
    var command = Array(words[reading.start...])
    if let mark = reading.replaced {
      command = command.map { word in
        let holds = word.literal.map { Self.holds($0, mark) } ?? false
        return holds ? ShellWord(unknownUpTo: []) : word
      }
    }
    // What comes from the input is added behind.
    if options.addsWords { command.append(ShellWord(unknownUpTo: [])) }
    commands.append(command)
  }

  private static func holds(_ word: [UInt8], _ mark: [UInt8]) -> Bool {
    !mark.isEmpty && word.indices.contains { word[$0...].starts(with: mark) }
  }

  private mutating func unwrapShell(_ words: [ShellWord]) {
    var place = 1
    var takesLine = false
    while place < words.count {
      guard let word = words[place].literal else { return note("a shell's arguments are known only when it runs") }
      guard let sign = word.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+"), word.count > 1 else { break }
      place += 1
      if word.elementsEqual("--".utf8) { break }
      if word.starts(with: "--".utf8) {
        if word.elementsEqual("--rcfile".utf8) || word.elementsEqual("--init-file".utf8) { place += 1 }
        if word.elementsEqual("--command".utf8) { takesLine = true }
        continue
      }
      if word.contains(UInt8(ascii: "c")) { takesLine = true }
      if word.last == UInt8(ascii: "o") || word.last == UInt8(ascii: "O") { place += 1 }
      if word.contains(UInt8(ascii: "s")) { readsCommands = true }
    }
    if takesLine {
      if place < words.count, let line = words[place].literal { return lines.append(line) }
      return note("the line a shell runs is known only when it runs")
    }
    readsCommands = readsCommands || place >= words.count
    if place < words.count { readScript(words[place]) }
    if readsCommands { note("a shell reads its commands from somewhere else") }
  }

  /// A script is a program like any other; what is made by the line itself is not.
  private mutating func readScript(_ word: ShellWord) {
    let isMade =
      word.literal.map { $0.starts(with: "/dev/".utf8) || $0.starts(with: "/proc/".utf8) || $0 == [45] } ?? true
    if isMade { readsCommands = true }
  }

  private mutating func unwrapOther(_ words: [ShellWord], _ name: String) {
    let arguments = words.dropFirst()
    switch name {
    case "eval":
      let literals = arguments.compactMap(\.literal)
      guard literals.count == arguments.count else { return note("what 'eval' runs is known only when it runs") }
      lines.append(Array(literals.joined(separator: [UInt8(ascii: " ")])))
    case "trap":
      let action = arguments.first { !$0.isLiteral("--") }
      if action?.isLiteral("-") ?? false { return }
      guard let literal = action?.literal else {
        if action != nil { note("what 'trap' runs is known only when it runs") }
        return
      }
      lines.append(literal)
    case ".", "source":
      if let script = arguments.first { readScript(script) }
      if readsCommands { note("a shell reads its commands from somewhere else") }
    case "export", "readonly": if !arguments.isEmpty { note("'\(name)' sets variables", hides: false) }
    case "set": if !isHarmless { note("'set' changes the shell's arguments or options", hides: false) }
    case "alias":
      for word in arguments {
        guard let literal = word.literal, let sign = literal.firstIndex(of: UInt8(ascii: "=")) else { continue }
        lines.append(Array(literal[(sign + 1)...]))
      }
      note("'alias' changes what commands mean")
    case "printf", "test", "[":
      if arguments.contains(where: { $0.literal?.starts(with: "-v".utf8) ?? false }) {
        note("'\(name) -v' looks into the shell's variables")
      }
    case "find", "gfind", "bfs": unwrapFind(words)
    case _ where Self.changing.contains(name): note("'\(name)' changes the shell's variables or meaning")
    default: break
    }
  }

  private mutating func unwrapFind(_ words: [ShellWord]) {
    var place = 1
    while place < words.count {
      let isRun = ["-exec", "-execdir", "-ok", "-okdir"].contains { words[place].isLiteral($0) }
      place += 1
      guard isRun else { continue }
      let end = words[place...].firstIndex { $0.isLiteral(";") || $0.isLiteral("+") } ?? words.count
      if end == words.count { note("a command of 'find' has no end") }
      // `{}` becomes whatever is found.
      let command = words[place..<end].map { word in
        word.literal.map { Self.holds($0, Array("{}".utf8)) } ?? false ? ShellWord(unknownUpTo: []) : word
      }
      if !command.isEmpty { commands.append(command) }
      place = min(words.count, end + 1)
    }
  }
}
