/// The hash SHA-256 (FIPS 180-4), whole or piece by piece.
package struct SHA256: Sendable {
  /// Bytes of a hash.
  package static let size = 32

  private var state: InlineArray<8, UInt32> = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  /// The beginning of a block that is not full yet.
  private var rest: InlineArray<64, UInt8> = .init(repeating: 0)
  private var restCount = 0
  private var length: UInt64 = 0

  /// A hash of nothing so far.
  package init() {}

  /// The hash of these bytes.
  package static func hash(_ bytes: Span<UInt8>) -> [UInt8] {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }

  /// The hash of these bytes.
  package static func hash(_ bytes: [UInt8]) -> [UInt8] { hash(bytes.span) }

  /// The hash of these bytes in lower-case hexadecimal.
  package static func hexadecimal(_ bytes: [UInt8]) -> String { lowerHexadecimal(hash(bytes.span)) }

  /// Takes more of the message.
  package mutating func update(_ bytes: Span<UInt8>) {
    length &+= UInt64(bytes.count)
    var place = 0
    if restCount > 0 {
      while restCount < 64, place < bytes.count {
        rest[restCount] = bytes[place]
        restCount += 1
        place += 1
      }
      guard restCount == 64 else { return }
      SHA256.compress(rest.span, from: 0, blocks: 1, into: &state)
      restCount = 0
    }
    let blocks = (bytes.count - place) / 64
    if blocks > 0 {
      SHA256.compress(bytes, from: place, blocks: blocks, into: &state)
      place += blocks * 64
    }
    while place < bytes.count {
      rest[restCount] = bytes[place]
      restCount += 1
      place += 1
    }
  }

  /// Takes more of the message.
  package mutating func update(_ bytes: [UInt8]) { update(bytes.span) }

  /// The hash of all that was taken.
  package consuming func finish() -> [UInt8] {
    let bits = length &* 8
    var padding: [UInt8] = [0x80]
    padding.append(contentsOf: repeatElement(0, count: (119 - restCount) % 64))
    for shift in stride(from: 56, through: 0, by: -8) {
      padding.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
    }
    update(padding.span)
    var hash: [UInt8] = []
    hash.reserveCapacity(SHA256.size)
    for index in 0..<8 {
      for shift in stride(from: 24, through: 0, by: -8) {
        hash.append(UInt8(truncatingIfNeeded: state[index] >> UInt32(shift)))
      }
    }
    return hash
  }

  /// The compression function over whole blocks (section 6.2.2).
  ///
  /// Eight rounds stand side by side, so that the eight words change their names instead of their places.
  private static func compress(
    _ bytes: Span<UInt8>, from start: Int, blocks: Int, into state: inout InlineArray<8, UInt32>
  ) {
    precondition(start + blocks * 64 <= bytes.count)
    let raw = unsafe bytes.bytes
    let keys = roundKeys
    var schedule = InlineArray<64, UInt32>(repeating: 0)
    for block in 0..<blocks {
      for index in 0..<16 {
        let place = start + block * 64 + index * 4
        let word = unsafe raw.unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt32.self)
        schedule[index] = UInt32(bigEndian: word)
      }
      for index in 16..<64 {
        let (early, late) = (schedule[index - 15], schedule[index - 2])
        let earlyMix = rotated(early, 7) ^ rotated(early, 18) ^ (early >> 3)
        let lateMix = rotated(late, 17) ^ rotated(late, 19) ^ (late >> 10)
        schedule[index] = schedule[index - 16] &+ earlyMix &+ schedule[index - 7] &+ lateMix
      }
      var (a, b, c, d) = (state[0], state[1], state[2], state[3])
      var (e, f, g, h) = (state[4], state[5], state[6], state[7])
      var index = 0
      while index < 64 {
        round(a, b, c, &d, e, f, g, &h, keys[index] &+ schedule[index])
        round(h, a, b, &c, d, e, f, &g, keys[index + 1] &+ schedule[index + 1])
        round(g, h, a, &b, c, d, e, &f, keys[index + 2] &+ schedule[index + 2])
        round(f, g, h, &a, b, c, d, &e, keys[index + 3] &+ schedule[index + 3])
        round(e, f, g, &h, a, b, c, &d, keys[index + 4] &+ schedule[index + 4])
        round(d, e, f, &g, h, a, b, &c, keys[index + 5] &+ schedule[index + 5])
        round(c, d, e, &f, g, h, a, &b, keys[index + 6] &+ schedule[index + 6])
        round(b, c, d, &e, f, g, h, &a, keys[index + 7] &+ schedule[index + 7])
        index += 8
      }
      state = [
        state[0] &+ a, state[1] &+ b, state[2] &+ c, state[3] &+ d,
        state[4] &+ e, state[5] &+ f, state[6] &+ g, state[7] &+ h,
      ]
    }
  }
}

/// One round: only the fourth and the last word change.
@inline(__always) private func round(
  _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32, _ h: inout UInt32,
  _ scheduled: UInt32
) {
  let choice = g ^ (e & (f ^ g))
  let majority = (a & b) | (c & (a | b))
  let first = h &+ (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) &+ choice &+ scheduled
  d = d &+ first
  h = first &+ (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) &+ majority
}

/// Bytes in lower-case hexadecimal.
package func lowerHexadecimal(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  text.reserveCapacity(bytes.count * 2)
  for byte in bytes {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
  return String(decoding: text, as: UTF8.self)
}

@inline(__always) private func rotated(_ word: UInt32, _ places: UInt32) -> UInt32 {
  (word >> places) | (word << (32 &- places))
}

/// The first 32 bits of the fractional parts of the cube roots of the first 64 primes (section 4.2.2).
private let roundKeys: InlineArray<64, UInt32> = [
  0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
  0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
  0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
  0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
  0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
  0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
  0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
  0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
]
