internal import Protocol

/// A pattern of commands: the words a command has, or, with `:*` behind them, those it begins with.
///
/// `git status:*` is `git status` and `git status -s`, but not `git statusx`. The words are written as for a shell, with
/// quotes where needed; a rule speaks of one command, and a line is judged by each of its own.
package struct CommandPattern: Hashable, Sendable {
  /// How sure it is that a command is meant.
  package enum Match: Int, Hashable, Sendable, Comparable {
    case no
    /// What is not written out may turn out to be it.
    case maybe
    case yes

    package static func < (one: Match, other: Match) -> Bool { one.rawValue < other.rawValue }
  }

  /// What a command's first words must be, byte for byte.
  package let words: [[UInt8]]
  /// Whether more words may follow.
  package let isPrefix: Bool

  /// The pattern that a rule has in parentheses.
  package init(_ text: String) throws(PermissionRule.Problem) {
    isPrefix = text.utf8.suffix(2).elementsEqual(":*".utf8)
    let command = isPrefix ? String(text.dropLast(2)) : text
    guard let words = ShellLine.words(ofOneCommand: command) else {
      throw PermissionRule.Problem(
        "it must be the words of one command, without variables, wildcards, redirections or assignments; quote signs "
          + "that mean themselves, and put ':*' at the end where more words may follow, as in 'git status:*'")
    }
    guard words.last?.last != Byte.colon || isPrefix, words.first?.isEmpty == false else {
      throw PermissionRule.Problem("no command is named so; put ':*' at the end where more words may follow")
    }
    guard let program = words.first, !ShellLine.keywords.contains(String(decoding: program, as: UTF8.self)) else {
      throw PermissionRule.Problem("it begins with a word of the shell's own, which no command has for a name")
    }
    self.words = words
  }

  /// Whether a rule that allows speaks of the command: only when nothing about it is in doubt.
  ///
  /// A program is meant only as it is written: `git` is not `./git`.
  package func covers(_ command: ShellCommand) -> Bool {
    guard isPrefix ? command.words.count >= words.count : command.words.count == words.count else { return false }
    return zip(words, command.words).allSatisfy { $0 == $1.literal }
  }

  /// Whether a rule that refuses or asks speaks of the command.
  ///
  /// A program is meant by its name alone, wherever it is kept and however its letters are cased, as some file systems do
  /// not tell case.
  package func match(_ command: ShellCommand) -> Match {
    guard let program = command.words.first, let sought = words.first else { return .no }
    guard let name = program.programName else { return .maybe }
    guard name == ShellWord.name(ofProgram: sought) else { return program.literal == nil ? .maybe : .no }
    var found = Match.yes
    for (place, word) in words.enumerated().dropFirst() {
      guard place < command.words.count else { return .no }
      // What is not written out may become no word or many, so that nothing behind it has a known place.
      guard let literal = command.words[place].literal else { return .maybe }
      guard literal != word else { continue }
      // `git -C folder push` is a `git push` too; which options take a word is not known here.
      let isOption = literal.first == UInt8(ascii: "-") && word.first != UInt8(ascii: "-")
      guard isOption, Self.follow(words[place...], in: command.words[place...]) else { return .no }
      return .maybe
    }
    if !isPrefix, command.words.count > words.count {
      found = command.words[words.count...].allSatisfy { $0.literal == nil } ? .maybe : .no
    }
    return found
  }

  /// Whether words come in this order, whatever stands between them.
  private static func follow(_ sought: ArraySlice<[UInt8]>, in words: ArraySlice<ShellWord>) -> Bool {
    var left = sought
    for word in words {
      guard let literal = word.literal else { return true }
      if literal == left.first { left = left.dropFirst() }
      if left.isEmpty { return true }
    }
    return false
  }

  /// How the pattern is written.
  package static func text(_ words: [[UInt8]], isPrefix: Bool) -> String {
    let quoted = words.map { word -> String in
      let text = String(decoding: word, as: UTF8.self)
      let isPlain = !word.isEmpty && word.allSatisfy { Byte.isLetter($0) || "0123456789_-./:,+@%=".utf8.contains($0) }
      let pieces = text.split(separator: "'", omittingEmptySubsequences: false)
      return isPlain && (word.first != UInt8(ascii: "=")) ? text : "'" + pieces.joined(separator: "'\\''") + "'"
    }
    return quoted.joined(separator: " ") + (isPrefix ? ":*" : "")
  }
}
