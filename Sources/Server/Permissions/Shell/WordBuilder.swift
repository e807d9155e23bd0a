internal import Protocol

/// Puts a word together from its pieces.
struct WordBuilder {
  private var bytes: [UInt8] = []
  private var tail: [UInt8] = []
  private var isKnown = true
  private var isPlain = true
  private var isPattern = false
  /// Where an unquoted `{` stands.
  private var brace: Int?
  /// How many bytes at its beginning were not quoted.
  private var plainCount = 0
  private var hasBegun = false
  /// All of it, before anything is expanded.
  private var pieces: [ShellPiece] = []
  /// Which of the pieces are not quoted.
  private var plainPieces: [Bool] = []

  /// Whether nothing of it has been read.
  var isEmpty: Bool { !hasBegun }

  /// A byte that means itself.
  mutating func add(_ byte: UInt8, isQuoted: Bool) {
    hasBegun = true
    if isQuoted {
      isPlain = false
    } else {
      if isPlain, isKnown { plainCount += 1 }
      switch byte {
      case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["): isPattern = true
      case UInt8(ascii: "{"): brace = bytes.count
      // `{}` alone is what find and xargs replace, and no expansion in any shell.
      case UInt8(ascii: "}"): if let brace, brace < bytes.count - 1 { isPattern = true }
      default: break
      }
    }
    bytes.append(byte)
    if !isKnown { tail.append(byte) }
    switch byte {
    case UInt8(ascii: "*") where !isQuoted: pieces.append(.anyMany)
    case UInt8(ascii: "?") where !isQuoted: pieces.append(.anyOne)
    default: pieces.append(.byte(byte))
    }
    plainPieces.append(!isQuoted)
  }

  /// Something quoted begins, which may be empty.
  mutating func addQuote() {
    hasBegun = true
    isPlain = false
  }

  /// Something that is known only when the line runs.
  mutating func addUnknown(_ piece: ShellPiece = .unknown) {
    pieces.append(piece)
    plainPieces.append(false)
    hasBegun = true
    isKnown = false
    isPlain = false
    tail = []
  }

  var word: ShellWord {
    // `[` is a program.
    let isTest = bytes == [UInt8(ascii: "[")] || bytes == Array("[[".utf8)
    if (isPattern && !isTest) || !isKnown {
      let choices = ShellPiece.choices(pieces, isPlain: plainPieces)
      return ShellWord(unknownUpTo: isPattern && !isTest ? [] : tail, choices: choices, variable: variable)
    }
    return ShellWord(literal: bytes, isPlain: isPlain, variable: variable)
  }

  /// The variable of `NAME=` or `NAME+=`; its letters must not be quoted.
  private var variable: [UInt8]? {
    let plain = bytes.prefix(plainCount)
    let name = plain.prefix(while: Byte.isWord)
    guard let first = name.first, !(0x30...0x39).contains(first) else { return nil }
    let rest = plain.dropFirst(name.count)
    let isSet = rest.first == UInt8(ascii: "=") || rest.starts(with: "+=".utf8)
    return isSet ? Array(name) : nil
  }
}

extension ShellParser {
  /// Reads one word; there must be one.
  mutating func word() throws(Problem) -> ShellWord {
    var word = WordBuilder()
    reading: while let byte = peek() {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), Byte.newline, UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"),
        UInt8(ascii: "("), UInt8(ascii: ")"):
        break reading
      case UInt8(ascii: "<"), UInt8(ascii: ">"):
        guard peek(1) == UInt8(ascii: "(") else { break reading }
        place += 2
        try substitution()
        word.addUnknown()
      case UInt8(ascii: "\\"):
        place += 1
        guard let next = peek() else {
          word.add(byte, isQuoted: true)
          break reading
        }
        place += 1
        if next != Byte.newline { word.add(next, isQuoted: true) }
      case UInt8(ascii: "'"):
        place += 1
        word.addQuote()
        while true {
          guard let next = peek() else { throw Problem("a ' is not closed") }
          place += 1
          if next == UInt8(ascii: "'") { break }
          word.add(next, isQuoted: true)
        }
      case UInt8(ascii: "\""):
        place += 1
        word.addQuote()
        while try quoted(into: &word, isHere: false) {}
      case UInt8(ascii: "$"): try dollar(into: &word, isQuoted: false)
      case UInt8(ascii: "`"): try backquotes(into: &word, isQuoted: false)
      case UInt8(ascii: "~") where word.isEmpty:
        let start = place
        while let next = peek(), Byte.isLetter(next) || "~+-_.0123456789".utf8.contains(next) { place += 1 }
        switch bytes[start..<place].dropFirst() {
        case []: word.addUnknown(.home)
        case [UInt8(ascii: "+")]: word.addUnknown(.folder)
        default: word.addUnknown()
        }
      default:
        word.add(byte, isQuoted: false)
        place += 1
      }
    }
    guard !word.isEmpty else { throw Problem("a word is missing") }
    return word.word
  }

  /// Reads one sign between double quotes, or in a here-document; returns whether there is more.
  mutating func quoted(into word: inout WordBuilder, isHere: Bool) throws(Problem) -> Bool {
    guard let byte = peek() else {
      guard isHere else { throw Problem("a \" is not closed") }
      return false
    }
    switch byte {
    case UInt8(ascii: "\"") where !isHere:
      place += 1
      return false
    case UInt8(ascii: "\\"):
      place += 1
      guard let next = peek() else {
        word.add(byte, isQuoted: true)
        return true
      }
      let isEscape = "$`\\".utf8.contains(next) || next == UInt8(ascii: "\"") && !isHere
      if next == Byte.newline {
        place += 1
      } else {
        if !isEscape { word.add(byte, isQuoted: true) }
        word.add(next, isQuoted: true)
        place += 1
      }
    case UInt8(ascii: "$"): try dollar(into: &word, isQuoted: true)
    case UInt8(ascii: "`"): try backquotes(into: &word, isQuoted: !isHere)
    default:
      word.add(byte, isQuoted: true)
      place += 1
    }
    return true
  }

  /// Reads what a `$` begins.
  private mutating func dollar(into word: inout WordBuilder, isQuoted: Bool) throws(Problem) {
    guard let next = peek(1) else {
      word.add(UInt8(ascii: "$"), isQuoted: isQuoted)
      place += 1
      return
    }
    switch next {
    case UInt8(ascii: "("):
      if peek(2) == UInt8(ascii: "("), passArithmetic() { return word.addUnknown(.number) }
      word.addUnknown()
      place += 2
      try substitution()
    case UInt8(ascii: "{"):
      place += 2
      word.addUnknown(knownVariable(until: UInt8(ascii: "}")))
      try braces()
    case UInt8(ascii: "'") where !isQuoted, UInt8(ascii: "\"") where !isQuoted, UInt8(ascii: "["):
      line.note("shells do not agree on '$\(Character(Unicode.Scalar(next)))'", hides: true)
      word.addUnknown()
      place += 1
      if next == UInt8(ascii: "'") { try passEscapedQuotes() }
    case UInt8(ascii: "#"), UInt8(ascii: "?"), UInt8(ascii: "$"), UInt8(ascii: "!"):
      word.addUnknown(.number)
      place += 2
    case UInt8(ascii: "@"), UInt8(ascii: "*"), UInt8(ascii: "-"), 0x30...0x39:
      word.addUnknown()
      place += 2
    case _ where Byte.isLetter(next) || next == UInt8(ascii: "_"):
      place += 1
      word.addUnknown(knownVariable(until: nil))
      while let byte = peek(), Byte.isWord(byte) {
        place += 1
      }
    default:
      // A line that goes on comes between the `$` and its name.
      if isNext("$\\\n") { line.note("a '$' goes on in the next line", hides: true) }
      word.add(UInt8(ascii: "$"), isQuoted: isQuoted)
      place += 1
    }
  }

  /// What the variable that comes next stands for; `end` is what must stand behind its name.
  private func knownVariable(until end: UInt8?) -> ShellPiece {
    let name = bytes[place...].prefix(while: Byte.isWord)
    if let end, name.endIndex >= bytes.count || bytes[name.endIndex] != end { return .unknown }
    if name.elementsEqual("HOME".utf8) { return .home }
    return name.elementsEqual("PWD".utf8) ? .folder : .unknown
  }

  /// Reads the list of a `$(`, `<(` or `>(`, from behind its parenthesis.
  private mutating func substitution() throws(Problem) {
    let outer = announced
    announced = []
    let start = place
    _ = try list(until: .parenthesis)
    if !announced.isEmpty || !outer.isEmpty && bytes[start..<place].contains(Byte.newline) {
      line.note("shells do not agree on where a here-document in it begins", hides: true)
    }
    announced = outer
  }

  /// Reads commands in backquotes.
  private mutating func backquotes(into word: inout WordBuilder, isQuoted: Bool) throws(Problem) {
    word.addUnknown()
    place += 1
    var inner: [UInt8] = []
    while true {
      guard let byte = peek() else { throw Problem("a ` is not closed") }
      place += 1
      if byte == UInt8(ascii: "`") { break }
      if byte == UInt8(ascii: "\\"), let next = peek() {
        place += 1
        let isEscape = "$`\\".utf8.contains(next) || next == UInt8(ascii: "\"") && isQuoted
        inner += isEscape ? [next] : [byte, next]
      } else {
        inner.append(byte)
      }
    }
    line.read(inner, depth: depth + nesting + 1)
  }

  /// Passes over `$((1 + 2))`; returns whether it was that.
  ///
  /// With names in it, or anything but numbers, it is more.
  private mutating func passArithmetic() -> Bool {
    var open = 2
    var end = place + 3
    while end < bytes.count, open > 0 {
      switch bytes[end] {
      case UInt8(ascii: "("): open += 1
      case UInt8(ascii: ")"): open -= 1
      case _ where "0123456789 +-*/%<>=!&|^?:,~".utf8.contains(bytes[end]): break
      default:
        line.note("it calculates with more than numbers", hides: true)
        return false
      }
      end += 1
    }
    guard open == 0, bytes[end - 2] == UInt8(ascii: ")") else { return false }
    place = end
    return true
  }

  /// Passes over `${NAME}`; what is more than a name is looked through for commands.
  private mutating func braces() throws(Problem) {
    let start = place
    if isNext("#"), peek(1) != UInt8(ascii: "}") { place += 1 }
    while let byte = peek(), Byte.isWord(byte) {
      place += 1
    }
    if place == start, let byte = peek(), "@*#?-$!".utf8.contains(byte) { place += 1 }
    if place > start, peek() == UInt8(ascii: "}") {
      place += 1
      return
    }
    line.note("it changes the value of a variable while expanding it", hides: true)
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= PermissionLimits.nestingMax else { throw Problem("it is nested too deeply") }
    var inner = WordBuilder()
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "}"):
        place += 1
        return
      case UInt8(ascii: "\\"): place += 2
      case UInt8(ascii: "$"): try dollar(into: &inner, isQuoted: true)
      case UInt8(ascii: "`"): try backquotes(into: &inner, isQuoted: true)
      default: place += 1
      }
    }
    throw Problem("a '${' is not closed")
  }

  /// Passes over `'…'` with escapes in it, from its first quote on.
  private mutating func passEscapedQuotes() throws(Problem) {
    place += 1
    while let byte = peek() {
      place += byte == UInt8(ascii: "\\") ? 2 : 1
      if byte == UInt8(ascii: "'") { return }
    }
    throw Problem("a ' is not closed")
  }
}
