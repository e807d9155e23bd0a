internal import CSystem

extension FileSource {
  /// The files of this system.
  ///
  /// A read never waits: a pipe that nobody writes to is an empty file. It takes ``SystemLimits/fileMax`` bytes at
  /// most; a file that is larger is refused, not cut.
  package static let system = FileSource(
    read: SystemFiles.read, replace: SystemFiles.replace, isForeign: SystemFiles.isForeign)
}

/// The system's files through its C calls.
private enum SystemFiles {
  @Sendable static func read(_ path: String) throws(FileFailure) -> [UInt8]? {
    try check(path)
    let opened = unsafe csystem_file_open_at_once(path)
    guard opened >= 0 else {
      // Not there is also what lies below something that is no folder.
      let error = SystemError(result: opened)
      if error == .notThere || error == .notAFolder { return nil }
      throw failure("read", path, error)
    }
    let descriptor = Descriptor(opened)
    defer { descriptor.close() }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: SystemLimits.filePiece)
    while true {
      switch descriptor.read(into: &piece) {
      case .bytes(let count): bytes += piece[..<count]
      // A pipe with a writer that has written nothing.
      case .nothing: throw failure("read", path, .wouldBlock)
      case .end: return bytes
      case .failed(let error): throw failure("read", path, error)
      }
      guard bytes.count <= SystemLimits.fileMax else {
        throw FileFailure("failed to read `\(path)`: it is larger than \(SystemLimits.fileMax) bytes")
      }
    }
  }

  @Sendable static func replace(_ path: String, _ bytes: [UInt8]) throws(FileFailure) {
    try check(path)
    let number = unsafe bytes.withUnsafeBytes { unsafe csystem_file_replace(path, $0.baseAddress, $0.count) }
    guard number == 0 else { throw failure("write", path, SystemError(number: number)) }
  }

  @Sendable static func isForeign(_ path: String) -> Bool {
    let names = FileName.list(path.utf8)
    guard let name = names.last else { return false }
    do throws(SystemError) {
      let owner = try OpenFolder(path: FileName.absolute(names.dropLast())).status(name).owner
      return owner != 0 && owner != geteuid()
    } catch {
      return true
    }
  }

  /// A zero byte would end the path for the system, which would then take another file.
  private static func check(_ path: String) throws(FileFailure) {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw FileFailure("the path of a file is empty or holds a zero byte")
    }
  }

  private static func failure(_ what: String, _ path: String, _ error: SystemError) -> FileFailure {
    FileFailure("failed to \(what) `\(path)`: \(error.text)")
  }
}
