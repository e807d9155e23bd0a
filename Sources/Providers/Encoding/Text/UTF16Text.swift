/// Texts in UTF-16 (RFC 2781), the mark left out.
enum UTF16Text {
  /// The text as UTF-8; `nil` when the bytes are none.
  ///
  /// No text has a character of number zero.
  static func text(_ bytes: ArraySlice<UInt8>, isBig: Bool) -> [UInt8]? {
    guard bytes.count.isMultiple(of: 2) else { return nil }
    let units = stride(from: bytes.startIndex, to: bytes.endIndex, by: 2).lazy.map { place -> UInt16 in
      let (first, second) = (UInt16(bytes[place]), UInt16(bytes[place + 1]))
      return isBig ? first << 8 | second : second << 8 | first
    }
    guard !units.contains(0) else { return nil }
    return String(validating: units, as: UTF16.self).map { Array($0.utf8) }
  }

  /// The bytes of a text, given as UTF-8.
  static func bytes(_ text: [UInt8], isBig: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count * 2)
    for unit in String(decoding: text, as: UTF8.self).utf16 {
      let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
      bytes.append(isBig ? high : low)
      bytes.append(isBig ? low : high)
    }
    return bytes
  }

  /// The text of bytes without a mark, when they can be nothing else: a quarter of the characters is ASCII, and none is a
  /// control character or one that is not assigned.
  static func unmarked(_ bytes: [UInt8]) -> (text: [UInt8], isBig: Bool)? {
    guard bytes.count >= 2 * EncodingLimits.unmarkedUnitsMin, bytes.count.isMultiple(of: 2) else { return nil }
    let probe = bytes.prefix(EncodingLimits.binaryProbe)
    let zeros = probe.indices.reduce(into: [0, 0]) { zeros, place in if probe[place] == 0 { zeros[place % 2] += 1 } }
    // The high byte of ASCII is zero; the low byte of a character rarely is.
    let isBig = zeros[0] > zeros[1]
    guard max(zeros[0], zeros[1]) * 8 >= probe.count, min(zeros[0], zeros[1]) * 64 <= probe.count,
      let text = text(bytes[...], isBig: isBig),
      String(decoding: text, as: UTF8.self).unicodeScalars.allSatisfy(isPlain)
    else { return nil }
    return (text, isBig)
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control: (0x09...0x0D).contains(scalar.value) || scalar.value == 0x1B
    case .unassigned, .privateUse, .surrogate: false
    default: true
    }
  }
}

/// Texts in UTF-32, the mark left out.
enum UTF32Text {
  /// The text as UTF-8; `nil` when the bytes are none.
  static func text(_ bytes: ArraySlice<UInt8>, isBig: Bool) -> [UInt8]? {
    guard bytes.count.isMultiple(of: 4) else { return nil }
    var text = ""
    for place in stride(from: bytes.startIndex, to: bytes.endIndex, by: 4) {
      let unit = bytes[place..<place + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      guard let scalar = Unicode.Scalar(isBig ? unit : unit.byteSwapped), scalar.value != 0 else { return nil }
      text.unicodeScalars.append(scalar)
    }
    return Array(text.utf8)
  }

  /// The bytes of a text, given as UTF-8.
  static func bytes(_ text: [UInt8], isBig: Bool) -> [UInt8] {
    String(decoding: text, as: UTF8.self).unicodeScalars.flatMap { scalar -> [UInt8] in
      let bytes = (0..<4).map { UInt8(truncatingIfNeeded: scalar.value >> (8 * $0)) }
      return isBig ? bytes.reversed() : bytes
    }
  }
}
