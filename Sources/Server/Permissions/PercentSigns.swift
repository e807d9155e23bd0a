internal import Protocol

/// What `%2F` and its like say in an address.
enum PercentSigns {
  /// The bytes that an address means; `sign` writes those that were encoded.
  static func decoded(_ bytes: [UInt8], sign: (UInt8) -> [UInt8] = { [$0] }) -> [UInt8] {
    var found: [UInt8] = []
    var place = 0
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: "%"), place + 2 < bytes.count,
        bytes[(place + 1)...(place + 2)].allSatisfy(Byte.isHexDigit),
        let value = UInt8(String(decoding: bytes[(place + 1)...(place + 2)], as: UTF8.self), radix: 16)
      {
        found += sign(value)
        place += 3
      } else {
        found.append(bytes[place])
        place += 1
      }
    }
    return found
  }
}
