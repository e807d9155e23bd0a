internal import CSystem

/// A pipe from this process to itself: any thread, and signal handlers, can wake the thread that polls its other end.
package struct WakePipe: Sendable {
  /// The end to poll.
  package let readEnd: Descriptor
  /// Any byte written here wakes whoever polls the other end.
  package let writeEnd: Descriptor

  /// A new pipe, open until it is closed.
  package init() throws(SystemError) {
    var ends: [Int32] = [0, 0]
    let number = unsafe csystem_pipe(&ends)
    guard number == 0 else { throw SystemError(number: number) }
    (readEnd, writeEnd) = (Descriptor(ends[0]), Descriptor(ends[1]))
  }

  /// Wakes with a byte; a full pipe has wakes enough.
  package func send(_ byte: UInt8) { _ = writeEnd.writeSome([byte]) }

  /// Takes the bytes that are there, at most as many as one read brings.
  package func take() -> ArraySlice<UInt8> {
    var bytes = [UInt8](repeating: 0, count: 256)
    guard case .bytes(let count) = readEnd.read(into: &bytes) else { return [] }
    return bytes[..<count]
  }

  /// Closes both ends.
  package func close() {
    readEnd.close()
    writeEnd.close()
  }
}
