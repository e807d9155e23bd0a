internal import CSystem

/// Searching bytes at the speed of the C library.
package enum ByteSearch {
  /// Where a byte first stands, from an offset on.
  package static func firstIndex(of byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard start < bytes.count, let base = bytes.baseAddress else { return nil }
    guard let found = unsafe memchr(base + start, Int32(byte), bytes.count - start) else { return nil }
    return unsafe UnsafeRawPointer(found) - base
  }

  /// Where some bytes first stand, from an offset on; no bytes stand nowhere.
  ///
  /// The time grows with the sum of the lengths, not with their product.
  package static func firstIndex(
    of part: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer, from start: Int
  ) -> Int? {
    guard start < bytes.count, part.count > 0, let base = bytes.baseAddress, let first = part.baseAddress else {
      return nil
    }
    let found = unsafe csystem_bytes_find(base + start, bytes.count - start, first, part.count)
    return found >= 0 ? start + found : nil
  }

  /// How often a byte is there.
  package static func count(_ byte: UInt8, in bytes: UnsafeRawBufferPointer) -> Int {
    guard let base = bytes.baseAddress else { return 0 }
    return unsafe csystem_bytes_count(base, bytes.count, byte)
  }

  /// Where a byte last stands.
  package static func lastIndex(of byte: UInt8, in bytes: UnsafeRawBufferPointer) -> Int? {
    guard let base = bytes.baseAddress else { return nil }
    let found = unsafe csystem_bytes_last(base, bytes.count, byte)
    return found >= 0 ? found : nil
  }
}

extension [UInt8] {
  /// Lends the bytes as a buffer.
  package func withBytes<Value, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    try unsafe withUnsafeBufferPointer { buffer throws(Failure) in try unsafe body(UnsafeRawBufferPointer(buffer)) }
  }
}

/// Some bytes that are looked for in much text; letters of ASCII may stand for both their cases.
package struct ByteLiteral: Hashable, Sendable {
  /// The bytes, letters that stand for both cases as small ones.
  package let bytes: [UInt8]
  /// The bits that are set in each byte of a text before it is compared.
  private let mask: [UInt8]
  private let rare: Int
  private let rarer: Int

  /// A literal; `folded` says of each byte whether its case does not count, which only letters of ASCII have.
  package init(_ bytes: [UInt8], folded: [Bool]) {
    let caseBit: UInt8 = 0x20
    mask = folded.map { $0 ? caseBit : 0 }
    self.bytes = zip(bytes, mask).map { $0 | $1 }
    let ranks = zip(self.bytes, mask).map { Self.rank($0, isFolded: $1 != 0) }
    let order = ranks.indices.sorted { ranks[$0] < ranks[$1] }
    rarer = order.first ?? 0
    rare = order.count > 1 ? order[1] : rarer
  }

  /// Where it first stands, from an offset on.
  package func firstIndex(in text: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard start < text.count, let base = text.baseAddress else { return nil }
    let found = unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe mask.withUnsafeBufferPointer { mask in
        guard let first = bytes.baseAddress, let bits = mask.baseAddress else { return -1 }
        var part = unsafe csystem_literal(bytes: first, mask: bits, count: bytes.count, rare: rare, rarer: rarer)
        return unsafe csystem_bytes_find_literal(base + start, text.count - start, &part)
      }
    }
    return found >= 0 ? start + found : nil
  }

  /// How common a byte is in source texts: letters and blanks most, then digits and signs.
  private static func rank(_ byte: UInt8, isFolded: Bool) -> Int {
    let common = Array(" etaoinsrlcdpumfhg_.,()\n\t=;b01y\"v-/kw2xj:".utf8)
    let rank = common.firstIndex(of: byte).map { 2 * common.count - $0 } ?? (byte < 0x80 ? common.count / 2 : 0)
    return isFolded ? rank + 4 : rank
  }
}
