internal import CSystem

/// Texts in encodings that only the system knows (iconv, POSIX.1-2024).
package enum TextConversion {
  /// A text from one encoding in another, both named as for `iconv`.
  ///
  /// `nil` when the system does not know one of them, or the text is none in the one or cannot be written in the other.
  package static func convert(_ bytes: [UInt8], from: String, to: String) -> [UInt8]? {
    // A byte becomes three in UTF-8 at most, and a shift may stand before and behind it.
    let room = bytes.count * 4 + 16
    var failed = false
    let converted = unsafe [UInt8](unsafeUninitializedCapacity: room) { out, count in
      let result = unsafe bytes.withUnsafeBytes { bytes -> Int64 in
        guard let base = bytes.baseAddress, let start = out.baseAddress else { return 0 }
        return unsafe csystem_convert(from, to, base, bytes.count, start, room)
      }
      failed = result < 0
      count = max(0, Int(result))
    }
    return failed ? nil : converted
  }
}
