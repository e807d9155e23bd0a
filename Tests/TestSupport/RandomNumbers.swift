/// Random numbers that are the same in every run (SplitMix64, Steele, Lea and Flood 2014).
package struct RandomNumbers: RandomNumberGenerator {
  private var state: UInt64

  /// The numbers that belong to a seed.
  package init(seed: UInt64) { state = seed }

  /// The next number.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// That many bytes: random ones, and from 64 KiB on the same ones again in an odd rhythm, as tests want megabytes soon.
  package mutating func bytes(_ count: Int) -> [UInt8] {
    var block: [UInt8] = []
    while block.count < min(count, 64 * 1024 + 1) { unsafe withUnsafeBytes(of: next()) { unsafe block += $0 } }
    if block.count.isMultiple(of: 2) { block.removeLast() }
    var made: [UInt8] = []
    made.reserveCapacity(count + block.count)
    while made.count < count { made += block }
    made.removeLast(made.count - count)
    return made
  }
}
