internal import Protocol

/// Finds the commands of a shell line: the grammar, less what only a shell that runs it must know.
///
/// It takes more than a shell does (a keyword without its partner, an operator too many), as a line that no shell takes
/// runs nothing. It must not take less: what it does not understand ends it with a ``Problem``, and the line counts as
/// one that hides commands.
struct ShellParser {
  /// What could not be read.
  struct Problem: Error {
    var reason: String

    init(_ reason: String) { self.reason = reason }
  }

  /// What a list of commands ends with.
  enum End {
    case text
    case parenthesis
    /// `;;` or `esac`.
    case clause
  }

  let bytes: [UInt8]
  /// How many lines this one is in.
  let depth: Int
  /// What has been found.
  var line: ShellLine
  var place = 0
  /// How many lists the place is in.
  var nesting = 0
  /// Here-documents that were announced and have not come.
  var announced: [HereDocument] = []

  init(_ bytes: [UInt8], depth: Int, line: ShellLine) {
    self.bytes = bytes
    self.depth = depth
    self.line = line
  }

  /// The byte that far ahead.
  func peek(_ offset: Int = 0) -> UInt8? { place + offset < bytes.count ? bytes[place + offset] : nil }

  /// Whether these bytes come next.
  func isNext(_ text: String) -> Bool { place < bytes.count && bytes[place...].starts(with: text.utf8) }

  /// Passes over blanks and lines that go on.
  mutating func skipBlanks() {
    while let byte = peek() {
      if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
        place += 1
      } else if isNext("\\\n") {
        place += 2
      } else {
        return
      }
    }
  }

  /// Passes over what may stand between two words on different lines.
  private mutating func skipLines() throws(Problem) {
    while true {
      skipBlanks()
      if peek() == UInt8(ascii: "#") { skipComment() } else if peek() == Byte.newline { try endLine() } else { return }
    }
  }

  private mutating func skipComment() {
    while let byte = peek(), byte != Byte.newline { place += 1 }
  }

  private mutating func endLine() throws(Problem) {
    place += 1
    try readHereDocuments()
  }

  /// Reads the whole text.
  mutating func readAll() throws(Problem) {
    _ = try list(until: .text)
    if !announced.isEmpty { line.note("a here-document does not come", hides: true) }
  }

  /// Reads commands up to an end; returns whether that was `esac`.
  mutating func list(until end: End) throws(Problem) -> Bool {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= PermissionLimits.nestingMax else { throw Problem("it is nested too deeply") }
    while true {
      skipBlanks()
      guard let byte = peek() else {
        guard end == .text else { throw Problem("something in it is not closed") }
        return false
      }
      switch byte {
      case Byte.newline: try endLine()
      case UInt8(ascii: "#"): skipComment()
      case UInt8(ascii: ";"):
        if isNext(";;") || isNext(";&") {
          guard end == .clause else { throw Problem("a ';;' stands outside of a case") }
          place += isNext(";;&") ? 3 : 2
          return false
        }
        place += 1
      case UInt8(ascii: "&"):
        if isNext("&>") { line.note("shells do not agree on '&>'; write '>file 2>&1'", hides: true) }
        place += 1
      case UInt8(ascii: "|"): place += 1
      case UInt8(ascii: ")"):
        guard end == .parenthesis else { throw Problem("a ')' closes nothing") }
        place += 1
        return false
      case UInt8(ascii: "("):
        if isNext("((") { line.note("shells do not agree on '(('", hides: true) }
        place += 1
        _ = try list(until: .parenthesis)
      default: if try command(in: end) { return true }
      }
    }
  }

  /// Reads a command with its words, or a keyword; returns whether that was the `esac` of the list it is in.
  private mutating func command(in end: End) throws(Problem) -> Bool {
    var words: [ShellWord] = []
    var isBare = true
    var readsFile = false
    reading: while true {
      skipBlanks()
      guard let byte = peek() else { break }
      switch byte {
      case Byte.newline, UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: ")"): break reading
      case UInt8(ascii: "#"): skipComment()
      case UInt8(ascii: "("):
        place += 1
        skipBlanks()
        guard words.count == 1, peek() == UInt8(ascii: ")") else { throw Problem("a '(' stands behind a word") }
        place += 1
        line.note("it defines a function", hides: true)
        return false
      case UInt8(ascii: "<"), UInt8(ascii: ">"):
        guard !isNext("<("), !isNext(">(") else { fallthrough }
        if try redirection() { readsFile = true }
        isBare = false
      default:
        if isDescriptor() {
          if try redirection() { readsFile = true }
          isBare = false
          continue
        }
        let word = try word()
        if words.isEmpty, let variable = word.variable {
          line.note("it sets the variable \(String(decoding: variable, as: UTF8.self))", hides: false)
          isBare = false
          line.add(loose: word, .said)
          if peek() == UInt8(ascii: "(") { try array() }
          continue
        }
        if words.isEmpty, isBare, word.isPlain {
          switch try keyword(word, in: end) {
          case .none: break
          case .keyword: return false
          case .esac: return true
          }
        }
        words.append(word)
      }
    }
    if !words.isEmpty {
      try line.add(words, depth: depth)
    } else if readsFile {
      line.note("it reads a file without a command", hides: false)
    }
    return false
  }

  private enum Keyword {
    case none
    case keyword
    case esac
  }

  /// Does what a keyword asks for; the command position stays behind most.
  private mutating func keyword(_ word: ShellWord, in end: End) throws(Problem) -> Keyword {
    switch String(decoding: word.literal ?? [], as: UTF8.self) {
    case "if", "then", "elif", "else", "fi", "while", "until", "do", "done", "{", "}", "!": return .keyword
    case "time":
      line.addHarmless([word])
      skipBlanks()
      if peek() == UInt8(ascii: "-") {
        let option = try self.word()
        if !option.isKeyword("-p") { line.note("shells do not agree on 'time' with options", hides: true) }
      }
      return .keyword
    case "esac":
      guard end == .clause else { throw Problem("an 'esac' stands outside of a case") }
      return .esac
    case "case":
      try caseClauses()
      return .keyword
    case "for", "select":
      try loopVariable()
      return .keyword
    case "function":
      line.note("it defines a function", hides: true)
      skipBlanks()
      _ = try self.word()
      skipBlanks()
      if isNext("()") { place += 2 }
      return .keyword
    case "coproc":
      line.note("shells do not agree on 'coproc'", hides: true)
      return .keyword
    case "[[":
      line.note("shells do not agree on '[['", hides: true)
      return .none
    default: return .none
    }
  }

  /// `case WORD in (PATTERN | PATTERN) LIST ;; … esac`, from behind `case`.
  private mutating func caseClauses() throws(Problem) {
    skipBlanks()
    line.add(loose: try word(), .said)
    try skipLines()
    guard try word().isKeyword("in") else { throw Problem("a 'case' has no 'in'") }
    while true {
      try skipLines()
      let isOpened = peek() == UInt8(ascii: "(")
      if isOpened { place += 1 }
      skipBlanks()
      let pattern = try word()
      if !isOpened, pattern.isKeyword("esac") { return }
      skipBlanks()
      while peek() == UInt8(ascii: "|") {
        place += 1
        skipBlanks()
        _ = try word()
        skipBlanks()
      }
      guard peek() == UInt8(ascii: ")") else { throw Problem("a pattern of a 'case' is not closed") }
      place += 1
      if try list(until: .clause) { return }
    }
  }

  /// `for NAME in WORDS`, from behind `for`; `do` is left as a keyword.
  private mutating func loopVariable() throws(Problem) {
    line.note("it sets the variable of a loop", hides: false)
    skipBlanks()
    guard peek() != UInt8(ascii: "(") else { throw Problem("shells do not agree on 'for (('") }
    _ = try word()
    try skipLines()
    guard let byte = peek(), byte != UInt8(ascii: ";") else { return }
    guard try word().isKeyword("in") else { return }
    while true {
      skipBlanks()
      guard let byte = peek() else { throw Problem("a loop has no end") }
      if byte == Byte.newline || byte == UInt8(ascii: ";") { return }
      line.add(loose: try word(), .said)
    }
  }

  /// `NAME=(WORDS)`, from the parenthesis on.
  private mutating func array() throws(Problem) {
    place += 1
    while true {
      try skipLines()
      if peek() == UInt8(ascii: ")") {
        place += 1
        return
      }
      line.add(loose: try word(), .said)
    }
  }
}

extension ShellParser {
  /// Whether a descriptor's number comes next, as in `2>`; in bash also a variable for one, as in `{name}>`.
  mutating func isDescriptor() -> Bool {
    var end = place
    while end < bytes.count, (0x30...0x39).contains(bytes[end]) { end += 1 }
    if end == place, peek() == UInt8(ascii: "{") {
      end += 1
      while end < bytes.count, isName(bytes[end]) { end += 1 }
      guard end < bytes.count, bytes[end] == UInt8(ascii: "}") else { return false }
      end += 1
      guard end < bytes.count, bytes[end] == UInt8(ascii: "<") || bytes[end] == UInt8(ascii: ">") else { return false }
      line.note("shells do not agree on '{name}>'", hides: true)
      return false
    }
    guard end > place, end < bytes.count, bytes[end] == UInt8(ascii: "<") || bytes[end] == UInt8(ascii: ">") else {
      return false
    }
    if end > place + 1 { line.note("shells do not agree on descriptors above 9", hides: true) }
    place = end
    return true
  }

  private func isName(_ byte: UInt8) -> Bool {
    Byte.isLetter(byte) || byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte)
  }

  /// Reads a redirection from its operator on; returns whether it reads a file.
  mutating func redirection() throws(Problem) -> Bool {
    guard let sign = peek() else { return false }
    place += 1
    let isInput = sign == UInt8(ascii: "<")
    if isInput, isNext("<<") {
      place += 2
      skipBlanks()
      let word = try word()
      line.keep(text: word.literal ?? [])
      line.add(loose: word, .said)
      return false
    }
    if isInput, peek() == UInt8(ascii: "<") {
      place += 1
      try announce()
      return false
    }
    var isCopy = false
    var writes = !isInput
    switch peek() {
    case UInt8(ascii: "&"):
      isCopy = true
      place += 1
    case UInt8(ascii: ">"):
      // `>>` and `<>`.
      writes = true
      place += 1
    case UInt8(ascii: "|") where !isInput: place += 1
    default: break
    }
    skipBlanks()
    let target = try word()
    if isCopy, let literal = target.literal, Self.isDescriptor(literal) { return false }
    if target.isLiteral("/dev/null") { return false }
    line.add(loose: target, writes || isCopy ? .writes : .reads)
    if writes || isCopy {
      line.note("it writes to the file \(target.text)", hides: false)
      return false
    }
    // bash opens connections by names in this folder.
    if target.literal.map({ $0.starts(with: "/dev/".utf8) }) ?? true {
      line.note("it reads from \(target.text), which may be a device or a connection", hides: false)
    }
    return true
  }

  /// `1`, `-` or `1-`.
  private static func isDescriptor(_ word: [UInt8]) -> Bool {
    let digits = word.last == UInt8(ascii: "-") ? word.dropLast() : word[...]
    return !word.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
  }
}
