internal import Foundation

/// Images for tests.
package enum Picture {
  /// A whole PNG of one pixel, as Base64.
  package static let png =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

  /// The bytes of what begins like a PNG of that size, and is as long as that.
  package static func bytes(width: Int = 1, height: Int = 1, count: Int = 64) -> [UInt8] {
    func big(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
    let head: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]
    let begun = head + big(width) + big(height) + [8, 6, 0, 0, 0]
    return begun + [UInt8](repeating: 0, count: max(0, count - begun.count))
  }

  /// The same as Base64.
  package static func base64(width: Int = 1, height: Int = 1, count: Int = 64) -> String {
    Data(bytes(width: width, height: height, count: count)).base64EncodedString()
  }
}
