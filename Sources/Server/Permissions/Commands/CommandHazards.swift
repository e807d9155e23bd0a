internal import Protocol

/// What a program can be told by its arguments to do beside its work: write a file, run another program, take its settings
/// from elsewhere.
///
/// A rule with `:*` speaks of a program's work. It never means a command whose further words say more than that.
struct CommandHazards: Sendable {
  /// Letters of options, wherever they stand in a word of letters.
  var letters = ""
  /// Whether the first word may be such letters without a dash.
  var lettersLead = false
  /// Letters of options whose value stands in the same word, so that nothing behind them is a letter.
  var valued = ""
  /// Long options; their beginnings are taken for them, as many programs do so.
  var long: Set<String> = []
  /// Long options that do no harm though one that does begins with them.
  var plain: Set<String> = []
  /// Words with one dash or two, as `-exec`.
  var dashed: Set<String> = []
  /// Words without a dash that say what the program does, where a rule left that open.
  var words: Set<String> = []
  /// What no word may begin with.
  var beginnings: [String] = []
  /// How many words may be no options, where those behind are written to.
  var operands: Int?
  /// Whether `NAME=value` sets something.
  var setsVariables = false
  /// Whether all places that it is told must be in the workspace, as it shows what is there.
  var staysInside = false
  /// Whether words are known only when it runs that may be among its options.
  var takesAnything = false
  /// Whether a word of it is a program.
  var script: Script?

  /// The languages of such programs.
  enum Script: Sendable {
    case sed
    case awk
  }
}

extension CommandHazards {
  /// Whether a rule for the first words of a command may mean all of it.
  static func permit(_ command: ShellCommand, beyond count: Int, at places: WordPlaces) -> Bool {
    let words = command.words
    guard count < words.count else { return true }
    guard words.count <= PermissionLimits.wordsLookedAtMax else { return false }
    let name = words[0].literal.map(ShellWord.name(ofProgram:)) ?? ""
    guard name == "git" else { return hazards(of: name).permit(words, from: count, isOpen: count == 1, at: places) }
    guard let place = GitHazards.place(ofSubcommand: words) else { return false }
    // What stands before the subcommand sets up git itself.
    let before = words[min(count, place)..<place]
    guard before.allSatisfy({ word in GitHazards.harmless.contains { word.isLiteral($0) } }) else { return false }
    guard place < words.count, let literal = words[place].literal else { return place < count }
    let subcommand = String(decoding: literal, as: UTF8.self)
    if place >= count, !GitHazards.ordinary.contains(subcommand) { return false }
    return GitHazards.of(subcommand).permit(words, from: max(count, place + 1), isOpen: true, at: places)
  }

  /// Whether a program does its work alone, as far as its words are known: none of them says more.
  static func isPlain(_ words: [ShellWord]) -> Bool {
    guard let name = words.first?.programName else { return false }
    let hazards = hazards(of: name)
    return words.dropFirst().allSatisfy { word in
      !(word.literal.map { hazards.isHazard(String(decoding: $0, as: UTF8.self)) } ?? false)
    }
  }

  private static func hazards(of program: String) -> CommandHazards {
    ProgramHazards.table[program] ?? ProgramHazards.any
  }

  /// `isOpen`: the rule does not say what the program is to do.
  private func permit(_ words: [ShellWord], from start: Int, isOpen: Bool, at places: WordPlaces) -> Bool {
    var count = 0
    guard let scripts = scripts(of: words, from: start) else { return false }
    for (place, word) in words.enumerated().dropFirst(start) {
      guard let literal = word.literal else {
        guard takesAnything else { return false }
        continue
      }
      let text = String(decoding: literal, as: UTF8.self)
      if isHazard(text) || isOpen && self.words.contains(text) { return false }
      if lettersLead, place == 1, isHazard("-" + text) { return false }
      if literal.first != UInt8(ascii: "-") || literal.count == 1 { count += 1 }
      if setsVariables, literal.first != UInt8(ascii: "-"), text.contains("=") { return false }
      if scripts.contains(place) { continue }
      if staysInside, places.isOutside(literal) { return false }
      if !ProgramHazards.isSilent(words[0]), places.leadsToSecret(literal) { return false }
    }
    return operands.map { count <= $0 } ?? true
  }

  /// Which words are programs that only print; `nil` when one does more.
  private func scripts(of words: [ShellWord], from start: Int) -> Set<Int>? {
    switch script {
    case .sed: SedScript.places(in: words, from: start)
    case .awk: AwkScript.places(in: words, from: start)
    case nil: []
    }
  }

  private func isHazard(_ text: String) -> Bool {
    if beginnings.contains(where: text.hasPrefix) { return true }
    guard text.utf8.first == UInt8(ascii: "-"), text.utf8.count > 1 else { return false }
    let name = String(text.drop { $0 == "-" }.prefix { $0 != "=" })
    if dashed.contains(name) { return true }
    if text.hasPrefix("--") {
      guard !name.isEmpty, !plain.contains(name) else { return false }
      return long.contains { $0.hasPrefix(name) }
    }
    for letter in text.dropFirst() {
      if letters.contains(letter) { return true }
      if valued.contains(letter) { return false }
    }
    return false
  }
}
