/// The hash SHA-1 (FIPS 180-4 section 6.1), for names of files only.
///
/// It protects nothing any more. AWS's tools name the files of their SSO cache with it, so whoever wants to read them
/// needs it.
package enum SHA1 {
  /// The hash of these bytes in lower-case hexadecimal.
  package static func hexadecimal(_ bytes: [UInt8]) -> String {
    var state: InlineArray<5, UInt32> = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0]
    let message = padded(bytes)
    for block in stride(from: 0, to: message.count, by: 64) { compress(message, from: block, into: &state) }
    var hash: [UInt8] = []
    for index in 0..<5 {
      for shift in stride(from: 24, through: 0, by: -8) {
        hash.append(UInt8(truncatingIfNeeded: state[index] >> UInt32(shift)))
      }
    }
    return lowerHexadecimal(hash)
  }

  /// The message, a one bit, zeros, and the message's length in bits (section 5.1.1).
  private static func padded(_ bytes: [UInt8]) -> [UInt8] {
    var message = bytes
    message.append(0x80)
    message.append(contentsOf: repeatElement(0, count: (119 - bytes.count % 64) % 64))
    for shift in stride(from: 56, through: 0, by: -8) {
      message.append(UInt8(truncatingIfNeeded: (bytes.count * 8) >> shift))
    }
    return message
  }

  private static func compress(_ message: [UInt8], from start: Int, into state: inout InlineArray<5, UInt32>) {
    var schedule = InlineArray<80, UInt32>(repeating: 0)
    for index in 0..<16 {
      let place = start + index * 4
      schedule[index] = message[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
    for index in 16..<80 {
      let mixed = schedule[index - 3] ^ schedule[index - 8] ^ schedule[index - 14] ^ schedule[index - 16]
      schedule[index] = rotated(mixed, 1)
    }
    var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
    for index in 0..<80 {
      let (mixed, key): (UInt32, UInt32) =
        switch index / 20 {
        case 0: ((b & c) | (~b & d), 0x5a82_7999)
        case 1: (b ^ c ^ d, 0x6ed9_eba1)
        case 2: ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc)
        default: (b ^ c ^ d, 0xca62_c1d6)
        }
      let next = rotated(a, 5) &+ mixed &+ e &+ key &+ schedule[index]
      (e, d, c, b, a) = (d, c, rotated(b, 30), a, next)
    }
    state = [state[0] &+ a, state[1] &+ b, state[2] &+ c, state[3] &+ d, state[4] &+ e]
  }

  private static func rotated(_ word: UInt32, _ places: UInt32) -> UInt32 {
    (word << places) | (word >> (32 &- places))
  }
}
