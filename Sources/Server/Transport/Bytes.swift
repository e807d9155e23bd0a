internal import CPlatform

/// Scanning at the speed of the C library.
enum Bytes {
  /// Where a byte first stands, from an offset on.
  static func firstIndex(of byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard start < bytes.count, let base = bytes.baseAddress else { return nil }
    guard let found = unsafe memchr(base + start, Int32(byte), bytes.count - start) else { return nil }
    return unsafe UnsafeRawPointer(found) - base
  }
}
