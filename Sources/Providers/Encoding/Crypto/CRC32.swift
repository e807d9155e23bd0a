/// The checksum CRC-32/ISO-HDLC, which zip, Ethernet and AWS's event streams use (polynomial 0x04C11DB7, reflected).
///
/// It finds damage, not malice: every changed bit, every burst up to 32 bits. Eight bytes go at a time through eight
/// tables ("slicing by 8", Kounavis and Berry 2005), as every byte of a stream passes here.
package struct CRC32: Sendable {
  private var state: UInt32 = .max

  /// A checksum of nothing so far.
  package init() {}

  /// The checksum of all that was taken; more may follow.
  package var value: UInt32 { ~state }

  /// The checksum of these bytes.
  package static func checksum(_ bytes: Span<UInt8>) -> UInt32 {
    var sum = CRC32()
    sum.update(bytes)
    return sum.value
  }

  /// Takes more bytes.
  package mutating func update(_ bytes: Span<UInt8>) {
    let table = tables.span
    precondition(table.count == 8 * 256)
    let raw = unsafe bytes.bytes
    var sum = state
    var place = 0
    while place + 8 <= bytes.count {
      let loaded = unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt64.self)
      let word = UInt64(littleEndian: loaded) ^ UInt64(sum)
      sum = unsafe table[unchecked: 7 * 256 + Int(word & 255)] ^ table[unchecked: 6 * 256 + Int(word >> 8 & 255)]
      sum ^=
        unsafe table[unchecked: 5 * 256 + Int(word >> 16 & 255)] ^ table[unchecked: 4 * 256 + Int(word >> 24 & 255)]
      sum ^=
        unsafe table[unchecked: 3 * 256 + Int(word >> 32 & 255)] ^ table[unchecked: 2 * 256 + Int(word >> 40 & 255)]
      sum ^= unsafe table[unchecked: 256 + Int(word >> 48 & 255)] ^ table[unchecked: Int(word >> 56)]
      place += 8
    }
    while place < bytes.count {
      sum = unsafe table[unchecked: Int((sum ^ UInt32(bytes[place])) & 255)] ^ (sum >> 8)
      place += 1
    }
    state = sum
  }
}

/// For each of eight distances from the word's end, what each byte at that place adds to the checksum.
private let tables: [UInt32] = {
  var tables = [UInt32](repeating: 0, count: 8 * 256)
  for byte in 0..<256 {
    var sum = UInt32(byte)
    for _ in 0..<8 { sum = sum & 1 == 1 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1 }
    tables[byte] = sum
  }
  for place in 256..<tables.count {
    let nearer = tables[place - 256]
    tables[place] = tables[Int(nearer & 255)] ^ (nearer >> 8)
  }
  return tables
}()
