internal import Protocol

/// A pattern of one file name: `*`, `?`, `[a-z]`, `[!a]`, and `\` before what means itself (POSIX.1, section 2.13).
///
/// Names with brackets in them are common, `[id].tsx` for one, so a pattern also fits what it says with its brackets as
/// they are.
struct NamePattern: Sendable {
  private enum Token: Sendable {
    case scalar(Scalar)
    case any
    case anyNumber
    case oneOf([ClosedRange<Scalar>], negated: Bool)
  }

  /// The pattern's parts, and where it has brackets the parts with those as characters.
  private let readings: [[Token]]
  /// The whole name, when nothing in the pattern is special.
  private let literal: [UInt8]?
  /// The name's end, when the pattern is a star and then nothing special.
  private let suffix: [UInt8]?

  /// A pattern; a `[` without its end is a character.
  init(_ bytes: [UInt8]) {
    func plain(_ bytes: some Sequence<UInt8>) -> Bool { !bytes.contains { Self.special.contains($0) } }
    literal = plain(bytes) ? bytes : nil
    suffix = bytes.first == UInt8(ascii: "*") && plain(bytes.dropFirst()) ? Array(bytes.dropFirst()) : nil
    guard literal == nil, suffix == nil else {
      readings = []
      return
    }
    let text = Scalar.list(bytes)
    let hasBrackets = bytes.contains(Byte.openBracket)
    readings = [Self.tokens(text)] + (hasBrackets ? [Self.tokens(text, bracketsArePlain: true)] : [])
  }

  private static let special = Set("*?[\\".utf8)

  private static func tokens(_ text: [Scalar], bracketsArePlain: Bool = false) -> [Token] {
    var tokens: [Token] = []
    var place = 0
    while place < text.count {
      switch text[place] {
      case "*":
        // Stars in a row are one star.
        if case .anyNumber? = tokens.last {} else { tokens.append(.anyNumber) }
      case "?": tokens.append(.any)
      case "[":
        if !bracketsArePlain, let (token, end) = set(text, place + 1) {
          tokens.append(token)
          place = end
        } else {
          tokens.append(.scalar("["))
        }
      case "\\" where place + 1 < text.count:
        place += 1
        tokens.append(.scalar(text[place]))
      default: tokens.append(.scalar(text[place]))
      }
      place += 1
    }
    return tokens
  }

  /// A set, and where its `]` stands; `nil` when there is none.
  private static func set(_ text: [Scalar], _ start: Int) -> (Token, Int)? {
    var place = start
    let negated = place < text.count && (text[place] == "!" || text[place] == "^")
    if negated { place += 1 }
    let first = place
    var ranges: [ClosedRange<Scalar>] = []
    while place < text.count {
      if text[place] == "]", place > first { return (.oneOf(ranges, negated: negated), place) }
      if text[place] == "\\", place + 1 < text.count { place += 1 }
      let low = text[place]
      place += 1
      if place + 1 < text.count, text[place] == "-", text[place + 1] != "]" {
        if text[place + 1] == "\\", place + 2 < text.count { place += 1 }
        let high = text[place + 1]
        if low <= high { ranges.append(low...high) }
        place += 2
      } else {
        ranges.append(low...low)
      }
    }
    return nil
  }

  /// Whether a name is what the pattern says.
  func matches(_ name: [UInt8]) -> Bool {
    if let literal { return name == literal }
    if let suffix { return name.count >= suffix.count && name[(name.count - suffix.count)...].elementsEqual(suffix) }
    let text = Scalar.list(name)
    return readings.contains { tokens in
      Glob.takes(text.count, parts: tokens.count, isStar: { isStar(tokens[$0]) }) { token, place in
        fits(tokens[token], text[place]) ? 1 : nil
      }
    }
  }

  private func isStar(_ token: Token) -> Bool { if case .anyNumber = token { true } else { false } }

  private func fits(_ token: Token, _ scalar: Scalar) -> Bool {
    switch token {
    case .scalar(let wanted): wanted == scalar
    case .any: true
    case .oneOf(let ranges, let negated): ranges.contains { $0.contains(scalar) } != negated
    case .anyNumber: false
    }
  }
}
