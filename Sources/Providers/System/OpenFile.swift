internal import CSystem

/// A regular file that is open to be read.
package final class OpenFile: Sendable {
  private let descriptor: Descriptor
  /// What the file was when it was opened.
  package let status: FileStatus

  /// Takes an open file, and closes what is none.
  init(_ descriptor: Descriptor) throws(OpenFolder.ReadProblem) {
    self.descriptor = descriptor
    var native = csystem_status()
    let result = unsafe csystem_status_of_file(descriptor.number, &native)
    status = FileStatus(native)
    guard result >= 0 else { throw .system(SystemError(result: result)) }
    guard status.kind == .file else { throw .notAFile(status.kind) }
    guard !csystem_is_kernel_file(descriptor.number) else { throw .madeByKernel }
  }

  deinit { descriptor.close() }

  private func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
    guard let base = buffer.baseAddress else { return 0 }
    var count = 0
    while count < buffer.count {
      let taken = unsafe csystem_file_read(
        descriptor.number, Int64(offset + count), base + count, buffer.count - count)
      guard taken >= 0 else { throw SystemError(result: taken) }
      guard taken > 0 else { break }
      count += Int(taken)
      // A short read of what is as long as it was is the end, and need not be asked for again.
      if count < buffer.count, offset + count == status.size { break }
    }
    return count
  }

  /// Reads from an offset on to bytes that are there, as much as there is or goes in; less than that is the file's end.
  package func read(at offset: Int, into bytes: inout [UInt8]) throws(SystemError) -> Int {
    try unsafe bytes.withUnsafeMutableBufferPointer { buffer throws(SystemError) in
      try unsafe read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
    }
  }

  /// The bytes of a part of the file, as far as they are there.
  package func bytes(_ range: Range<Int>) throws(SystemError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    let count = try read(at: range.lowerBound, into: &bytes)
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  /// All bytes.
  package func read(max: Int) throws(OpenFolder.ReadProblem) -> [UInt8] {
    guard status.size <= max else { throw .tooLarge(status.size) }
    var bytes: [UInt8]
    do throws(SystemError) {
      bytes = try self.bytes(0..<status.size + 1)
      var room = Swift.max(bytes.count, SystemLimits.filePiece)
      // It has grown since, or the system did not say how long it is.
      while bytes.count > status.size, bytes.count <= max {
        let more = try self.bytes(bytes.count..<bytes.count + Swift.min(room, max + 1 - bytes.count))
        guard !more.isEmpty else { break }
        bytes += more
        room *= 2
      }
    } catch {
      throw .system(error)
    }
    guard bytes.count <= max else { throw .tooLarge(bytes.count) }
    return bytes
  }
}

extension OpenFolder {
  /// Opens a regular file to read, as which it was found in the folder a moment ago: what is none is not to be opened, as
  /// opening a device can do something.
  package func open(file name: FileName) throws(ReadProblem) -> OpenFile {
    let opened = name.bytes.withName { unsafe csystem_open_file(number, $0) }
    guard opened >= 0 else { throw .system(SystemError(result: opened)) }
    return try OpenFile(Descriptor(opened))
  }
}
