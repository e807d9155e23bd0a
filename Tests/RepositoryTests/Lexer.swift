/// A piece of Swift code.
struct Token {
  /// What a token is; an escaped name is a word in backticks, and never a keyword.
  enum Kind { case word, escapedWord, number, string, sign }
  let kind: Kind
  /// What stands there; nothing for a string, whose content is no code.
  let text: String
  let line: Int
  /// The place of its first byte in the text.
  let start: Int

  var isName: Bool { kind == .word || kind == .escapedWord }
}

/// Cuts Swift into tokens: comments and the contents of strings go, the code inside `\( )` of a string stays.
///
/// It works on bytes, for it reads the whole project in each run of the tests, which are not optimised.
struct Lexer {
  private let bytes: ContiguousArray<UInt8>
  private var place = 0
  private(set) var line = 1
  private(set) var tokens: [Token] = []
  /// What the lines that begin with three slashes say.
  private(set) var documentation: [Int: String] = [:]

  init(_ text: String) {
    bytes = ContiguousArray(text.utf8)
    readCode(isInterpolation: false)
  }

  /// Reads to the end of the text, or over the parenthesis that closes an interpolation.
  private mutating func readCode(isInterpolation: Bool) {
    var open = 0
    while let byte = byte(0) {
      switch byte {
      case UInt8(ascii: "\n"):
        line += 1
        place += 1
      case UInt8(ascii: " "): place += 1
      case UInt8(ascii: "/") where self.byte(1) == byte: skipLine()
      case UInt8(ascii: "/") where self.byte(1) == UInt8(ascii: "*"): skipComment()
      case UInt8(ascii: "\""): readString(hashes: 0)
      case UInt8(ascii: "#"):
        let hashes = run(of: byte, from: place)
        if self.byte(hashes) == UInt8(ascii: "\"") { readString(hashes: hashes) } else { take(.sign, 1) }
      case UInt8(ascii: "`"): readEscapedWord()
      case UInt8(ascii: "-") where self.byte(1) == UInt8(ascii: ">"): take(.sign, 2)
      case _ where Self.isDigit(byte): readNumber()
      case _ where Self.isWord(byte): take(.word, runOfWord(from: place))
      default:
        if byte == UInt8(ascii: "(") { open += 1 }
        if byte == UInt8(ascii: ")") { open -= 1 }
        take(.sign, 1)
        if isInterpolation && open < 0 { return }
      }
    }
  }

  /// Reads a string from its first hash or quote.
  private mutating func readString(hashes: Int) {
    tokens.append(Token(kind: .string, text: "", line: line, start: place))
    let quote = UInt8(ascii: "\"")
    place += hashes
    let quotes = run(of: quote, from: place) >= 3 ? 3 : 1
    place += quotes
    while let byte = byte(0) {
      if byte == quote, quotes == 1 || run(of: quote, from: place) >= 3, hasHashes(hashes, from: place + quotes) {
        place += quotes + hashes
        return
      }
      if byte == UInt8(ascii: "\\"), hasHashes(hashes, from: place + 1) {
        place += 1 + hashes
        if self.byte(0) == UInt8(ascii: "(") {
          take(.sign, 1)
          readCode(isInterpolation: true)
          continue
        }
      }
      if self.byte(0) == UInt8(ascii: "\n") { line += 1 }
      place += 1
    }
  }

  private mutating func readEscapedWord() {
    var end = place + 1
    while end < bytes.count, bytes[end] != UInt8(ascii: "`") { end += 1 }
    tokens.append(
      Token(kind: .escapedWord, text: String(decoding: bytes[place + 1..<end], as: UTF8.self), line: line, start: place)
    )
    place = end + 1
  }

  private mutating func readNumber() {
    var length = runOfWord(from: place)
    if byte(length) == UInt8(ascii: "."), let next = byte(length + 1), Self.isDigit(next) {
      length += 1 + runOfWord(from: place + length + 1)
    }
    take(.number, length)
  }

  private mutating func skipLine() {
    let start = place
    while let byte = byte(0), byte != UInt8(ascii: "\n") { place += 1 }
    if run(of: UInt8(ascii: "/"), from: start) == 3 {
      documentation[line] = String(decoding: bytes[start + 3..<place], as: UTF8.self)
    }
  }

  private mutating func skipComment() {
    var depth = 0
    repeat {
      if byte(0) == UInt8(ascii: "/"), byte(1) == UInt8(ascii: "*") {
        depth += 1
        place += 2
      } else if byte(0) == UInt8(ascii: "*"), byte(1) == UInt8(ascii: "/") {
        depth -= 1
        place += 2
      } else {
        if byte(0) == UInt8(ascii: "\n") { line += 1 }
        place += 1
      }
    } while depth > 0 && place < bytes.count
  }

  private mutating func take(_ kind: Token.Kind, _ length: Int) {
    let text = String(decoding: bytes[place..<place + length], as: UTF8.self)
    tokens.append(Token(kind: kind, text: text, line: line, start: place))
    place += length
  }

  private func byte(_ ahead: Int) -> UInt8? {
    place + ahead < bytes.count ? bytes[place + ahead] : nil
  }

  private func run(of byte: UInt8, from start: Int) -> Int {
    var end = start
    while end < bytes.count, bytes[end] == byte { end += 1 }
    return end - start
  }

  private func runOfWord(from start: Int) -> Int {
    var end = start
    while end < bytes.count, Self.isWord(bytes[end]) { end += 1 }
    return end - start
  }

  private func hasHashes(_ count: Int, from start: Int) -> Bool {
    count == 0 || run(of: UInt8(ascii: "#"), from: start) >= count
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  /// Letters, digits, the underscore, and every byte of a scalar that is not ASCII.
  private static func isWord(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte == UInt8(ascii: "_") || isDigit(byte)
      || byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
  }
}
