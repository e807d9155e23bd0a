/// Writes event-stream frames, from the plain definitions and with no code of the program's.
package enum EventStreamFrames {
  /// A header's value.
  package enum Value: Sendable {
    case string(String)
    /// A type's byte and the value's bytes, lengths included.
    case raw(UInt8, [UInt8])
  }

  /// A frame.
  package static func frame(_ headers: [(String, Value)], payload: [UInt8]) -> [UInt8] {
    var block: [UInt8] = []
    for (name, value) in headers {
      block.append(UInt8(name.utf8.count))
      block += name.utf8
      switch value {
      case .string(let text): block += [7, UInt8(text.utf8.count >> 8), UInt8(text.utf8.count & 255)] + text.utf8
      case .raw(let type, let bytes): block += [type] + bytes
      }
    }
    return frame(headerBytes: block, payload: payload)
  }

  /// A frame whose headers are given as bytes, valid or not.
  package static func frame(headerBytes block: [UInt8], payload: [UInt8]) -> [UInt8] {
    frame(total: UInt32(block.count + payload.count + 16), headers: UInt32(block.count), rest: block + payload)
  }

  /// A frame that announces these lengths, with checksums that hold.
  package static func frame(total: UInt32, headers: UInt32, rest: [UInt8]) -> [UInt8] {
    var bytes = bigEndian(total) + bigEndian(headers)
    bytes += bigEndian(checksum(bytes))
    bytes += rest
    return bytes + bigEndian(checksum(bytes))
  }

  /// An event of Bedrock's: the Messages API's event in base64, with padding.
  package static func chunk(_ event: String, padding: String = "abcdefgh") -> [UInt8] {
    let payload = #"{"bytes":"\#(base64(Array(event.utf8)))","p":"\#(padding)"}"#
    return self.event("chunk", payload)
  }

  /// An event with that payload.
  package static func event(_ type: String, _ payload: String) -> [UInt8] {
    frame(
      [
        (":event-type", .string(type)), (":content-type", .string("application/json")),
        (":message-type", .string("event")),
      ], payload: Array(payload.utf8))
  }

  /// An exception with that payload.
  package static func exception(_ type: String, _ payload: String) -> [UInt8] {
    frame(
      [
        (":exception-type", .string(type)), (":content-type", .string("application/json")),
        (":message-type", .string("exception")),
      ], payload: Array(payload.utf8))
  }

  /// CRC-32/ISO-HDLC, bit by bit.
  package static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum = UInt32.max
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    return ~sum
  }

  /// Base64 with padding.
  package static func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for digit in 0..<4 {
        text.append(digit <= group.count ? alphabet[bits >> (18 - 6 * digit) & 63] : "=")
      }
    }
    return text
  }

  /// Four bytes, the highest first.
  package static func bigEndian(_ number: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * $0)) }
  }
}
