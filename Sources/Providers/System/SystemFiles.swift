internal import CPlatform

extension FileSource {
  /// The files of this system.
  ///
  /// A read never waits: a pipe that nobody writes to is an empty file. It takes ``ProviderLimits/fileMax`` bytes at
  /// most; a file that is larger is refused, not cut.
  package static let system = FileSource(read: SystemFiles.read, replace: SystemFiles.replace)
}

/// The system's files through its C calls.
private enum SystemFiles {
  @Sendable static func read(_ path: String) throws(FileFailure) -> [UInt8]? {
    try check(path)
    let descriptor = unsafe cfiles_open_at_once(path)
    guard descriptor >= 0 else {
      // Not there is also what lies below something that is no folder.
      if -descriptor == noSuchFile || -descriptor == notAFolder { return nil }
      throw failure("read", path, -descriptor)
    }
    defer { cfiles_close(descriptor) }
    var bytes: [UInt8] = []
    while true {
      let (piece, number) = take(from: descriptor)
      guard number >= 0 else { throw failure("read", path, -number) }
      guard !piece.isEmpty else { return bytes }
      bytes += piece
      guard bytes.count <= ProviderLimits.fileMax else {
        throw FileFailure("failed to read `\(path)`: it is larger than \(ProviderLimits.fileMax) bytes")
      }
    }
  }

  @Sendable static func replace(_ path: String, _ bytes: [UInt8]) throws(FileFailure) {
    try check(path)
    let number = unsafe bytes.withUnsafeBytes { unsafe cfiles_replace(path, $0.baseAddress, $0.count) }
    guard number == 0 else { throw failure("write", path, number) }
  }

  /// A zero byte would end the path for the system, which would then take another file.
  private static func check(_ path: String) throws(FileFailure) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw FileFailure("the path of a file is empty or holds a zero byte")
    }
  }

  /// What the next read gives; empty at the end, with a number below zero after an error.
  private static func take(from descriptor: Int32) -> (bytes: [UInt8], number: Int32) {
    var number: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: pieceSize) { buffer, taken in
      guard let start = buffer.baseAddress else { return }
      let count = unsafe cfiles_read_on(descriptor, start, pieceSize)
      number = count < 0 ? Int32(truncatingIfNeeded: count) : 0
      taken = max(0, Int(count))
    }
    return (bytes, number)
  }

  private static func failure(_ what: String, _ path: String, _ number: Int32) -> FileFailure {
    FileFailure("failed to \(what) `\(path)`: \(systemErrorText(number))")
  }

  /// Bytes asked for at once: the files in question fit in one.
  private static let pieceSize = 16 * 1024
  /// ENOENT and ENOTDIR, which are the same on every system there is.
  private static let (noSuchFile, notAFolder): (Int32, Int32) = (2, 20)
}

/// What a number of the system's errors means.
func systemErrorText(_ number: Int32) -> String {
  let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 128) { buffer, taken in
    guard let start = buffer.baseAddress else { return }
    unsafe start.withMemoryRebound(to: CChar.self, capacity: 128) { unsafe cfiles_error_text(number, $0, 128) }
    taken = unsafe buffer.firstIndex(of: 0) ?? 128
  }
  return String(decoding: bytes, as: UTF8.self)
}
