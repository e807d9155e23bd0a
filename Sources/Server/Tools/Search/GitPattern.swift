internal import Protocol

/// A pattern of a `.gitignore`, matched as git matches it (its `wildmatch.c` and `dir.c`): byte by byte, over a whole path.
///
/// It never takes longer than the pattern's length times the path's, and the number of the path's names.
struct GitPattern: Sendable {
  private enum Sign: Sendable {
    case byte(UInt8)
    /// Any byte but a slash.
    case any
    case oneOf(ByteSet)
    /// Any number of bytes but slashes.
    case star
    /// Any number of whole names, each with the slash behind it.
    case folders
    /// All the rest.
    case rest
  }

  /// What the pattern begins with that means itself.
  private let beginning: [UInt8]
  /// What comes then; `nil` when it fits nothing.
  private let signs: [Sign]?
  /// The end of what fits, when the pattern is a star and then nothing special.
  private let ending: [UInt8]?
  private let foldsCase: Bool

  /// A pattern without what is special to a line; `isPath` says that it is about a path and not about a name alone.
  init(_ bytes: some Collection<UInt8>, isPath: Bool, foldsCase: Bool) {
    let bytes = foldsCase ? bytes.map(Byte.lowercased) : Array(bytes)
    self.foldsCase = foldsCase
    if !isPath, bytes.first == UInt8(ascii: "*"), !bytes.dropFirst().contains(where: Self.isSpecial) {
      ending = Array(bytes.dropFirst())
      beginning = []
      signs = []
      return
    }
    ending = nil
    beginning = Array(bytes.prefix { !Self.isSpecial($0) })
    signs = Self.signs(Array(bytes[beginning.count...]), isPath: isPath, foldsCase: foldsCase)
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "\\")
  }

  private static let slash = UInt8(ascii: "/")

  /// The signs of a pattern; `nil` for one that can fit nothing.
  private static func signs(_ text: [UInt8], isPath: Bool, foldsCase: Bool) -> [Sign]? {
    var signs: [Sign] = []
    var place = 0
    while place < text.count {
      switch text[place] {
      case UInt8(ascii: "*"):
        let start = place
        while place < text.count, text[place] == UInt8(ascii: "*") { place += 1 }
        // Two stars that are a whole name stand for any folders; what precedes is judged from the first special sign on.
        let isName = start == 0 || text[start - 1] == slash
        guard isPath, place - start > 1, isName else {
          signs.append(.star)
          continue
        }
        if place == text.count { return signs + [.rest] }
        let escapes = text[place] == UInt8(ascii: "\\") && place + 1 < text.count && text[place + 1] == slash
        guard escapes || text[place] == slash else {
          signs.append(.star)
          continue
        }
        signs.append(.folders)
        place += escapes ? 2 : 1
      case UInt8(ascii: "?"):
        signs.append(.any)
        place += 1
      case UInt8(ascii: "["):
        guard let (set, next) = ByteSet.parse(text, from: place + 1, foldsCase: foldsCase) else { return nil }
        signs.append(.oneOf(set))
        place = next
      case UInt8(ascii: "\\"):
        guard place + 1 < text.count else { return nil }
        signs.append(.byte(text[place + 1]))
        place += 2
      default:
        signs.append(.byte(text[place]))
        place += 1
      }
    }
    return signs
  }

  /// Whether what stands in a path from a place on is what the pattern says.
  func matches(_ path: [UInt8], from start: Int) -> Bool {
    if let ending {
      guard path.count - start >= ending.count else { return false }
      return holds(ending, in: path, at: path.count - ending.count)
    }
    guard let signs, path.count - start >= beginning.count, holds(beginning, in: path, at: start) else { return false }
    return fits(signs, path, from: start + beginning.count)
  }

  private func holds(_ part: [UInt8], in path: [UInt8], at place: Int) -> Bool {
    for offset in part.indices where folded(path[place + offset]) != part[offset] { return false }
    return true
  }

  @inline(__always)
  private func folded(_ byte: UInt8) -> UInt8 { foldsCase ? Byte.lowercased(byte) : byte }

  /// Only the last star is gone back to, and when that cannot take more, the last of those that take folders.
  private func fits(_ signs: [Sign], _ path: [UInt8], from start: Int) -> Bool {
    var (sign, place) = (0, start)
    var star: (sign: Int, place: Int)?
    var folders: (sign: Int, place: Int)?
    while true {
      if sign == signs.count {
        if place == path.count { return true }
      } else {
        switch signs[sign] {
        case .rest: return true
        case .star:
          sign += 1
          star = (sign, place)
          continue
        case .folders:
          sign += 1
          (folders, star) = ((sign, place), nil)
          continue
        default:
          if place < path.count, takes(signs[sign], folded(path[place])) {
            sign += 1
            place += 1
            continue
          }
        }
      }
      if let last = star, last.place < path.count, path[last.place] != Self.slash {
        star = (last.sign, last.place + 1)
        (sign, place) = (last.sign, last.place + 1)
      } else if let last = folders, let slash = path[last.place...].firstIndex(of: Self.slash) {
        (folders, star) = ((last.sign, slash + 1), nil)
        (sign, place) = (last.sign, slash + 1)
      } else {
        return false
      }
    }
  }

  private func takes(_ sign: Sign, _ byte: UInt8) -> Bool {
    switch sign {
    case .byte(let wanted): wanted == byte
    case .any: byte != Self.slash
    case .oneOf(let set): byte != Self.slash && set.contains(byte)
    case .star, .folders, .rest: false
    }
  }
}

/// A set of bytes, as `[a-z]` says it.
private struct ByteSet: Sendable {
  private var bits: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  func contains(_ byte: UInt8) -> Bool {
    let word = byte < 64 ? bits.0 : byte < 128 ? bits.1 : byte < 192 ? bits.2 : bits.3
    return word >> UInt64(byte & 63) & 1 == 1
  }

  private mutating func insert(_ byte: UInt8) {
    let bit: UInt64 = 1 << UInt64(byte & 63)
    switch byte >> 6 {
    case 0: bits.0 |= bit
    case 1: bits.1 |= bit
    case 2: bits.2 |= bit
    default: bits.3 |= bit
    }
  }

  private mutating func negate() { bits = (~bits.0, ~bits.1, ~bits.2, ~bits.3) }

  /// The set whose signs begin at a place, and where what follows it begins; `nil` for one that git takes for broken.
  static func parse(_ text: [UInt8], from start: Int, foldsCase: Bool) -> (ByteSet, Int)? {
    var set = ByteSet()
    var place = start
    var before: UInt8?
    func sign(_ at: Int) -> UInt8? { at < text.count ? text[at] : nil }
    let negated = sign(place) == UInt8(ascii: "!") || sign(place) == UInt8(ascii: "^")
    if negated { place += 1 }
    repeat {
      guard let byte = sign(place) else { return nil }
      switch byte {
      case UInt8(ascii: "\\"):
        place += 1
        guard let escaped = sign(place) else { return nil }
        set.insert(escaped)
        before = escaped
      case UInt8(ascii: "-"):
        guard let low = before, let next = sign(place + 1), next != UInt8(ascii: "]") else {
          set.insert(byte)
          before = byte
          break
        }
        place += 1
        var high = next
        if high == UInt8(ascii: "\\") {
          place += 1
          guard let escaped = sign(place) else { return nil }
          high = escaped
        }
        if low <= high { for byte in low...high { set.insert(foldsCase ? Byte.lowercased(byte) : byte) } }
        before = nil
      case UInt8(ascii: "[") where sign(place + 1) == UInt8(ascii: ":"):
        guard let end = text[(place + 2)...].firstIndex(of: UInt8(ascii: "]")) else { return nil }
        guard end > place + 2, text[end - 1] == UInt8(ascii: ":") else {
          set.insert(byte)
          before = byte
          break
        }
        guard let isIn = kind(text[(place + 2)..<(end - 1)], foldsCase) else { return nil }
        for byte in UInt8.min...UInt8.max where isIn(byte) { set.insert(byte) }
        place = end
        before = nil
      default:
        set.insert(byte)
        before = byte
      }
      place += 1
    } while sign(place) != UInt8(ascii: "]")
    if negated { set.negate() }
    return (set, place + 1)
  }

  private static func kind(_ name: ArraySlice<UInt8>, _ foldsCase: Bool) -> ((UInt8) -> Bool)? {
    let isUpper = { (byte: UInt8) in (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
    let isLower = { (byte: UInt8) in (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
    switch String(decoding: name, as: UTF8.self) {
    case "alnum": return Byte.isAlphanumeric
    case "alpha": return Byte.isLetter
    case "blank": return { $0 == 0x20 || $0 == 0x09 }
    case "cntrl": return { $0 < 0x20 || $0 == 0x7F }
    case "digit": return Byte.isDigit
    case "graph": return Byte.isGraphic
    case "lower": return isLower
    case "print": return { (0x20..<0x7F).contains($0) }
    case "punct": return { Byte.isGraphic($0) && !Byte.isAlphanumeric($0) }
    case "space": return { $0 == 0x20 || (0x09...0x0D).contains($0) }
    case "upper": return foldsCase ? Byte.isLetter : isUpper
    case "xdigit": return Byte.isHexDigit
    default: return nil
    }
  }
}
