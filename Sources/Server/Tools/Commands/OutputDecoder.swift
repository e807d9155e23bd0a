/// Turns a command's output into Unicode scalars: UTF-8, or UTF-16 where a byte order mark says so.
///
/// What is neither is shown as U+FFFD, or left out, and counted.
struct OutputDecoder {
  private enum Encoding {
    /// Not known before the first two bytes.
    case unknown([UInt8])
    case utf8
    case utf16(isLittle: Bool)
  }

  private static let replacement: UInt32 = 0xFFFD
  /// The control sequence introducer in one byte, which is no UTF-8 but still written.
  private static let introducer: UInt8 = 0x9B

  private var encoding = Encoding.unknown([])
  /// The bytes of a character that is not whole yet, and how many are missing.
  private var pending: [UInt8] = []
  private var missing = 0
  /// What the next byte of it may be.
  private var allowed: ClosedRange<UInt8> = 0x80...0xBF
  /// The first half of a character in UTF-16.
  private var half: UInt32?
  private var invalid = 0
  private var zeros = 0

  /// Whether an ASCII byte would stand for itself.
  var isBetweenCharacters: Bool {
    if case .utf8 = encoding { pending.isEmpty } else { false }
  }

  /// What of the bytes is no text, for the model.
  var remarks: [String] {
    var remarks: [String] = []
    if case .utf16 = encoding { remarks.append("[the output is UTF-16]") }
    if zeros > 0 { remarks.append("[zero bytes left out: \(zeros); it may be UTF-16, or no text]") }
    if invalid > 0 { remarks.append("[bytes that are no UTF-8, shown as \u{FFFD}: \(invalid)]") }
    return remarks
  }

  /// The scalars that a byte completes.
  mutating func scalars(of byte: UInt8) -> [UInt32] {
    switch encoding {
    case .utf8: return utf8(byte)
    case .utf16(let isLittle):
      pending.append(byte)
      guard pending.count == 2 else { return [] }
      defer { pending = [] }
      let (low, high) = isLittle ? (pending[0], pending[1]) : (pending[1], pending[0])
      return unit(UInt32(high) << 8 | UInt32(low))
    case .unknown(var first):
      first.append(byte)
      switch (first.first, first.dropFirst().first) {
      case (0xFF, nil), (0xFE, nil): encoding = .unknown(first)
      case (0xFF, 0xFE): encoding = .utf16(isLittle: true)
      case (0xFE, 0xFF): encoding = .utf16(isLittle: false)
      default:
        encoding = .utf8
        return first.flatMap { utf8($0) }
      }
      return []
    }
  }

  /// What is left when nothing more comes.
  mutating func finish() -> [UInt32] {
    if case .unknown(let first) = encoding {
      encoding = .utf8
      return first.flatMap { utf8($0) } + broken()
    }
    return broken()
  }

  private mutating func broken() -> [UInt32] {
    guard !pending.isEmpty || half != nil else { return [] }
    invalid += pending.count + (half == nil ? 0 : 2)
    (pending, missing, allowed, half) = ([], 0, 0x80...0xBF, nil)
    return [Self.replacement]
  }

  private mutating func unit(_ unit: UInt32) -> [UInt32] {
    if let first = half {
      half = nil
      if (0xDC00...0xDFFF).contains(unit) { return [0x10000 + (first - 0xD800) << 10 + (unit - 0xDC00)] }
      invalid += 2
      return [Self.replacement] + self.unit(unit)
    }
    switch unit {
    case 0xD800...0xDBFF:
      half = unit
      return []
    case 0xDC00...0xDFFF:
      invalid += 2
      return [Self.replacement]
    default: return [unit]
    }
  }

  private mutating func utf8(_ byte: UInt8) -> [UInt32] {
    if missing > 0 {
      guard allowed.contains(byte) else { return broken() + utf8(byte) }
      pending.append(byte)
      missing -= 1
      allowed = 0x80...0xBF
      guard missing == 0 else { return [] }
      defer { pending = [] }
      return String(decoding: pending, as: UTF8.self).unicodeScalars.map(\.value)
    }
    switch byte {
    case 0:
      zeros += 1
      return []
    case 1..<0x80: return [UInt32(byte)]
    case Self.introducer: return [UInt32(byte)]
    case 0xC2...0xDF: missing = 1
    case 0xE0: (missing, allowed) = (2, 0xA0...0xBF)
    case 0xED: (missing, allowed) = (2, 0x80...0x9F)
    case 0xE1...0xEF: missing = 2
    case 0xF0: (missing, allowed) = (3, 0x90...0xBF)
    case 0xF1...0xF3: missing = 3
    case 0xF4: (missing, allowed) = (3, 0x80...0x8F)
    default:
      invalid += 1
      return [Self.replacement]
    }
    pending = [byte]
    return []
  }
}
