extension RequestID {
  /// Finds the id in the beginning of a message that is not there as a whole; `nil` when it does not show.
  ///
  /// Only what stands before the first member that is an object or an array is looked at: the id's usual place.
  package init?(inBeginning bytes: [UInt8]) {
    self.init(bytes, passingContainers: false)
  }

  /// Finds the id of a message whose text is broken somewhere; `nil` when it does not show.
  ///
  /// That is not certain enough to answer a request by, but it is to know which question of ours got an answer.
  package init?(inBroken bytes: [UInt8]) { self.init(bytes, passingContainers: true) }

  private init?(_ bytes: [UInt8], passingContainers: Bool) {
    var reader = BeginningReader(bytes)
    guard reader.skips(UInt8(ascii: "{")) else { return nil }
    repeat {
      guard let name = reader.scalar()?.string, reader.skips(UInt8(ascii: ":")) else { return nil }
      if passingContainers, name != "id", reader.passesValue() { continue }
      guard let value = reader.scalar() else { return nil }
      if name == "id" {
        self.init(value)
        return
      }
    } while reader.skips(UInt8(ascii: ","))
    return nil
  }
}

/// Reads names and plain values one after the other, as long as they are whole.
private struct BeginningReader {
  private let bytes: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Passes over blanks and that byte, if it comes next.
  mutating func skips(_ byte: UInt8) -> Bool {
    while place < bytes.count, isBlank(bytes[place]) { place += 1 }
    guard place < bytes.count, bytes[place] == byte else { return false }
    place += 1
    return true
  }

  /// The next value; `nil` when it is an object or an array, or not whole.
  mutating func scalar() -> JSON? {
    let isText = skips(UInt8(ascii: "\""))
    let start = isText ? place - 1 : place
    if isText {
      while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
        place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
      }
      place += 1
    } else {
      while place < bytes.count, !endsWord(bytes[place]) { place += 1 }
    }
    // A word that reaches the end may go on behind it.
    guard place < bytes.count, place > start else { return nil }
    return try? JSON.parse(Array(bytes[start..<place]))
  }

  /// Passes over a value, whatever is wrong inside of it; false when its end does not show.
  mutating func passesValue() -> Bool {
    var depth = 0
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\""):
        place += 1
        while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
          place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
        }
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ","):
        guard depth > 0 else { return true }
        if bytes[place] != UInt8(ascii: ",") { depth -= 1 }
      default: break
      }
      place += 1
    }
    return false
  }

  private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
  private func endsWord(_ byte: UInt8) -> Bool {
    isBlank(byte) || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}")
  }
}
