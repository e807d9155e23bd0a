import Protocol

/// What can be said for certain of a tool's input that was cut off.
enum UnfinishedInput {
  /// The input as far as it is finished: values that are complete stay, a string, number or word at the cut is
  /// dropped, and what is open is closed; an empty object when the beginning is no object.
  ///
  /// As the official SDK shows it. It is for people and for history, which must hold an object; it is never executed.
  static func object(_ text: String) -> JSONObject {
    var scan = Scan()
    let bytes = Array(text.utf8)
    for (place, byte) in bytes.enumerated() { scan.take(byte, at: place) }
    let closed = bytes[..<scan.certain] + scan.open.reversed().map { $0 == brace ? closingBrace : closingBracket }
    guard case .object(let object)? = try? JSON.parse(Array(closed), loneSurrogates: .replace) else {
      return JSONObject()
    }
    return object
  }

  /// The state of a scan that knows just enough JSON to find where values end.
  private struct Scan {
    /// The brackets that are open, outermost first.
    var open: [UInt8] = []
    /// Up to here the text is a beginning that only needs its brackets closed.
    var certain = 0
    private var inString = false
    private var escaped = false
    /// Whether a string that ends now is a member's name.
    private var atName = false
    /// The first byte of a number or word that is being read, and its length.
    private var word: (first: UInt8, count: Int)?

    mutating func take(_ byte: UInt8, at place: Int) {
      if inString { return takeInString(byte, at: place) }
      if let current = word {
        guard isDelimiter(byte) else {
          word?.count += 1
          return finishWord(at: place + 1)
        }
        if isNumberStart(current.first) { certain = place }
        word = nil
      }
      switch byte {
      case quote: inString = true
      case brace, Byte.openBracket:
        open.append(byte)
        atName = byte == brace
        certain = place + 1
      case closingBrace, closingBracket:
        _ = open.popLast()
        certain = place + 1
      case comma: atName = open.last == brace
      case colon: atName = false
      case _ where isDelimiter(byte): break
      default: word = (byte, 1)
      }
    }

    private mutating func takeInString(_ byte: UInt8, at place: Int) {
      if escaped {
        escaped = false
      } else if byte == backslash {
        escaped = true
      } else if byte == quote {
        inString = false
        if !atName { certain = place + 1 }
      }
    }

    /// A word is finished by its last letter; a number only by what follows it.
    private mutating func finishWord(at end: Int) {
      guard let word else { return }
      let length = word.first == UInt8(ascii: "f") ? 5 : 4
      if !isNumberStart(word.first), word.count == length { certain = end }
    }

    private func isDelimiter(_ byte: UInt8) -> Bool {
      byte <= 0x20 || byte == comma || byte == colon || byte == closingBrace || byte == closingBracket
    }

    private func isNumberStart(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "-") || 0x30...0x39 ~= byte }
  }
}

private let quote = UInt8(ascii: "\"")
private let backslash = UInt8(ascii: "\\")
private let comma = UInt8(ascii: ",")
private let colon = UInt8(ascii: ":")
private let brace = UInt8(ascii: "{")
private let closingBrace = UInt8(ascii: "}")
private let closingBracket = UInt8(ascii: "]")
