internal import OperatingSystem
internal import Protocol

/// What the beginning and the end of a file say, without all that is between.
enum StoredTail {
  /// Whether a file has a header of ours; false for one that has only begun.
  ///
  /// - Throws: A ``StoredFlaw`` when it begins otherwise.
  static func checkHead(of file: OwnFile) throws(StoredFlaw) -> Bool {
    let head: [UInt8]
    do throws(SystemError) { head = try file.bytes(at: 0, count: StoreLimits.headBytes) } catch {
      throw StoredFlaw("it cannot be read: \(error.text)")
    }
    if head.starts(with: StoredHeader.beginning) { return true }
    var lines = StoredLines(file)
    guard let first = try lines.next() else { return false }
    do throws(StoredFlaw) { _ = try StoredLine(first, isFirst: true) } catch {
      throw StoredFlaw("line 1: \(error.reason)")
    }
    return true
  }

  /// How a session stands after the last line that is whole.
  static func state(of file: OwnFile) throws(StoredFlaw) -> StoredState {
    let size = file.status?.size ?? 0
    var count = StoreLimits.tailBytes
    while true {
      let start = max(0, size - count)
      let tail: [UInt8]
      do throws(SystemError) { tail = try file.bytes(at: start, count: size - start) } catch {
        throw StoredFlaw("it cannot be read: \(error.text)")
      }
      if let state = state(in: tail) { return state }
      guard start > 0 else { throw StoredFlaw("its last line says nothing of how the session stands") }
      count *= StoreLimits.tailGrowth
    }
  }

  /// The state at the end of the last whole line, where these bytes reach back that far.
  ///
  /// In JSON a quote behind a comma begins a member's name wherever it stands: in a text it would have a backslash before it.
  private static func state(in tail: [UInt8]) -> StoredState? {
    let mark = Array(#","\#(StoredLine.stateName)":"#.utf8)
    return unsafe tail.withBytes { bytes in
      guard let end = unsafe ByteSearch.lastIndex(of: 0x0A, in: bytes) else { return nil }
      var (found, next) = (Int?.none, 0)
      unsafe mark.withBytes { part in
        while let place = unsafe ByteSearch.firstIndex(
          of: part, in: UnsafeRawBufferPointer(rebasing: bytes[..<end]), from: next)
        {
          (found, next) = (place, place + 1)
        }
      }
      guard let found else { return nil }
      let text = unsafe Array(bytes[(found + mark.count)..<end].dropLast())
      return try? JSON.parse(text).decode(StoredState.self)
    }
  }
}
