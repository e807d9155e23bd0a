/// Which encoding bytes are in that are not UTF-8, as far as one can be sure of it.
///
/// Sources: the rows of JIS X 0208, GB 2312, Big5 and KS X 1001 that everyday characters stand in; how often letters are used.
enum EncodingGuess {
  /// What the text says of itself in its first lines: an XML declaration, HTML's `charset`, an editor's `coding`.
  static func declared(_ bytes: [UInt8]) -> TextEncoding? {
    let head = String(decoding: bytes.prefix(EncodingLimits.declarationBytes), as: Unicode.ASCII.self).lowercased()
    for mark in ["encoding", "charset", "coding"] {
      for place in head.ranges(of: mark) {
        let rest = head[place.upperBound...].drop { $0 == " " }
        guard let sign = rest.first, sign == "=" || sign == ":" else { continue }
        let name = rest.dropFirst().drop { " \"'".contains($0) }
          .prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
        if let encoding = names[String(name)] { return encoding }
      }
    }
    return nil
  }

  /// The names under which texts declare encodings (WHATWG, Encoding, and Emacs').
  private static let names: [String: TextEncoding] = [
    "windows-1252": .windows1252, "cp1252": .windows1252, "iso-8859-1": .windows1252, "latin1": .windows1252,
    "latin-1": .windows1252, "windows-1250": .windows1250, "cp1250": .windows1250, "windows-1251": .windows1251,
    "cp1251": .windows1251, "windows-1253": .windows1253, "windows-1254": .windows1254, "iso-8859-9": .windows1254,
    "iso-8859-2": .iso8859Part2, "iso-8859-5": .iso8859Part5, "iso-8859-7": .iso8859Part7,
    "iso-8859-15": .iso8859Part15, "koi8-r": .koi8R, "koi8-u": .koi8U, "ibm866": .ibm866, "cp866": .ibm866,
    "shift_jis": .shiftJIS, "shift-jis": .shiftJIS, "sjis": .shiftJIS, "cp932": .shiftJIS, "windows-31j": .shiftJIS,
    "euc-jp": .eucJP, "gb2312": .gb18030, "gbk": .gb18030, "gb18030": .gb18030, "cp936": .gb18030, "big5": .big5,
    "cp950": .big5, "euc-kr": .eucKR, "cp949": .eucKR,
  ]

  /// Whether a text of seven bits shifts to Japanese.
  static func shifts(_ bytes: [UInt8]) -> Bool {
    bytes.indices.dropLast(2).contains { place in
      bytes[place] == 0x1B && bytes[place + 1] == UInt8(ascii: "$") && [0x40, 0x42].contains(bytes[place + 2])
    }
  }

  /// What the bytes can only be; `nil` when they may be several things.
  static func likely(_ bytes: [UInt8]) -> TextEncoding? {
    let sample = sample(bytes)
    return Pairs.encoding(of: sample) ?? Alphabet.encoding(of: sample)
  }

  /// The beginning, in whole lines: no encoding has a line feed within a character.
  private static func sample(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    guard bytes.count > EncodingLimits.guessBytes else { return bytes[...] }
    let head = bytes.prefix(EncodingLimits.guessBytes)
    return head.lastIndex(of: 0x0A).map { head[...$0] } ?? head
  }
}

/// Characters of two bytes, as East Asian encodings have them.
private struct Pairs {
  private var leads = [Int](repeating: 0, count: 256)
  private(set) var count = 0
  /// Characters of one byte beyond ASCII.
  private(set) var singles = 0
  /// Stretches of characters beyond ASCII.
  private(set) var runs = 0
  /// Those of them whose second byte is below 0x80, or below 0xA1.
  private(set) var lowTrails = 0
  private(set) var kana = 0

  /// How an encoding makes its pairs.
  struct Form {
    var lead: (UInt8) -> Bool
    var trail: (UInt8) -> Bool
    var single: (UInt8) -> Bool = { _ in false }
    var kana: (UInt8, UInt8) -> Bool = { _, _ in false }
  }

  /// Bytes taken apart so; `nil` when they cannot be.
  init?(_ bytes: ArraySlice<UInt8>, _ form: Form) {
    var place = bytes.startIndex
    var isWithin = false
    while place < bytes.endIndex {
      let byte = bytes[place]
      place += 1
      guard byte >= 0x80 else {
        isWithin = false
        continue
      }
      if !isWithin { runs += 1 }
      isWithin = true
      if form.single(byte) {
        singles += 1
        continue
      }
      guard form.lead(byte), place < bytes.endIndex, form.trail(bytes[place]) else { return nil }
      leads[Int(byte)] += 1
      count += 1
      if bytes[place] < 0xA1 { lowTrails += 1 }
      if form.kana(byte, bytes[place]) { kana += 1 }
      place += 1
    }
  }

  func leads(_ range: ClosedRange<Int>) -> Int { leads[range].reduce(0, +) }

  /// Whether there are enough, and more than one in a row: two accented capitals of a Western word look like one.
  var isTelling: Bool { count >= EncodingLimits.pairsMin && count * 2 >= runs * 3 }

  static func encoding(of bytes: ArraySlice<UInt8>) -> TextEncoding? {
    let high = Form(
      lead: { $0 >= 0xA1 && $0 != 0xFF }, trail: { $0 >= 0xA1 && $0 != 0xFF },
      kana: { lead, trail in (lead == 0xA4 || lead == 0xA5) && trail <= 0xF6 })
    if let pairs = Pairs(bytes, high), pairs.isTelling {
      return pairs.kana * 5 >= pairs.count ? .eucJP : pairs.mainland
    }
    let shifted = Form(
      lead: { (0x81...0x9F).contains($0) || (0xE0...0xFC).contains($0) },
      trail: { (0x40...0x7E).contains($0) || (0x80...0xFC).contains($0) }, single: { (0xA1...0xDF).contains($0) },
      kana: { lead, trail in
        lead == 0x82 && (0x9F...0xF1).contains(trail) || lead == 0x83 && (0x40...0x96).contains(trail)
      })
    if let pairs = Pairs(bytes, shifted), pairs.isTelling, pairs.kana * 5 >= pairs.count,
      pairs.singles * 4 <= pairs.count
    {
      return .shiftJIS
    }
    let big = Form(
      lead: { (0xA1...0xF9).contains($0) },
      trail: { (0x40...0x7E).contains($0) || (0xA1...0xFE).contains($0) })
    if let pairs = Pairs(bytes, big), pairs.isTelling, pairs.leads(0xA1...0xC6) * 5 >= pairs.count * 4,
      pairs.lowTrails * 7 >= pairs.count, pairs.lowTrails * 10 <= pairs.count * 7
    {
      return .big5
    }
    let wide = Form(
      lead: { (0x81...0xFE).contains($0) },
      trail: { (0x40...0x7E).contains($0) || (0x80...0xFE).contains($0) })
    guard let pairs = Pairs(bytes, wide), pairs.isTelling, pairs.lowTrails * 10 <= pairs.count else { return nil }
    return pairs.mainland
  }

  /// Chinese or Korean: everyday Chinese fills the rows from 0xB0 to 0xD7, Korean syllables those up to 0xC8.
  private var mainland: TextEncoding? {
    let (shared, chinese, signs) = (leads(0xB0...0xC8), leads(0xC9...0xD7), leads(0xA1...0xA3))
    guard (shared + chinese + signs) * 10 >= count * 9 else { return nil }
    if chinese * 10 >= shared + chinese { return .gb18030 }
    let isKorean = chinese * 33 <= shared && signs * 10 <= count
    return isKorean && shared >= EncodingLimits.koreanPairsMin ? .eucKR : nil
  }
}

/// Alphabets beyond the Latin one, by their most used letters.
private enum Alphabet {
  private static let candidates: [(TextEncoding, common: Set<Unicode.Scalar>)] = [
    (.windows1251, russian), (.koi8R, russian), (.ibm866, russian), (.iso8859Part5, russian), (.windows1253, greek),
  ]
  private static let russian = Set("оеаинтсрвл".unicodeScalars)
  private static let greek = Set("αοιετσνηυρ".unicodeScalars)

  static func encoding(of bytes: ArraySlice<UInt8>) -> TextEncoding? {
    let letters = bytes.count { $0 >= 0x80 }
    guard letters >= EncodingLimits.lettersMin, letters >= 3 * runs(bytes) else { return nil }
    var best: (encoding: TextEncoding, hits: Int)?
    for (encoding, common) in candidates {
      guard let text = encoding.text(of: bytes) else { continue }
      let hits = String(decoding: text, as: UTF8.self).unicodeScalars.count { common.contains($0) }
      if hits > best?.hits ?? 0 { best = (encoding, hits) }
    }
    // Two thirds of the letters of such a text are among them; of another one read so, a quarter.
    return best.flatMap { $0.hits * 20 >= letters * 9 ? $0.encoding : nil }
  }

  private static func runs(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.indices.count { bytes[$0] >= 0x80 && ($0 == bytes.startIndex || bytes[$0 - 1] < 0x80) }
  }
}
