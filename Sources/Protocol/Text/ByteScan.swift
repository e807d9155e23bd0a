extension Span<UInt8> {
  /// The offset of the first line feed or carriage return at or after `start`.
  package func lineEnd(from start: Int) -> Int? { first(of: 0x0A, or: 0x0D, from: start) }

  /// The offset of the first quote or backslash at or after `start`: where a JSON string ends or stops being plain.
  package func quoteOrBackslash(from start: Int) -> Int? { first(of: 0x22, or: 0x5C, from: start) }

  /// The offset of the first line or paragraph separator (U+2028, U+2029) or next line (U+0085) at or after `start`, in UTF-8.
  package func unusualLineEnd(from start: Int) -> Int? {
    var place = start
    while let found = first(of: 0xE2, or: 0xC2, from: place) {
      let isNextLine = self[found] == 0xC2 && found + 1 < count && self[found + 1] == 0x85
      let isSeparator =
        self[found] == 0xE2 && found + 2 < count && self[found + 1] == 0x80 && self[found + 2] & 0xFE == 0xA8
      if isNextLine || isSeparator { return found }
      place = found + 1
    }
    return nil
  }

  /// The offset of the first of two bytes at or after `start`.
  ///
  /// Eight bytes at a time: this loop sees every byte of every stream.
  @inline(__always)
  private func first(of one: UInt8, or other: UInt8, from start: Int) -> Int? {
    var place = start
    while place + 8 <= count {
      let word = word(at: place)
      let hits =
        ByteScan.zeroBytes(of: word ^ ByteScan.repeated(one)) | ByteScan.zeroBytes(of: word ^ ByteScan.repeated(other))
      if hits != 0 { return place + hits.trailingZeroBitCount / 8 }
      place += 8
    }
    while place < count {
      if self[place] == one || self[place] == other { return place }
      place += 1
    }
    return nil
  }

  /// The offset of the first byte at or after `start` that is no printable ASCII; the end when all are.
  package func plainEnd(from start: Int) -> Int {
    var place = start
    while place + 8 <= count {
      let word = word(at: place)
      let controls = (word &- ByteScan.repeated(0x20)) & ~word
      let hits = (controls | word | ByteScan.zeroBytes(of: word ^ ByteScan.repeated(0x7F))) & ByteScan.repeated(0x80)
      if hits != 0 { return place + hits.trailingZeroBitCount / 8 }
      place += 8
    }
    while place < count, self[place] >= 0x20, self[place] < 0x7F { place += 1 }
    return place
  }

  /// Whether the bytes at `place` are those of `text`, which is ASCII.
  package func holds(_ text: StaticString, at place: Int) -> Bool {
    let length = text.utf8CodeUnitCount
    guard place + length <= count else { return false }
    let expected = unsafe UnsafeBufferPointer(start: text.utf8Start, count: length)
    for offset in 0..<length where unsafe self[unchecked: place + offset] != expected[offset] { return false }
    return true
  }

  /// Whether the bytes in that range are ASCII.
  package func isASCII(_ range: Range<Int>) -> Bool {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    var place = range.lowerBound
    var seen: UInt64 = 0
    while place + 8 <= range.upperBound {
      seen |= word(at: place)
      place += 8
    }
    while place < range.upperBound {
      seen |= UInt64(self[place])
      place += 1
    }
    return seen & 0x8080_8080_8080_8080 == 0
  }

  /// A copy of that part as text; what is not UTF-8 becomes the replacement character.
  package func text(_ range: Range<Int>) -> String {
    unsafe extracting(range).withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// Eight bytes, the first one lowest.
  private func word(at place: Int) -> UInt64 {
    UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self))
  }
}

extension [UInt8] {
  /// Appends a copy of these bytes.
  package mutating func append(copying bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}

/// Looks at eight bytes at a time, as one word.
private enum ByteScan {
  /// A word of eight equal bytes.
  @inline(__always) static func repeated(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

  /// The high bit of every zero byte of a word; bytes above the first zero may be marked falsely, the first never.
  @inline(__always) static func zeroBytes(of word: UInt64) -> UInt64 {
    (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
  }
}
