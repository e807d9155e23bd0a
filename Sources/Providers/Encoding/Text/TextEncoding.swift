internal import OperatingSystem
internal import Protocol

/// How a text is written as bytes, and the one way from a file's bytes to its text and back.
///
/// A byte order mark decides, then what is valid UTF-8; then what the text says of itself, and what its bytes can only be.
/// What is left is taken for Windows-1252, in which every byte is a character, so that at least nothing is lost by it.
package enum TextEncoding: String, Sendable, Hashable, CaseIterable {
  case utf8 = "UTF-8"
  case utf8WithMark = "UTF-8 with a byte order mark"
  /// A text in UTF-8 that has been damaged, or holds lines of another encoding: its bytes are left as they are.
  case utf8Broken = "UTF-8 with bytes in between that are not"
  case utf16LittleEndian = "UTF-16LE"
  case utf16BigEndian = "UTF-16BE"
  case utf16LittleEndianUnmarked = "UTF-16LE without a byte order mark"
  case utf16BigEndianUnmarked = "UTF-16BE without a byte order mark"
  case utf32LittleEndian = "UTF-32LE"
  case utf32BigEndian = "UTF-32BE"
  case windows1252 = "Windows-1252"
  case windows1250 = "Windows-1250"
  case windows1251 = "Windows-1251"
  case windows1253 = "Windows-1253"
  case windows1254 = "Windows-1254"
  case iso8859Part2 = "ISO-8859-2"
  case iso8859Part5 = "ISO-8859-5"
  case iso8859Part7 = "ISO-8859-7"
  case iso8859Part15 = "ISO-8859-15"
  case koi8R = "KOI8-R"
  case koi8U = "KOI8-U"
  case ibm866 = "IBM866"
  case shiftJIS = "Shift_JIS"
  case eucJP = "EUC-JP"
  case iso2022JP = "ISO-2022-JP"
  case gb18030 = "GB18030"
  case big5 = "Big5"
  case eucKR = "EUC-KR"

  /// The text of a file as UTF-8, and how it was written; `nil` for a binary file.
  ///
  /// What is decoded comes back byte for byte from ``encode(_:)``, or it is not taken for text. Only the text of
  /// ``utf8Broken`` is not valid UTF-8.
  package static func decode(_ bytes: [UInt8]) -> (text: [UInt8], encoding: TextEncoding)? {
    if let encoding = marked.first(where: { bytes.starts(with: $0.mark) }) {
      return encoding.text(of: bytes[encoding.mark.count...]).map { ($0, encoding) }
    }
    let probe = bytes.prefix(EncodingLimits.binaryProbe)
    guard !probe.contains(0) else {
      return UTF16Text.unmarked(bytes).map {
        ($0.text, $0.isBig ? .utf16BigEndianUnmarked : .utf16LittleEndianUnmarked)
      }
    }
    let soundness = UTF8Soundness(bytes[...])
    if soundness.isSound { return decodeShifted(bytes) ?? (bytes, .utf8) }
    // No text has a use for control characters; a file with more than what ends lines and sets colours is something else.
    guard !probe.contains(where: { $0 < 0x20 && !(0x09...0x0D).contains($0) && $0 != 0x1B }) else { return nil }
    if soundness.isMostlySound { return (bytes, .utf8Broken) }
    for encoding in [EncodingGuess.declared(bytes), EncodingGuess.likely(bytes)].compactMap(\.self) {
      if let text = encoding.text(of: bytes[...]) { return (text, encoding) }
    }
    return windows1252.text(of: bytes[...]).map { ($0, .windows1252) }
  }

  /// The bytes of a text, given as UTF-8; `nil` when the encoding has no way to write it.
  package func encode(_ text: [UInt8]) -> [UInt8]? {
    switch self {
    case .utf8, .utf8Broken: return text
    case .utf8WithMark: return mark + text
    case .utf16LittleEndian, .utf16LittleEndianUnmarked: return mark + UTF16Text.bytes(text, isBig: false)
    case .utf16BigEndian, .utf16BigEndianUnmarked: return mark + UTF16Text.bytes(text, isBig: true)
    case .utf32LittleEndian, .utf32BigEndian: return mark + UTF32Text.bytes(text, isBig: self == .utf32BigEndian)
    case .windows1252: return Windows1252.bytes(text)
    default: return systemName.flatMap { TextConversion.convert(text, from: "UTF-8", to: $0) }
    }
  }

  /// The text of bytes in this encoding, the mark left out; `nil` when they are none, or would not come back as they are.
  func text(of bytes: ArraySlice<UInt8>) -> [UInt8]? {
    switch self {
    case .utf8, .utf8WithMark, .utf8Broken: return UTF8Soundness(bytes).isSound ? Array(bytes) : nil
    case .utf16LittleEndian, .utf16LittleEndianUnmarked: return UTF16Text.text(bytes, isBig: false)
    case .utf16BigEndian, .utf16BigEndianUnmarked: return UTF16Text.text(bytes, isBig: true)
    case .utf32LittleEndian, .utf32BigEndian: return UTF32Text.text(bytes, isBig: self == .utf32BigEndian)
    case .windows1252: return Windows1252.text(bytes)
    default:
      let bytes = Array(bytes)
      guard let systemName, bytes.count <= EncodingLimits.convertedMax,
        let text = TextConversion.convert(bytes, from: systemName, to: "UTF-8"), encode(text) == bytes
      else { return nil }
      return text
    }
  }

  /// Whether it is what everybody expects, with a mark or without.
  package var isUTF8: Bool { self == .utf8 || self == .utf8WithMark }

  /// What stands before the text.
  private var mark: [UInt8] {
    switch self {
    case .utf8WithMark: Byte.byteOrderMark
    case .utf16LittleEndian: [0xFF, 0xFE]
    case .utf16BigEndian: [0xFE, 0xFF]
    case .utf32LittleEndian: [0xFF, 0xFE, 0, 0]
    case .utf32BigEndian: [0, 0, 0xFE, 0xFF]
    default: []
    }
  }

  /// Those with a mark, the longer marks first, as one begins like another.
  private static let marked: [TextEncoding] = [
    .utf32LittleEndian, .utf32BigEndian, .utf8WithMark, .utf16LittleEndian, .utf16BigEndian,
  ]

  /// The name by which the system converts it: that of what programs write under the encoding's name.
  private var systemName: String? {
    switch self {
    case .windows1250: "CP1250"
    case .windows1251: "CP1251"
    case .windows1253: "CP1253"
    case .windows1254: "CP1254"
    case .iso8859Part2, .iso8859Part5, .iso8859Part7, .iso8859Part15, .koi8R, .koi8U, .eucJP, .gb18030, .iso2022JP:
      rawValue
    case .ibm866: "CP866"
    case .shiftJIS: "CP932"
    case .big5: "CP950"
    case .eucKR: "CP949"
    default: nil
    }
  }

  /// A text of seven bits that shifts to Japanese and back (RFC 1468).
  private static func decodeShifted(_ bytes: [UInt8]) -> (text: [UInt8], encoding: TextEncoding)? {
    guard bytes.contains(0x1B), bytes.allSatisfy({ $0 < 0x80 }), EncodingGuess.shifts(bytes),
      let text = iso2022JP.text(of: bytes[...])
    else { return nil }
    return (text, .iso2022JP)
  }
}

/// How far bytes are UTF-8 (RFC 3629).
struct UTF8Soundness {
  /// Whether all are.
  private(set) var isSound: Bool
  private var characters = 0
  private var strays = 0

  init(_ bytes: ArraySlice<UInt8>) {
    isSound = unsafe bytes.withUnsafeBufferPointer { buffer in
      let span = unsafe buffer.span
      return (try? UTF8Span(validating: span)) != nil
    }
    guard !isSound else { return }
    var place = bytes.startIndex
    while place < bytes.endIndex {
      guard bytes[place] >= 0x80 else {
        place += 1
        continue
      }
      let end = min(UTF8Cut.end(ofCharacterAt: place, in: bytes), place + UTF8Cut.longest)
      let isCharacter = String(validating: bytes[place..<end], as: UTF8.self) != nil
      if isCharacter { characters += 1 } else { strays += 1 }
      place = isCharacter ? end : place + 1
    }
  }

  /// Whether it can only be UTF-8 that was damaged: characters of several bytes do not come about by chance.
  var isMostlySound: Bool { characters > strays }
}
