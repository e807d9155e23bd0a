/// Letters and signs that are not what a person takes them for: `с` of the Cyrillic alphabet for `c`, `–` for `-`.
///
/// Source: Unicode Technical Standard 39, confusables that end in ASCII, as far as common fonts draw them alike.
package enum LookAlikes {
  /// What is read.
  package enum Kind: Sendable {
    /// A command, a path or an address: any of them is a surprise.
    case code
    /// What a file may hold, prose in any language too: only letters within a word of others are.
    case prose
  }

  /// What looks like something else in a text, in words, each once in the order of its first place.
  package static func hints(in text: String, _ kind: Kind) -> [String] {
    guard text.utf8.contains(where: { $0 >= 0x80 }) else { return [] }
    var found: [Unicode.Scalar] = []
    var word: [Unicode.Scalar] = []
    func note(_ scalar: Unicode.Scalar) {
      if !found.contains(scalar), found.count < TextLimits.lookAlikesMax { found.append(scalar) }
    }
    func endWord() {
      defer { word = [] }
      guard word.contains(where: { !$0.isASCII }) else { return }
      let alike = word.filter { like($0) != nil }
      let isMixed = word.contains { $0.isASCII && $0.properties.isAlphabetic }
      let isDisguise = kind == .code && word.allSatisfy { $0.isASCII || like($0) != nil }
      if isMixed || isDisguise { alike.forEach(note) }
    }
    for scalar in text.unicodeScalars {
      if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
        word.append(scalar)
      } else {
        endWord()
        if kind == .code, like(scalar) != nil { note(scalar) }
      }
    }
    endWord()
    return found.map { scalar in
      let code = String(scalar.value, radix: 16, uppercase: true)
      return "\(scalar) (U+\(code)) looks like \(like(scalar).map(String.init) ?? "")"
    }
  }

  /// The ASCII character that another one looks like.
  private static func like(_ scalar: Unicode.Scalar) -> Character? {
    switch scalar.value {
    case 0..<0x80: nil
    // The forms of ASCII that are as wide as ideographs.
    case 0xFF01...0xFF5E: Character(Unicode.Scalar(UInt8(scalar.value - 0xFEE0)))
    // Mathematical letters, alphabet after alphabet, and digits.
    case 0x1D400...0x1D6A3: letters[Int(scalar.value - 0x1D400) % letters.count]
    case 0x1D7CE...0x1D7FF: Character(Unicode.Scalar(UInt8(ascii: "0") + UInt8((scalar.value - 0x1D7CE) % 10)))
    default: pairs[scalar]
    }
  }

  private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

  private static let pairs: [Unicode.Scalar: Character] = {
    let all: [(Character, String)] = [
      ("a", "\u{430}\u{251}\u{3B1}"), ("c", "\u{441}\u{3F2}"), ("d", "\u{501}"), ("e", "\u{435}"),
      ("g", "\u{261}\u{581}"), ("h", "\u{4BB}\u{570}"), ("i", "\u{456}\u{131}\u{3B9}"), ("j", "\u{458}\u{3F3}"),
      ("k", "\u{43A}\u{3BA}"), ("l", "\u{4CF}\u{2113}\u{217C}\u{1C0}"), ("m", "\u{217F}"), ("n", "\u{578}"),
      ("o", "\u{43E}\u{3BF}\u{585}"), ("p", "\u{440}\u{3C1}"), ("q", "\u{51B}"), ("s", "\u{455}"),
      ("u", "\u{57D}\u{3C5}"), ("v", "\u{3BD}\u{475}\u{2174}"), ("w", "\u{51D}\u{461}"),
      ("x", "\u{445}\u{3C7}\u{2179}"), ("y", "\u{443}\u{3B3}"), ("A", "\u{410}\u{391}"), ("B", "\u{412}\u{392}"),
      ("C", "\u{421}\u{3F9}"),
      ("E", "\u{415}\u{395}"), ("H", "\u{41D}\u{397}"), ("I", "\u{406}\u{399}\u{4C0}"), ("J", "\u{408}\u{37F}"),
      ("K", "\u{41A}\u{39A}\u{212A}"), ("M", "\u{41C}\u{39C}"), ("N", "\u{39D}"), ("O", "\u{41E}\u{39F}\u{555}"),
      ("P", "\u{420}\u{3A1}"), ("S", "\u{405}\u{54F}"), ("T", "\u{422}\u{3A4}"), ("X", "\u{425}\u{3A7}"),
      ("Y", "\u{423}\u{4AE}\u{3A5}"), ("Z", "\u{396}"), ("3", "\u{417}"),
      ("-", "\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2043}\u{2212}\u{FE58}\u{FE63}"),
      ("/", "\u{2044}\u{2215}\u{29F8}"), ("\\", "\u{2216}\u{29F5}\u{29F9}\u{FE68}"), (".", "\u{2024}\u{FE52}"),
      (":", "\u{2236}\u{A789}\u{FE55}"), (";", "\u{37E}\u{FE54}"), ("!", "\u{1C3}\u{FE57}"), ("=", "\u{A78A}"),
      ("'", "\u{2018}\u{2019}\u{201B}\u{2032}\u{2BC}"), ("\"", "\u{201C}\u{201D}\u{2033}"), ("`", "\u{2035}\u{1FEF}"),
      ("|", "\u{2223}\u{2758}"), ("~", "\u{223C}\u{2053}"), ("*", "\u{2217}\u{204E}"), ("<", "\u{2039}\u{276E}"),
      (">", "\u{203A}\u{276F}"), ("$", "\u{FE69}"), ("&", "\u{FE60}"), ("#", "\u{FE5F}"),
    ]
    let each = all.flatMap { letter, scalars in scalars.unicodeScalars.map { ($0, letter) } }
    return Dictionary(each, uniquingKeysWith: { one, _ in one })
  }()
}
