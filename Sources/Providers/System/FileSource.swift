internal import Synchronization

/// Files as a parameter, so that tests decide what there is.
package struct FileSource: Sendable {
  /// The bytes of a file; `nil` when there is none of that name.
  package var read: @Sendable (_ path: String) throws(FileFailure) -> [UInt8]?
  /// Puts a file in the place of another at once, readable by its owner only (mode 0600).
  package var replace: @Sendable (_ path: String, _ bytes: [UInt8]) throws(FileFailure) -> Void
  /// What tells one state of a file from another; `nil` where nothing does.
  package var status: @Sendable (_ path: String) -> FileStatus?

  /// Whether what is at a path belongs to another user than this process's and the system's.
  package var isForeign: @Sendable (_ path: String) -> Bool

  /// Files made of their parts.
  package init(
    read: @escaping @Sendable (_ path: String) throws(FileFailure) -> [UInt8]?,
    replace: @escaping @Sendable (_ path: String, _ bytes: [UInt8]) throws(FileFailure) -> Void,
    status: @escaping @Sendable (_ path: String) -> FileStatus? = { _ in nil },
    isForeign: @escaping @Sendable (_ path: String) -> Bool = { _ in false }
  ) {
    self.read = read
    self.replace = replace
    self.status = status
    self.isForeign = isForeign
  }
}

extension FileSource {
  /// The same files, each read again only when it has changed: when it is another file, of another size, or of another time.
  package func remembering() -> FileSource {
    let files = RememberedFiles(self)
    return FileSource(
      read: { path throws(FileFailure) in try files.read(path) }, replace: replace, status: status, isForeign: isForeign
    )
  }
}

/// Files as they were read last.
private final class RememberedFiles: Sendable {
  private let files: FileSource
  private let kept = Mutex<[String: (status: FileStatus, bytes: [UInt8])]>([:])

  init(_ files: FileSource) { self.files = files }

  func read(_ path: String) throws(FileFailure) -> [UInt8]? {
    let status = files.status(path)
    if let status, let kept = kept.withLock({ $0[path] }), kept.status == status { return kept.bytes }
    let bytes = try files.read(path)
    // What has just been written may be written again within the same tick of the clock.
    let isSettled = status.map { $0.kind == .file && SystemClock.now - $0.modifiedMs > SystemLimits.fileSettledMs }
    kept.withLock { kept in
      if kept.count >= SystemLimits.filesKeptMax { kept = [:] }
      kept[path] = isSettled == true ? status.flatMap { status in bytes.map { (status, $0) } } : nil
    }
    return bytes
  }
}

/// Why a file could not be read or written.
package struct FileFailure: Error, Sendable, Hashable {
  /// The path and the system's reason, for a person.
  package var message: String

  /// A failure.
  package init(_ message: String) { self.message = message }
}
