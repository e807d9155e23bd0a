internal import CSystem
internal import Synchronization

/// A file of the user's own that is added to at its end, and that one process at a time has to write.
package final class OwnFile: Sendable {
  private let descriptor: Descriptor
  /// Whether it can be written; what is not may still be read.
  package let isWritable: Bool
  /// The bytes that are there whole: behind them is what a write has left that failed.
  private let end: Mutex<Int>

  /// Opens a file of a folder; with `making` it is made where it is missing, for its owner only.
  ///
  /// What is no plain file of the user's is refused, and not looked into. With `reading` it is neither written nor taken.
  package init(_ name: FileName, in folder: OpenFolder, making: Bool = false, reading: Bool = false)
    throws(OwnFolder.Problem)
  {
    var opened = Int32(0)
    var isWritable = !reading
    if isWritable {
      opened = name.bytes.withName { unsafe csystem_open_to_add(folder.number, $0, making) }
      // What may not be written may still be read.
      isWritable = opened >= 0 || !SystemError(result: opened).isTied
    }
    if !isWritable {
      let refusal = opened
      opened = name.bytes.withName { unsafe csystem_open_file(folder.number, $0) }
      // Where there is nothing, why it could not be made says more.
      if refusal < 0, SystemError(result: opened) == .notThere { opened = refusal }
    }
    guard opened >= 0 else {
      let error = SystemError(result: opened)
      throw error == .isLink ? .link : .system(error)
    }
    descriptor = Descriptor(opened)
    self.isWritable = isWritable
    var native = csystem_status()
    let result = unsafe csystem_status_of_file(opened, &native)
    end = Mutex(Int(native.size))
    guard result >= 0 else { throw .system(SystemError(result: result)) }
    let status = FileStatus(native)
    guard status.kind == .file else { throw .otherKind }
    guard status.owner == geteuid() else { throw .foreign }
    guard status.names <= 1 else { throw .severalNames }
  }

  deinit {
    csystem_let_go(descriptor.number)
    descriptor.close()
  }

  /// Takes the file for as long as this object lives.
  package func take() throws(OwnFolder.Problem) {
    let result = csystem_take(descriptor.number, isWritable)
    guard result < 0 else { return }
    let error = SystemError(result: result)
    throw error == .wouldBlock ? .taken : .system(error)
  }

  /// Whether another one has taken it.
  package var isTaken: Bool { csystem_is_taken(descriptor.number) == 1 }

  /// What it is now.
  package var status: FileStatus? {
    var native = csystem_status()
    return unsafe csystem_status_of_file(descriptor.number, &native) >= 0 ? FileStatus(native) : nil
  }

  /// Whether it has lost its name: what is written to it, nobody will find.
  package var isGone: Bool { status.map { $0.names == 0 } ?? true }

  /// The bytes from an offset on, at most so many; fewer at the file's end.
  package func bytes(at offset: Int, count: Int) throws(SystemError) -> [UInt8] {
    var failure = Int64(0)
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, taken in
      guard let start = buffer.baseAddress else { return }
      while taken < count {
        let read = unsafe csystem_file_read(descriptor.number, Int64(offset + taken), start + taken, count - taken)
        failure = min(0, read)
        guard read > 0 else { return }
        taken += Int(read)
      }
    }
    guard failure == 0 else { throw SystemError(result: failure) }
    return bytes
  }

  /// Adds bytes at the end; when not all are taken, those that were are taken away again.
  ///
  /// They are with the system then: the end of this process loses none of them.
  package func add(_ bytes: [UInt8]) throws(SystemError) {
    guard isWritable else { throw SystemError(number: EACCES) }
    try end.withLock { end throws(SystemError) in
      // A cut that failed is made good before anything stands behind it.
      if let size = status?.size, size != end { try Self.cut(descriptor, to: end) }
      if let error = descriptor.write(bytes) {
        try? Self.cut(descriptor, to: end)
        throw error
      }
      end += bytes.count
    }
  }

  /// Takes away what stands behind an offset.
  package func cut(to size: Int) throws(SystemError) {
    try end.withLock { end throws(SystemError) in
      try Self.cut(descriptor, to: size)
      end = size
    }
  }

  private static func cut(_ descriptor: Descriptor, to size: Int) throws(SystemError) {
    let result = csystem_cut(descriptor.number, Int64(size))
    guard result >= 0 else { throw SystemError(result: result) }
  }
}
