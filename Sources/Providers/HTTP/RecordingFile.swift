import CPlatform
import Synchronization

/// The file that a recording is written to: lines, appended one by one, readable by its owner only.
package final class RecordingFile: Sendable {
  private let path: String
  private let descriptor: Int32
  private struct State {
    /// What must stand before the next line: the recording's head, or the end of half a line.
    var due: [UInt8]
    var hasFailed = false
  }
  private let state: Mutex<State>
  private let onFailure: @Sendable (String) -> Void

  /// Opens or makes a recording; one that is there is added to.
  ///
  /// `onFailure` is told, once, that something could not be written; what comes after it is tried all the same.
  ///
  /// - Throws: Why the file cannot be a recording; what is no recording is never written to.
  package init(_ path: String, onFailure: @escaping @Sendable (String) -> Void) throws(RecordingError) {
    self.path = path
    self.onFailure = onFailure
    descriptor = unsafe cfiles_open_append(path)
    guard descriptor >= 0 else {
      throw RecordingError("the recording '\(path)' cannot be opened: \(Self.text(-descriptor))")
    }
    let size = cfiles_size(descriptor)
    var due: [UInt8] = []
    if size <= 0 {
      due = RecordedExchange.head(match: "digest")
    } else if Self.read(descriptor, at: 0, count: Self.beginning.count) != Self.beginning {
      cfiles_close(descriptor)
      throw RecordingError("'\(path)' is there and is no recording; give another name, or move it away")
    } else if Self.read(descriptor, at: size - 1, count: 1) != [lineFeed] {
      due = [lineFeed]
    }
    state = Mutex(State(due: due))
    write([])
  }

  deinit { cfiles_close(descriptor) }

  /// Appends a line, whole, in one piece: lines of several exchanges never mix.
  func write(_ line: [UInt8]) {
    let number = state.withLock { state -> Int32 in
      let number = Self.write(state.due + line, to: descriptor)
      guard number != 0 else {
        state.due = []
        return 0
      }
      if state.due.isEmpty { state.due = [lineFeed] }
      defer { state.hasFailed = true }
      return state.hasFailed ? 0 : number
    }
    guard number != 0 else { return }
    onFailure("the recording '\(path)' is incomplete: \(Self.text(number)); the run goes on without it")
  }

  /// All bytes of a recording.
  ///
  /// - Throws: Why it cannot be read.
  package static func contents(of path: String) throws(RecordingError) -> [UInt8] {
    let descriptor = unsafe cfiles_open_read(path)
    guard descriptor >= 0 else {
      throw RecordingError(
        "cannot read the recording '\(path)': \(text(-descriptor)); --replay takes a file that --record wrote, or 'demo'"
      )
    }
    defer { cfiles_close(descriptor) }
    return read(descriptor, at: 0, count: Int(max(0, cfiles_size(descriptor))))
  }

  /// How every recording begins.
  private static let beginning = Array(#"{"recording":"wyn360""#.utf8)

  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    unsafe bytes.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return 0 }
      return unsafe cfiles_write(descriptor, start, bytes.count)
    }
  }

  private static func read(_ descriptor: Int32, at offset: Int64, count: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, taken in
      guard let start = buffer.baseAddress else { return }
      taken = max(0, Int(unsafe cfiles_read(descriptor, offset, start, count)))
    }
  }

  private static func text(_ number: Int32) -> String {
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 128) { buffer, taken in
      guard let start = buffer.baseAddress else { return }
      unsafe start.withMemoryRebound(to: CChar.self, capacity: 128) { unsafe cfiles_error_text(number, $0, 128) }
      taken = unsafe buffer.firstIndex(of: 0) ?? 128
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

private let lineFeed: UInt8 = 0x0A
