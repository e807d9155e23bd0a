/// A Unicode scalar, or a byte that is not UTF-8 and stands for itself, above all scalars.
struct Scalar: Hashable, Comparable, Sendable, ExpressibleByUnicodeScalarLiteral {
  /// The scalar's number.
  let value: UInt32

  /// What is added to a byte that is not UTF-8.
  static let strayBase: UInt32 = 0x11_0000

  init(_ value: UInt32) { self.value = value }
  init(unicodeScalarLiteral scalar: Unicode.Scalar) { value = scalar.value }

  static func < (one: Scalar, other: Scalar) -> Bool { one.value < other.value }

  /// The one that begins at a place, and how many bytes it has.
  @inline(__always)
  static func next(in bytes: borrowing Span<UInt8>, at place: Int) -> (scalar: Scalar, length: Int) {
    let first = bytes[place]
    if first < 0x80 { return (Scalar(UInt32(first)), 1) }
    return long(in: bytes, at: place, first)
  }

  /// The one that begins at a place of a buffer, and how many bytes it has.
  @inline(__always)
  static func next(in bytes: UnsafeRawBufferPointer, at place: Int) -> (scalar: Scalar, length: Int) {
    unsafe next(in: bytes.bindMemory(to: UInt8.self).span, at: place)
  }

  private static func long(in bytes: borrowing Span<UInt8>, at place: Int, _ first: UInt8) -> (Scalar, Int) {
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    let stray = (Scalar(strayBase + UInt32(first)), 1)
    guard (0xC2...0xF4).contains(first), place + length <= bytes.count else { return stray }
    var scalar = UInt32(first) & (0xFF >> UInt32(length + 1))
    for offset in 1..<length {
      let byte = bytes[place + offset]
      guard byte & 0xC0 == 0x80 else { return stray }
      scalar = scalar << 6 | UInt32(byte & 0x3F)
    }
    // Shorter forms, surrogates and what is beyond Unicode are no UTF-8 (RFC 3629 section 3).
    let least: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x1_0000
    guard scalar >= least, scalar <= 0x10_FFFF, !(0xD800...0xDFFF).contains(scalar) else { return stray }
    return (Scalar(scalar), length)
  }

  /// All of them.
  static func list(_ bytes: [UInt8]) -> [Scalar] {
    var scalars: [Scalar] = []
    scalars.reserveCapacity(bytes.count)
    let span = bytes.span
    var place = 0
    while place < span.count {
      let (scalar, length) = next(in: span, at: place)
      scalars.append(scalar)
      place += length
    }
    return scalars
  }
}
