internal import Foundation

/// An image of one point that is one, as the services look into what is sent.
package enum TinyPicture {
  /// A PNG file in base64, with that many bytes more than it needs.
  package static func png(padding: Int = 0) -> String {
    var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    bytes += chunk("IHDR", [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])
    // One grey point, in a block of zlib's that is not compressed.
    bytes += chunk("IDAT", [0x78, 0x01, 0x01, 0x02, 0x00, 0xFD, 0xFF, 0x00, 0x00, 0x00, 0x02, 0x00, 0x01])
    bytes += chunk("IEND", [])
    // What follows the end is not looked at.
    bytes += [UInt8](repeating: 0x78, count: padding)
    return Data(bytes).base64EncodedString()
  }

  private static func chunk(_ type: String, _ payload: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + payload
    return EventStreamFrames.bigEndian(UInt32(payload.count)) + body
      + EventStreamFrames.bigEndian(EventStreamFrames.checksum(body))
  }
}
