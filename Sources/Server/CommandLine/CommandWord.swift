internal import Protocol

/// A word that is a command where it stands first; behind `--` it is part of a prompt.
enum CommandWord: String, CaseIterable {
  case call, sessions, doctor, chat

  /// How it is written, and what comes of it: for the help.
  var help: (line: String, does: String) {
    switch self {
    case .call: ("call METHOD [PARAMS]", "call one method, print its result")
    case .sessions: ("sessions [list | show NAME | delete NAME...]", "look at stored sessions")
    case .chat: ("chat", "talk at a terminal; without arguments, too")
    case .doctor: ("doctor [--verify]", "tell what a prompt would do and why, and what is missing")
    }
  }
}

// MARK: - Words that are no prompt

/// Words of a command line that are no prompt, though nothing else could read them: a command that is misspelt, or that
/// other programs have.
extension CommandWord {
  private static let meanings = [
    ("serve", "to serve a pipe: wyn360 --stdio"), ("server", "to serve a pipe: wyn360 --stdio"),
    ("stdio", "to serve a pipe: wyn360 --stdio"), ("help", "for the options: wyn360 --help"),
    ("version", "for the version: wyn360 --version"), ("call", "to call a method: wyn360 call METHOD [PARAMS]"),
    ("sessions", "to look at stored sessions: wyn360 sessions"),
    ("doctor", "to find out what is wrong: wyn360 doctor"),
  ]

  /// What to type in their place; `nil` where they may be a prompt.
  static func mistaken(_ words: [String]) -> String? {
    guard let first = words.first, words.count <= 3, CommandWord(rawValue: first) == nil else { return nil }
    let isAlone = words.count == 1 || words[1].hasPrefix("{")
    if isAlone, Catalog.clientRequests.contains(where: { $0.method == first }) {
      return "'\(first)' is a method; to call it: wyn360 call \(first) [PARAMS]"
    }
    let isCall = words.count > 1 && words[1].contains("/")
    guard words.count == 1 || isCall else { return nil }
    // A lone word that is like `call` calls nothing.
    let known = meanings.filter { ($0.0 == call.rawValue) == isCall }
    let meant =
      known.first { $0.0 == first }
      ?? known.first { first.utf8.count >= 3 && EditDistance.between(first.lowercased(), $0.0) == 1 }
    return meant.map { "'\(first)' is no command; \($0.1) (a prompt of these words: wyn360 -- \(first))" }
  }
}
