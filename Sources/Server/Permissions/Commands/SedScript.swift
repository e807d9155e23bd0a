internal import Protocol

/// Whether a call of sed only prints: its language can write files, read others and run commands.
///
/// What it takes is a part of the language on which all kinds of sed agree.
enum SedScript {
  /// Where the scripts of a call stand; `nil` when they, or its options, do more than print.
  ///
  /// The words before `start` were agreed to.
  static func places(in words: [ShellWord], from start: Int) -> Set<Int>? {
    var scripts: [Int: [UInt8]] = [:]
    var hasScript = false
    var place = 1
    while place < words.count {
      guard let word = words[place].literal else { return nil }
      let isOpen = place >= start
      place += 1
      guard word.first == UInt8(ascii: "-"), word.count > 1 else {
        if !hasScript, isOpen { scripts[place - 1] = word }
        hasScript = true
        continue
      }
      let text = String(decoding: word, as: UTF8.self)
      if text.hasPrefix("--") {
        guard plain.contains(text) || !isOpen else { return nil }
        continue
      }
      guard let option = word.dropFirst().firstIndex(where: { !"nErsuz".utf8.contains($0) }) else { continue }
      guard word[option] == UInt8(ascii: "e") else {
        guard !isOpen else { return nil }
        continue
      }
      hasScript = true
      var script = Array(word[(option + 1)...])
      if script.isEmpty {
        guard place < words.count, let next = words[place].literal else { return nil }
        script = next
        place += 1
      }
      if isOpen { scripts[place - 1] = script }
    }
    let onlyPrint = scripts.values.allSatisfy { script in
      var reader = SedReader(script)
      return reader.onlyPrints()
    }
    return onlyPrint ? Set(scripts.keys) : nil
  }

  private static let plain: Set = [
    "--", "--quiet", "--silent", "--regexp-extended", "--separate", "--unbuffered", "--null-data", "--posix",
    "--sandbox",
  ]
}

/// Reads a script, as far as its commands only print.
private struct SedReader {
  private let bytes: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  mutating func onlyPrints() -> Bool {
    while true {
      skip { " \t\n;{}".utf8.contains($0) }
      guard next != nil else { return true }
      guard address() else { return false }
      if next == UInt8(ascii: ",") {
        place += 1
        guard address() else { return false }
      }
      skip { " \t!".utf8.contains($0) }
      guard let command = next else { return false }
      place += 1
      switch command {
      case UInt8(ascii: "{"), UInt8(ascii: "}"): continue
      case _ where "pPdDnNgGhHx=qQl".utf8.contains(command): skip(Byte.isDigit)
      case UInt8(ascii: "s"):
        guard sections(), flags() else { return false }
      case UInt8(ascii: "y"):
        guard sections() else { return false }
      default: return false
      }
      skip { " \t".utf8.contains($0) }
      guard next.map({ "\n;}".utf8.contains($0) }) ?? true else { return false }
    }
  }

  private mutating func skip(_ isSkipped: (UInt8) -> Bool) { while let byte = next, isSkipped(byte) { place += 1 } }

  /// A line's number, the last line, or an expression; or nothing.
  private mutating func address() -> Bool {
    skip { " \t".utf8.contains($0) }
    switch next {
    case UInt8(ascii: "/"):
      place += 1
      guard section(until: UInt8(ascii: "/")) else { return false }
      skip { "IM".utf8.contains($0) }
    case UInt8(ascii: "\\"): return false
    default: skip { Byte.isDigit($0) || "$~+".utf8.contains($0) }
    }
    return true
  }

  private mutating func sections() -> Bool {
    guard let sign = next, sign != Byte.newline, sign != UInt8(ascii: "\\"), !Byte.isAlphanumeric(sign) else {
      return false
    }
    place += 1
    return section(until: sign) && section(until: sign)
  }

  /// One text up to a sign; where that stands in brackets, programs do not agree on whether it ends there.
  private mutating func section(until end: UInt8) -> Bool {
    var isInBrackets = false
    while let byte = next {
      place += 1
      switch byte {
      case UInt8(ascii: "\\"): place += 1
      case Byte.newline: return false
      case end: return !isInBrackets
      case UInt8(ascii: "["): isInBrackets = true
      case UInt8(ascii: "]"): isInBrackets = false
      default: break
      }
    }
    return false
  }

  private mutating func flags() -> Bool {
    skip { Byte.isDigit($0) || "gpiI".utf8.contains($0) }
    return true
  }
}
