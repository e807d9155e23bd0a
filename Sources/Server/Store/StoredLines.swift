internal import OperatingSystem

/// The lines of a file, one after the other; what has no end yet is none.
struct StoredLines {
  private let file: OwnFile
  private var buffer: [UInt8] = []
  /// Where the next line begins in the buffer, and up to where no line end is.
  private var (start, scanned) = (0, 0)
  private var isAtEnd = false
  /// Where the next line begins in the file.
  private(set) var offset = 0

  /// The lines of that file.
  init(_ file: OwnFile) { self.file = file }

  /// The next line without its end; `nil` at the end of the file.
  mutating func next() throws(StoredFlaw) -> [UInt8]? {
    while true {
      if let end = unsafe buffer.withBytes({ unsafe ByteSearch.firstIndex(of: 0x0A, in: $0, from: scanned) }) {
        defer {
          offset += end + 1 - start
          (start, scanned) = (end + 1, end + 1)
        }
        return Array(buffer[start..<end])
      }
      scanned = buffer.count
      guard !isAtEnd else { return nil }
      guard buffer.count - start <= StoreLimits.lineBytesMax else { throw StoredFlaw("it is longer than any line is") }
      buffer.removeFirst(start)
      (scanned, start) = (scanned - start, 0)
      let more: [UInt8]
      do throws(SystemError) {
        more = try file.bytes(at: offset + buffer.count, count: max(StoreLimits.readBytes, buffer.count))
      } catch {
        throw StoredFlaw("it cannot be read: \(error.text)")
      }
      isAtEnd = more.isEmpty
      buffer += more
    }
  }
}
