/// The characters as an expression tells them apart: those of one class are in the same of its sets.
struct Alphabet {
  /// The number of a class.
  typealias Class = Int

  private let sets: [ScalarSet]
  /// Words of 64 bits of one class: a bit for each set, and one for characters of words.
  private let width: Int
  private var bits: [UInt64] = []
  private var numbers: [[UInt64]: Class] = [:]
  /// The classes of ASCII.
  private(set) var ascii: [Class] = []
  /// Other characters whose class was looked up last, each at the place of its lowest bits.
  private var scalars: [UInt32]
  private var classes: [Class]

  init(_ sets: [ScalarSet]) {
    self.sets = sets
    width = sets.count / 64 + 1
    scalars = [UInt32](repeating: 0, count: ToolLimits.scalarsKept)
    classes = [Class](repeating: 0, count: ToolLimits.scalarsKept)
    takeASCII()
  }

  private mutating func takeASCII() { for value in 0..<UInt32(128) { ascii.append(lookUp(Scalar(value))) } }

  /// How many classes have been seen.
  var count: Int { bits.count / width }

  /// The class of a character.
  mutating func `class`(of scalar: Scalar) -> Class {
    if scalar.value < 128 { return ascii[Int(scalar.value)] }
    let place = Int(scalar.value) & (scalars.count - 1)
    if scalars[place] == scalar.value { return classes[place] }
    let found = lookUp(scalar)
    scalars[place] = scalar.value
    classes[place] = found
    return found
  }

  private mutating func lookUp(_ scalar: Scalar) -> Class {
    var signs = [UInt64](repeating: 0, count: width)
    for (number, set) in sets.enumerated() where set.contains(scalar) { signs[number >> 6] |= 1 << UInt64(number & 63) }
    if scalar.is(.word) { signs[sets.count >> 6] |= 1 << UInt64(sets.count & 63) }
    if let known = numbers[signs] { return known }
    numbers[signs] = count
    bits += signs
    return count - 1
  }

  /// Whether the characters of a class are in a set.
  @inline(__always)
  func holds(_ class: Class, in set: Int) -> Bool { bits[`class` * width + (set >> 6)] >> UInt64(set & 63) & 1 == 1 }

  /// Whether words consist of the characters of a class.
  func isWord(_ class: Class) -> Bool { holds(`class`, in: sets.count) }
}
