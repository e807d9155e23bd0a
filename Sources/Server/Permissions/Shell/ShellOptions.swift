/// The options of a program that takes a command as its arguments: how to find where the command begins.
struct ShellOptions {
  /// Letters of options that stand alone.
  var flags = ""
  /// Letters of options that take a value.
  var valued = ""
  /// Long options that stand alone, without their dashes.
  var longFlags: Set<String> = []
  /// Long options that take the next word when they have no `=`.
  var longValued: Set<String> = []
  /// Letters of options with which no command is run.
  var ends = ""
  /// Words between the options and the command.
  var operands = 0
  /// Whether variables may be set before the command.
  var setsVariables = false
  /// Letters of the options whose value is replaced in the command.
  var replaces = ""
  /// Whether words are added behind the command.
  var addsWords = false
  /// Whether it changes nothing about the command that matters to a rule.
  var isHarmless = false

  /// Where a command begins.
  struct Reading {
    /// Its first word; behind the last when there is none.
    var start: Int
    /// Whether variables are set for it.
    var setsVariable = false
    /// The mark that `xargs -I` puts its input in the place of.
    var replaced: [UInt8]?
  }

  /// The programs (POSIX, GNU coreutils 9, util-linux 2.40, sudo 1.9, findutils 4.10, and what macOS has of them).
  static let known: [String: ShellOptions] = [
    "command": ShellOptions(flags: "p", ends: "vV", isHarmless: true),
    "builtin": ShellOptions(isHarmless: true),
    "exec": ShellOptions(flags: "cl", valued: "a", isHarmless: true),
    "nohup": ShellOptions(isHarmless: true),
    "nice": ShellOptions(flags: "0123456789", valued: "n", longValued: ["adjustment"], isHarmless: true),
    "timeout": ShellOptions(
      flags: "fpv", valued: "ks", longFlags: ["foreground", "preserve-status", "verbose"],
      longValued: ["kill-after", "signal"], operands: 1, isHarmless: true),
    "gtimeout": ShellOptions(
      flags: "fpv", valued: "ks", longFlags: ["foreground", "preserve-status", "verbose"],
      longValued: ["kill-after", "signal"], operands: 1, isHarmless: true),
    "stdbuf": ShellOptions(valued: "ioe", longValued: ["input", "output", "error"], isHarmless: true),
    "ionice": ShellOptions(
      flags: "t", valued: "cn", longFlags: ["ignore"], longValued: ["class", "classdata"], ends: "pPu", isHarmless: true
    ),
    "setsid": ShellOptions(flags: "cfw", longFlags: ["ctty", "fork", "wait"]),
    // A `time` that was not a keyword, as behind a wrapper: the program writes a file with -o.
    "time": ShellOptions(flags: "pavlV", valued: "of", longValued: ["format", "output"]),
    "env": ShellOptions(
      flags: "i0v", valued: "uC", longFlags: ["ignore-environment", "null", "debug"], longValued: ["unset", "chdir"],
      setsVariables: true),
    "sudo": ShellOptions(
      flags: "AbEHikKnPSsVvB", valued: "CDghpRrTtUu",
      longFlags: [
        "askpass", "background", "preserve-env", "set-home", "login", "non-interactive", "preserve-groups", "stdin",
        "shell", "reset-timestamp",
      ],
      longValued: ["close-from", "chdir", "group", "host", "prompt", "chroot", "command-timeout", "user"],
      setsVariables: true),
    "doas": ShellOptions(flags: "Lns", valued: "Cu"),
    "xargs": ShellOptions(
      flags: "0oprtx", valued: "adEILnPRSsJ",
      longFlags: ["null", "open-tty", "interactive", "no-run-if-empty", "verbose", "exit"],
      longValued: ["arg-file", "delimiter", "max-lines", "max-args", "max-procs", "max-chars", "process-slot-var"],
      replaces: "IJ", addsWords: true),
    "busybox": ShellOptions(), "toybox": ShellOptions(),
  ]

  /// Finds the command; `nil` when an option is not known, or not written out.
  func read(_ words: [ShellWord]) -> Reading? {
    var reading = Reading(start: 1)
    options: while reading.start < words.count {
      guard let word = words[reading.start].literal else { return nil }
      guard word.count > 1, word[0] == UInt8(ascii: "-") else { break }
      reading.start += 1
      let text = String(decoding: word.dropFirst(), as: UTF8.self)
      if text == "-" { break }
      if text.hasPrefix("-") {
        let parts = text.dropFirst().split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts.first ?? "")
        if longValued.contains(name) {
          if parts.count == 1 { reading.start += 1 }
        } else if !longFlags.contains(name) {
          return nil
        }
        continue
      }
      var letters = text[...]
      while let letter = letters.popFirst() {
        if ends.contains(letter) {
          reading.start = words.count
          break options
        }
        if flags.contains(letter) { continue }
        guard valued.contains(letter) else { return nil }
        var value = Array(letters.utf8)
        if letters.isEmpty {
          guard reading.start < words.count, let next = words[reading.start].literal else { return nil }
          value = next
          reading.start += 1
        }
        if replaces.contains(letter) { reading.replaced = value }
        break
      }
    }
    if setsVariables {
      while reading.start < words.count, words[reading.start].isAssignment {
        reading.setsVariable = true
        reading.start += 1
      }
      if reading.start < words.count, words[reading.start].literal == nil { return nil }
    }
    guard reading.start < words.count else { return reading }
    for _ in 0..<operands where reading.start < words.count {
      // Unless it is quoted, what is not written out may be many words, the command among them.
      guard words[reading.start].literal != nil else { return nil }
      reading.start += 1
    }
    return reading
  }
}

extension ShellWord {
  /// Whether a program that sets variables takes it for one: anything with a `=`.
  fileprivate var isAssignment: Bool { variable != nil || literal?.contains(UInt8(ascii: "=")) ?? false }
}
