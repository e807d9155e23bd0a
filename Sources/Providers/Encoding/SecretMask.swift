package import Protocol

/// Puts `•••` in the place of configured secrets, in texts from elsewhere: a server's message, a recording.
///
/// Our own texts never hold a secret; a server may echo one.
package struct SecretMask: Sendable {
  /// What stands in the place of a secret.
  package static let mark = "•••"
  /// The secrets as bytes, longest first, so that one which contains another goes whole.
  private var secrets: [[UInt8]]

  /// A mask of these secrets as they stand in text, in URLs and in JSON; very short ones are left out.
  package init(_ secrets: [Secret]) {
    var forms: Set<[UInt8]> = []
    for secret in secrets.map({ $0.reveal() }) where secret.utf8.count >= EncodingLimits.secretLengthMin {
      forms.insert(Array(secret.utf8))
      forms.insert(PercentEncoding.encode(secret.utf8))
      let quoted = JSON.string(secret).serialized.dropFirst().dropLast()
      forms.insert(Array(quoted))
      // Some servers write a slash in JSON as `\/`.
      forms.insert(quoted.flatMap { $0 == UInt8(ascii: "/") ? [UInt8(ascii: "\\"), $0] : [$0] })
    }
    self.secrets = forms.sorted { $0.count > $1.count }
  }

  /// The mask of more secrets.
  package func adding(_ more: [Secret]) -> SecretMask {
    var mask = SecretMask(more)
    mask.secrets = Set(secrets + mask.secrets).sorted { $0.count > $1.count }
    return mask
  }

  /// The text without secrets.
  package func masked(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let places = occurrences(in: bytes)
    return places.isEmpty ? text : String(decoding: SecretMask.replaced(places, in: bytes), as: UTF8.self)
  }

  /// The bytes without secrets.
  package func masked(_ bytes: [UInt8]) -> [UInt8] {
    let places = occurrences(in: bytes)
    return places.isEmpty ? bytes : SecretMask.replaced(places, in: bytes)
  }

  /// Bytes of the longest.
  package var longest: Int { secrets.first?.count ?? 0 }

  /// The beginning of a text, without secrets: one that stands where it is cut goes whole.
  package func beginning(of bytes: ArraySlice<UInt8>, bytesMax: Int) -> String {
    let read = Array(bytes.prefix(bytesMax + longest))
    let places = occurrences(in: read)
    let end = places.first { $0.contains(bytesMax) }?.upperBound ?? min(bytesMax, read.count)
    let shown = SecretMask.replaced(places.filter { $0.upperBound <= end }, in: Array(read[..<end]))
    return String(decoding: shown, as: UTF8.self)
  }

  /// Where secrets stand, in order and without overlap.
  package func occurrences(in bytes: [UInt8]) -> [Range<Int>] {
    guard !secrets.isEmpty else { return [] }
    var firsts = [Bool](repeating: false, count: 256)
    for secret in secrets { firsts[Int(secret[0])] = true }
    var places: [Range<Int>] = []
    var place = 0
    while place < bytes.count {
      if firsts[Int(bytes[place])], let secret = secrets.first(where: { bytes[place...].starts(with: $0) }) {
        places.append(place..<place + secret.count)
        place += secret.count
      } else {
        place += 1
      }
    }
    return places
  }

  private static func replaced(_ places: [Range<Int>], in bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var kept = 0
    for place in places {
      result += bytes[kept..<place.lowerBound]
      result += mark.utf8
      kept = place.upperBound
    }
    return result + bytes[kept...]
  }
}

extension SecretMask: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// What a log or an error shows in its place.
  package var description: String { SecretMask.mark }
  package var debugDescription: String { SecretMask.mark }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
