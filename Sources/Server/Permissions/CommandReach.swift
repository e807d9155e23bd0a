internal import OperatingSystem
internal import Protocol

/// The places that a command line reaches by its words, as far as they tell: what rules for paths are held against.
///
/// More is found than the line reaches: a word counts as a path from every folder that the line may have gone to, with and
/// without what stands before its `=`, `:` or `@`. What the words do not tell (code, scripts, what is known only when the
/// line runs) is no place but the reason why it cannot be judged.
struct CommandReach {
  /// What a rule is held against, in the order in which it was found.
  private(set) var places: [ReachedPlace] = []
  /// Why it cannot be told what else is reached; `nil` when nothing else is.
  private(set) var unjudged: String?
  private let setting: PathSetting
  /// The folders that the line may be in.
  private var folders: [[[PathSign]?]]
  private let linked: LinkedFiles
  /// How many names have been looked up, for wildcards and below folders.
  private var expanded = 0
  private var walked = 0
  /// What is below folders that are gone through.
  private var contents: [[[UInt8]]: Content] = [:]

  /// What is below a folder.
  private struct Content {
    var names: [[[UInt8]]] = []
    /// Where links among them lead to.
    var linked: [[[UInt8]]] = []
    /// Other names of files among them.
    var shared: [[[UInt8]]] = []
    /// Whether there is more.
    var isCutShort = false
  }

  /// What a line reaches that is run in a folder, given by its names from the root.
  init(_ line: ShellLine, in folder: [[UInt8]], setting: PathSetting, linked: LinkedFiles) {
    self.setting = setting
    self.linked = linked
    folders = [folder.map(PathSign.name)]
    if line.hidesCommands {
      note(line.obstacles.first(where: \.hidesCommands)?.reason ?? "it runs commands that are not known")
    }
    for command in line.commands { follow(command) }
    for command in line.commands { take(command) }
    for loose in line.loose {
      if ShellPrograms.setsMeaning(loose.word) { note("it sets a variable that changes what is meant") }
      take(loose.word, isInert: loose.use == .said, isDeep: loose.use == .said) { place in
        place.isOnlyRead = loose.use == .reads
        place.isPath = loose.use != .said
        place.isOnlySaid = loose.use == .said
      }
    }
    lookUp()
    nameCount = places.reduce(0) { $0 + $1.names.count + 1 }
  }

  private mutating func note(_ reason: String) { unjudged = unjudged ?? reason }

  /// How many names there are in all.
  private(set) var nameCount = 0

  // MARK: Folders

  /// Options of programs that go to a folder first.
  private static let folderOptions = [
    "-C", "-D", "--directory", "--chdir", "--cwd", "--prefix", "--work-tree", "--git-dir", "--root",
  ]

  /// Goes where a command goes.
  private mutating func follow(_ command: ShellCommand) {
    guard let name = command.words.first?.programName else { return }
    let arguments = command.words.dropFirst()
    switch name {
    case "cd", "pushd", "chdir":
      let target = arguments.first { word in
        guard let text = word.literal, text.first == UInt8(ascii: "-") else { return true }
        return text.count == 1
      }
      guard let target else { return go([.home]) }
      guard !target.isLiteral("-") else { return goAnywhere() }
      for choice in target.choices { go(choice) }
    default:
      for (word, next) in zip(arguments, Array(arguments.dropFirst()) + [ShellWord(literal: [])]) {
        guard let text = word.literal, text.first == UInt8(ascii: "-") else { continue }
        if Self.folderOptions.contains(where: word.isLiteral) {
          for choice in next.choices { go(choice) }
        } else if let option = Self.folderOptions.first(where: { text.starts(with: "\($0)=".utf8) }) {
          go(text.dropFirst(option.utf8.count + 1).map(ShellPiece.byte))
        } else if text.starts(with: "-C".utf8) {
          go(text.dropFirst(2).map(ShellPiece.byte))
        }
      }
    }
  }

  private mutating func go(_ pieces: [ShellPiece]) {
    guard let found = names(pieces) else { return goAnywhere() }
    for folder in found where !folders.contains(folder) { folders.append(folder) }
    if folders.count > PermissionLimits.foldersMax { goAnywhere() }
  }

  private mutating func goAnywhere() {
    folders = Array(folders.prefix(PermissionLimits.foldersMax))
    if !folders.contains([nil]) { folders.append([nil]) }
  }

  /// Where pieces of a word lead to as a path, from each folder the line may be in; `nil` when that is not known.
  private func names(_ pieces: [ShellPiece]) -> [[[PathSign]?]]? {
    // The system takes no longer path; with wildcards a short one may be meant.
    guard pieces.count <= PermissionLimits.ruleBytesMax else {
      return pieces.contains { if case .byte = $0 { false } else { true } } ? nil : []
    }
    var rest = pieces[...]
    var starts = folders
    var isHome = false
    switch rest.first {
    case .home?:
      starts = [setting.home.map { $0.map(PathSign.name) } ?? [nil]]
      rest = rest.dropFirst()
      guard rest.isEmpty || rest.first == .byte(UInt8(ascii: "/")) else { return nil }
    case .folder?:
      rest = rest.dropFirst()
      guard rest.isEmpty || rest.first == .byte(UInt8(ascii: "/")) else { return nil }
    case .byte(UInt8(ascii: "~"))? where rest.dropFirst().first == .byte(UInt8(ascii: "/")):
      // Some programs know it.
      starts += [setting.home.map { $0.map(PathSign.name) } ?? [nil]]
      isHome = true
    case .byte(UInt8(ascii: "/"))?: starts = [[]]
    default: break
    }
    var parts: [[PathSign]] = [[]]
    for piece in rest {
      switch piece {
      case .byte(UInt8(ascii: "/")): parts.append([])
      case .byte(let byte): parts[parts.count - 1].append(.byte(byte))
      case .anyOne: parts[parts.count - 1].append(.anyOne)
      case .anyMany: parts[parts.count - 1].append(.anyMany)
      // By itself it is a name that nobody gives.
      case .number: parts[parts.count - 1].append(pieces.count == 1 ? .byte(UInt8(ascii: "0")) : .anyMany)
      case .home, .folder, .unknown: return nil
      }
    }
    // No file has so long a name; with wildcards a short one may be meant.
    guard !parts.contains(where: { $0.count > PermissionLimits.nameMax && $0.contains(where: PathSign.isWild) }) else {
      return nil
    }
    return starts.enumerated().map { number, start in
      var names = start
      for (place, part) in parts.enumerated() where !part.isEmpty {
        if isHome, place == 0, number == starts.count - 1 { continue }
        if part == PathSign.name("..".utf8) {
          if names.last != .some(nil) { _ = names.popLast() }
        } else if part != PathSign.name(".".utf8) {
          names.append(part)
        }
      }
      return names
    }
  }

  // MARK: Words

  private mutating func take(_ command: ShellCommand) {
    guard let program = command.words.first, let name = program.programName else { return }
    if let reason = ShellPrograms.secret(name, command.words) { note(reason) }
    let isWrapper = ShellOptions.known[name] != nil
    let isInert = ShellPrograms.inert.contains(name)
    let isOnlyRead = isInert || ShellPrograms.reading.contains(name) && CommandHazards.isPlain(command.words)
    let thoroughness = ShellPrograms.thoroughness(name, command.words)
    let passesIgnored = name == "git" && ShellPrograms.passesIgnored(command.words)
    if thoroughness == .here {
      for folder in folders {
        var place = ReachedPlace(names: folder, shown: "'.'", isOnlyRead: isOnlyRead, isWhole: true, isPath: true)
        place.passesIgnored = passesIgnored
        places.append(place)
      }
    }
    // Where copies go is not gone through.
    let copiesLast =
      Self.copying.contains(name)
      && !command.words.contains { word in
        // `-t` names the goal, by itself or among other letters.
        word.literal.map { $0.first == UInt8(ascii: "-") && $0.contains(UInt8(ascii: "t")) } ?? true
      }
    for (place, word) in command.words.enumerated() {
      let isGoal = copiesLast && place > 1 && place == command.words.count - 1
      guard place > 0 || program.choices.contains(where: { $0.contains(.byte(UInt8(ascii: "/"))) }) else { continue }
      if ShellPrograms.setsMeaning(word), ["env", "sudo", "export", "readonly", "make"].contains(name) {
        note("it sets a variable that changes what is meant")
      }
      if Self.isMessage(place, command.words, name) { continue }
      take(word, isInert: isInert || isWrapper, isDeep: !isInert) { place in
        place.isOnlyRead = isOnlyRead
        place.isOnlySaid = isInert
        place.isWhole = thoroughness != .no && !isGoal
        place.passesIgnored = passesIgnored
      }
    }
    if Self.copying.contains(name) { takeCopies(command.words) }
  }

  /// Programs that give files of the same names to the folder that comes last.
  private static let copying: Set = ["cp", "gcp", "mv", "ln", "install", "rsync", "scp"]

  private mutating func takeCopies(_ words: [ShellWord]) {
    guard words.count > 2, let folder = words.last else { return }
    let slash = ShellPiece.byte(UInt8(ascii: "/"))
    for word in words.dropFirst().dropLast() {
      for choice in word.choices {
        let name = choice.split(separator: slash).last ?? []
        guard !name.isEmpty, name.first != .byte(UInt8(ascii: "-")) else { continue }
        let copied = ShellWord(unknownUpTo: [], choices: folder.choices.map { $0 + [slash] + name })
        take(copied, isInert: true, isDeep: false) { $0.isPath = true }
      }
    }
  }

  /// Whether a word is what a commit or a request says, which no program takes for a path.
  private static func isMessage(_ place: Int, _ words: [ShellWord], _ name: String) -> Bool {
    guard place > 2, words[place].choices.count == 1 else { return false }
    func isOne(of options: [String]) -> Bool { options.contains { words[place - 1].isLiteral($0) } }
    switch name {
    case "git":
      return ["commit", "tag", "merge"].contains { words[1].isLiteral($0) }
        && isOne(of: ["-m", "-am", "-qm", "--message"])
    case "gh": return isOne(of: ["--title", "--body"])
    default: return false
    }
  }

  /// Takes what a word may become; of an inert one nothing is opened that is known only when the line runs.
  private mutating func take(_ word: ShellWord, isInert: Bool, isDeep: Bool, _ complete: (inout ReachedPlace) -> Void) {
    for choice in word.choices {
      for candidate in PathCandidates.of(choice, isDeep: isDeep) {
        guard places.count < PermissionLimits.wordsMax else { return note("it has too many words") }
        guard let found = names(candidate) else {
          if !isInert { note("a word of it is known only when it runs") }
          continue
        }
        for names in found {
          if Self.isOfProcess(names) { note("it names a place of a process") }
          var place = ReachedPlace(names: names, shown: word.shown)
          place.isPath = candidate.contains(.byte(UInt8(ascii: "/"))) || candidate.first == .home
          complete(&place)
          places.append(place)
        }
      }
    }
  }

  /// Whether names lead to where a process is, or to what it has open (`/proc/self/cwd`).
  private static func isOfProcess(_ names: [[PathSign]?]) -> Bool {
    guard names.count > 2, let first = names[0], PathSign.mayMeet(first, PathSign.name("proc".utf8), foldsCase: false)
    else { return false }
    return ["cwd", "root", "fd", "task", "map_files", "exe"].contains { word in
      names.dropFirst(2).contains {
        $0.map { PathSign.mayMeet($0, PathSign.name(word.utf8), foldsCase: false) } ?? true
      }
    }
  }

  // MARK: Files

  /// Adds where the places lead to once links are followed, and the other names of what is there.
  private mutating func lookUp() {
    for (number, place) in places.enumerated() where !place.isOnlySaid {
      guard number < PermissionLimits.lookedUpMax else { return note("it has too many words") }
      let wildcards = place.names.count { $0.map { $0.contains(where: PathSign.isWild) } ?? true }
      guard wildcards <= PermissionLimits.nestingMax else {
        note("its wildcards take too many names")
        continue
      }
      add(place, number, found: [], rest: place.names[...])
    }
  }

  /// Follows a place's names among the files, from those that were found on.
  private mutating func add(_ place: ReachedPlace, _ number: Int, found: [[UInt8]], rest: ArraySlice<[PathSign]?>) {
    var found = found
    var rest = rest
    while let next = rest.first, let name = next.flatMap(PathSign.literal) {
      found.append(name)
      rest = rest.dropFirst()
    }
    guard let next = rest.first else { return addReal(place, number, found) }
    guard let pattern = next else { return }
    for entry in setting.files.entries(FileLookup.path(setting.real(found) ?? found)) {
      expanded += 1
      guard expanded < PermissionLimits.expandedMax else { return note("its wildcards take too many names") }
      let isHidden = entry.name.first == UInt8(ascii: ".") && pattern.first != .byte(UInt8(ascii: "."))
      guard !isHidden, PathSign.matches(pattern, entry.name, foldsCase: setting.foldsCase) else { continue }
      add(place, number, found: found + [entry.name], rest: rest.dropFirst())
    }
  }

  private mutating func addReal(_ place: ReachedPlace, _ number: Int, _ names: [[UInt8]]) {
    let real = setting.real(names)
    if setting.files.resolve(FileLookup.path(names)) != nil { places[number].isPath = true }
    let isExpanded = place.isWhole && !place.names.allSatisfy { $0.flatMap(PathSign.literal) != nil }
    for other in [real, isExpanded ? names : nil].compactMap(\.self) + linked.others(real ?? names) {
      var more = place
      more.names = other.map(PathSign.name)
      places.append(more)
    }
    if place.isWhole { goThrough(real ?? names, place) }
  }

  /// Looks at what is below a folder: adds where links in it lead to, and the other names of its files.
  private mutating func goThrough(_ folder: [[UInt8]], _ place: ReachedPlace) {
    let content = contents[folder] ?? look(below: folder)
    contents[folder] = content
    // git keeps what a link says, and reads nothing through it.
    for other in content.shared + (place.passesIgnored ? [] : content.linked) {
      guard places.count < PermissionLimits.wordsMax else { return note("there is too much below \(place.shown)") }
      var more = place
      more.names = other.map(PathSign.name)
      more.isWhole = false
      places.append(more)
    }
  }

  private mutating func look(below folder: [[UInt8]]) -> Content {
    var content = Content()
    var open = [folder]
    while let names = open.popLast() {
      for entry in setting.files.entries(FileLookup.path(names)) {
        walked += 1
        guard walked < PermissionLimits.linkedFilesMax else {
          content.isCutShort = true
          return content
        }
        let there = names + [entry.name]
        content.names.append(there)
        switch entry.kind {
        case .folder: open.append(there)
        case .link: content.linked += [setting.real(there)].compactMap(\.self)
        case .file: content.shared += linked.others(there)
        case .special: break
        }
      }
    }
    return content
  }

  /// Whether something below a place that is gone through may be what a pattern means.
  private func holds(_ place: ReachedPlace, _ pattern: PlacedPattern) -> Bool {
    let names = place.names.compactMap { $0.flatMap(PathSign.literal) }
    // What is known only when the line runs may be any folder; what wildcards take was added by its names.
    guard names.count == place.names.count else { return place.names.contains(nil) }
    let folder = setting.real(names) ?? names
    guard let content = contents[folder], !content.isCutShort else { return true }
    let reached = content.names.filter { pattern.relation(to: $0, foldsCase: setting.foldsCase) >= .below }
    guard place.passesIgnored, !reached.isEmpty else { return !reached.isEmpty }
    let ignored = [setting.workspace, folder].map { folder in
      (folder, IgnoredNames(setting.files.text(FileLookup.path(folder + [Array(".gitignore".utf8)]))))
    }
    return !reached.allSatisfy { path in
      ignored.contains { folder, names in path.starts(with: folder) && names.ignores(path.dropFirst(folder.count)) }
    }
  }

  /// Whether the line reaches, or may reach, what a pattern means; how it says so.
  ///
  /// With `changesAlone` what is only read does not count.
  func meets(_ pattern: PlacedPattern, changesAlone: Bool) -> String? {
    for place in places where !(changesAlone && place.isOnlyRead) {
      switch pattern.relation(to: place.names, foldsCase: setting.foldsCase) {
      case .same, .below: if place.isPath || !pattern.isBroad { return "it names \(place.shown)" }
      case .above: if place.isWhole, holds(place, pattern) { return "it goes through \(place.shown)" }
      case .apart: break
      }
    }
    return nil
  }
}

extension ShellWord {
  /// The word as a person would write it, shortened.
  var shown: String {
    let bytes = (choices.last ?? []).prefix(PermissionLimits.shownWordMax).flatMap { piece -> [UInt8] in
      switch piece {
      case .byte(let byte): [byte]
      case .anyOne: [UInt8(ascii: "?")]
      case .anyMany: [UInt8(ascii: "*")]
      case .number: [UInt8(ascii: "0")]
      case .home: [UInt8(ascii: "~")]
      case .folder: Array("$PWD".utf8)
      case .unknown: Array("…".utf8)
      }
    }
    return "'" + String(decoding: bytes, as: UTF8.self) + "'"
  }
}
