internal import CSystem

/// Searching bytes at the speed of the C library.
package enum ByteSearch {
  /// Where a byte first stands, from an offset on.
  package static func firstIndex(of byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard start < bytes.count, let base = bytes.baseAddress else { return nil }
    guard let found = unsafe memchr(base + start, Int32(byte), bytes.count - start) else { return nil }
    return unsafe UnsafeRawPointer(found) - base
  }

  /// Where some bytes first stand, from an offset on; no bytes stand nowhere.
  ///
  /// The time grows with the sum of the lengths, not with their product.
  package static func firstIndex(
    of part: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer, from start: Int
  ) -> Int? {
    guard start < bytes.count, part.count > 0, let base = bytes.baseAddress, let first = part.baseAddress else {
      return nil
    }
    let found = unsafe csystem_bytes_find(base + start, bytes.count - start, first, part.count)
    return found >= 0 ? start + found : nil
  }
}
