internal import Protocol

/// Percent-encoding as AWS signs it: every byte but RFC 3986's unreserved ones, in capital hexadecimal.
package enum PercentEncoding {
  /// The bytes, encoded; with `keepingSlash`, slashes stay as they are.
  package static func encode(_ bytes: some Sequence<UInt8>, keepingSlash: Bool = false) -> [UInt8] {
    var encoded: [UInt8] = []
    encoded.reserveCapacity(bytes.underestimatedCount)
    for byte in bytes {
      if isUnreserved(byte) || keepingSlash && byte == UInt8(ascii: "/") {
        encoded.append(byte)
      } else {
        encoded.append(UInt8(ascii: "%"))
        encoded.append(digit(byte >> 4))
        encoded.append(digit(byte & 15))
      }
    }
    return encoded
  }

  /// The text, encoded as one segment of a path or one part of a query.
  package static func encode(_ text: String) -> String { String(decoding: encode(text.utf8), as: UTF8.self) }

  /// The bytes that stand for others, decoded; a `%` that no two hexadecimal digits follow stands for itself.
  static func decode(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var place = bytes.startIndex
    while place < bytes.endIndex {
      if bytes[place] == UInt8(ascii: "%"), place + 2 < bytes.endIndex, let high = value(bytes[place + 1]),
        let low = value(bytes[place + 2])
      {
        decoded.append(high << 4 | low)
        place += 3
      } else {
        decoded.append(bytes[place])
        place += 1
      }
    }
    return decoded
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    Byte.isName(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "~")
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
