internal import Protocol

/// A line for `/bin/sh -c`, judged by each of the commands it may run.
///
/// It reads what POSIX says (2.2 to 2.10 of the Shell Command Language) and what bash adds, as `/bin/sh` is dash on one
/// system and bash on another. Commands are collected wherever they stand: in lists, pipelines, subshells, substitutions,
/// function bodies, here-documents, and behind programs that run another one (`sudo`, `xargs`, `sh -c`). Where shells
/// disagree, or a word is known only when the line runs, the line has an obstacle and no rule allows it.
///
/// What a program does by itself is not judged here: `make` runs a makefile, `python` a script (see ``CommandReach``).
package struct ShellLine: Hashable, Sendable {
  /// Why a line is not known well enough to be allowed by a rule.
  package struct Obstacle: Hashable, Sendable {
    /// What it is, for a person.
    package var reason: String
    /// Whether commands may run that are not among those found.
    package var hidesCommands: Bool
  }

  /// What the line runs.
  package enum Judgement: Hashable, Sendable {
    /// These commands and no others.
    case commands([ShellCommand])
    /// That is not known; why.
    case cannotBeJudged(String)
  }

  /// The commands that were found, in the order they stand.
  package private(set) var commands: [ShellCommand] = []
  /// What some of them may run in turn, when that cannot be told exactly.
  package private(set) var suspects: [ShellCommand] = []
  /// Why the line cannot be judged.
  package private(set) var obstacles: [Obstacle] = []

  /// Whether commands may run that are not among those found.
  package private(set) var hidesCommands = false
  /// Words that are no command's: where it is redirected to, what variables and loops are given.
  private(set) var loose: [LooseWord] = []
  /// What the line gives to commands to read.
  private var texts: [[UInt8]] = []
  /// Whether a shell reads commands that are not its arguments.
  private var hasReadingShell = false

  /// The line of that text.
  package init(_ text: String) {
    self.init()
    let bytes = Array(text.utf8)
    guard bytes.count <= PermissionLimits.lineBytesMax else {
      note("it has more than \(PermissionLimits.lineBytesMax) bytes", hides: true)
      return
    }
    if let sign = Self.strangeSign(text) { note("it holds \(sign), which is not what it looks like", hides: true) }
    read(bytes, depth: 0)
    if hasReadingShell { for text in texts { read(text, depth: 1) } }
    if commands.isEmpty, obstacles.isEmpty { note("it has no command", hides: false) }
  }

  init() {}

  /// What the line runs.
  package var judgement: Judgement {
    if let obstacle = obstacles.first { .cannotBeJudged(obstacle.reason) } else { .commands(commands) }
  }

  /// Reads a line that may be within another one.
  mutating func read(_ bytes: [UInt8], depth: Int) {
    guard depth <= PermissionLimits.nestingMax else { return note("it is nested too deeply", hides: true) }
    var parser = ShellParser(bytes, depth: depth, line: self)
    do throws(ShellParser.Problem) {
      try parser.readAll()
    } catch {
      parser.line.note(error.reason, hides: true)
    }
    self = parser.line
  }

  /// Notes why it cannot be judged.
  mutating func note(_ reason: String, hides: Bool) {
    hidesCommands = hidesCommands || hides
    let obstacle = Obstacle(reason: reason, hidesCommands: hides)
    // The first ones are told; that there are more changes nothing.
    if obstacles.count < PermissionLimits.obstaclesMax, !obstacles.contains(obstacle) { obstacles.append(obstacle) }
  }

  /// Takes a command, and what it runs in turn.
  mutating func add(_ words: [ShellWord], depth: Int) throws(ShellParser.Problem) {
    guard commands.count < PermissionLimits.commandsMax, depth <= PermissionLimits.nestingMax else {
      throw ShellParser.Problem("it has too many commands, or they are nested too deeply")
    }
    let inside = ShellWrapper.unwrap(words)
    commands.append(ShellCommand(words: words, isHarmless: inside.isHarmless))
    for obstacle in inside.obstacles { note(obstacle.reason, hides: obstacle.hidesCommands) }
    for suspect in inside.suspects where suspects.count < PermissionLimits.commandsMax {
      suspects.append(ShellCommand(words: suspect, isHarmless: false))
    }
    if inside.readsCommands { hasReadingShell = true }
    for words in inside.commands { try add(words, depth: depth + 1) }
    for line in inside.lines { read(line, depth: depth + 1) }
  }

  /// The words of a text that is one plain command, and nothing else.
  static func words(ofOneCommand text: String) -> [[UInt8]]? {
    guard strangeSign(text) == nil else { return nil }
    var parser = ShellParser(Array(text.utf8), depth: 0, line: ShellLine())
    var words: [[UInt8]] = []
    while true {
      parser.skipBlanks()
      guard let byte = parser.peek() else { return words.isEmpty ? nil : words }
      guard byte != UInt8(ascii: "#"), let word = try? parser.word(), let literal = word.literal else { return nil }
      if words.isEmpty, word.variable != nil { return nil }
      words.append(literal)
    }
  }

  /// Words of the shell's own, which stand where a program's name might.
  static let keywords: Set = [
    "if", "then", "elif", "else", "fi", "while", "until", "do", "done", "{", "}", "!", "esac", "case", "for", "select",
    "function", "coproc",
  ]

  /// Takes a keyword that a rule may name like a program.
  mutating func addHarmless(_ words: [ShellWord]) { commands.append(ShellCommand(words: words, isHarmless: true)) }

  /// Takes a word that is no command's.
  mutating func add(loose word: ShellWord, _ use: LooseWord.Use) {
    guard loose.count < PermissionLimits.wordsMax else { return note("it has too many words", hides: true) }
    loose.append(LooseWord(word: word, use: use))
  }

  /// The files that commands of it read as their input.
  var inputs: [ShellWord] { loose.filter { $0.use == .reads }.map(\.word) }

  /// Keeps a text that the line gives to some command; it may be commands for a shell.
  mutating func keep(text: [UInt8]) { texts.append(text) }

  /// A control character, or one that is invisible, looks like a space, or turns the direction of writing: a person who
  /// reads the line sees another one than the shell.
  private static func strangeSign(_ text: String) -> String? {
    let strange = text.unicodeScalars.first { $0 != "\n" && $0 != "\t" && VisibleText.isHidden($0) }
    return strange.map { "the character U+" + String($0.value, radix: 16, uppercase: true) }
  }
}

/// A word of a line that is no command's.
struct LooseWord: Hashable, Sendable {
  /// What becomes of what it names.
  enum Use: Hashable, Sendable {
    /// It is read from.
    case reads
    /// It is written to, or read and written.
    case writes
    /// It is only said, to whatever the line does with it.
    case said
  }

  let word: ShellWord
  let use: Use
}

/// One command of a line.
package struct ShellCommand: Hashable, Sendable {
  /// The program and its arguments.
  package let words: [ShellWord]
  /// Whether it does nothing by itself: `true`, or a wrapper such as `timeout 10`, whose command is judged for itself.
  package let isHarmless: Bool

  /// The words as far as they are known, for people and for tests.
  package var text: String { words.map(\.text).joined(separator: " ") }
}

/// One word of a command, as far as it is known before the line runs.
package struct ShellWord: Hashable, Sendable {
  /// The word without its quotes; `nil` when the shell has still to expand something in it.
  package let literal: [UInt8]?
  /// What stands behind the last thing to be expanded.
  let tail: [UInt8]
  /// Whether nothing in it is quoted or expanded, as for a keyword.
  let isPlain: Bool
  /// The variable it sets when it stands before a command.
  let variable: [UInt8]?
  /// What it may become, as far as that is known.
  let choices: [[ShellPiece]]

  /// A word that is known.
  init(literal: [UInt8], isPlain: Bool = false, variable: [UInt8]? = nil) {
    self.literal = literal
    tail = literal
    self.isPlain = isPlain
    self.variable = variable
    choices = [literal.map(ShellPiece.byte)]
  }

  /// A word that is not known but for its end.
  init(unknownUpTo tail: [UInt8], choices: [[ShellPiece]] = [[.unknown]], variable: [UInt8]? = nil) {
    literal = nil
    self.choices = choices
    self.tail = tail
    isPlain = false
    self.variable = variable
  }

  /// The name a program is known by, without its folders and in small letters; `nil` when that is not known.
  var programName: String? {
    if let literal { return Self.name(ofProgram: literal) }
    // `~/bin/rm` is `rm`, wherever that is.
    return tail.contains(UInt8(ascii: "/")) ? Self.name(ofProgram: tail) : nil
  }

  /// The name a program is known by.
  static func name(ofProgram word: [UInt8]) -> String {
    let name = word.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last ?? []
    return String(decoding: name.map(Byte.lowercased), as: UTF8.self)
  }

  /// Whether it is exactly these letters, unquoted.
  func isKeyword(_ word: String) -> Bool { isPlain && literal.map { $0.elementsEqual(word.utf8) } ?? false }

  /// Whether it is known to be this.
  func isLiteral(_ word: String) -> Bool { literal.map { $0.elementsEqual(word.utf8) } ?? false }

  /// The word as far as it is known.
  package var text: String {
    literal.map { String(decoding: $0, as: UTF8.self) } ?? "…" + String(decoding: tail, as: UTF8.self)
  }
}
