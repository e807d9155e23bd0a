import CPlatform
import Synchronization

/// A file of lines, appended one by one, readable by its owner only: a recording, or an audit log.
package final class LineFile: Sendable {
  /// What the lines are.
  package struct Format: Sendable {
    /// What the file is, for a person.
    package var name: String
    /// The line before all others; empty for none.
    package var head: [UInt8]
    /// How a file that is there must begin to be added to; empty for any.
    package var beginning: [UInt8]

    /// A recording of exchanges.
    package static let recording = Format(
      name: "recording", head: RecordedExchange.head(match: "digest"),
      beginning: Array(#"{"recording":"wyn360""#.utf8))
    /// Lines without a head.
    package static let audit = Format(name: "audit log", head: [], beginning: [])
  }

  private let path: String
  private let format: Format
  private let descriptor: Int32
  private struct State {
    /// What must stand before the next line: the recording's head, or the end of half a line.
    var due: [UInt8]
    var hasFailed = false
  }
  private let state: Mutex<State>
  private let onFailure: @Sendable (String) -> Void

  /// Opens or makes a file; one that is there is added to.
  ///
  /// `onFailure` is told, once, that something could not be written; what comes after it is tried all the same.
  ///
  /// - Throws: Why the file cannot be one of the format; what is none is never written to.
  package init(_ path: String, _ format: Format, onFailure: @escaping @Sendable (String) -> Void)
    throws(RecordingError)
  {
    self.path = path
    self.format = format
    self.onFailure = onFailure
    descriptor = unsafe cfiles_open_append(path)
    guard descriptor >= 0 else {
      throw RecordingError("the \(format.name) '\(path)' cannot be opened: \(Self.text(-descriptor))")
    }
    let size = cfiles_size(descriptor)
    var due: [UInt8] = []
    if size <= 0 {
      due = format.head
    } else if Self.read(descriptor, at: 0, count: format.beginning.count) != format.beginning {
      cfiles_close(descriptor)
      throw RecordingError("'\(path)' is there and is no \(format.name); give another name, or move it away")
    } else if Self.read(descriptor, at: size - 1, count: 1) != [lineFeed] {
      due = [lineFeed]
    }
    state = Mutex(State(due: due))
    write([])
  }

  deinit { cfiles_close(descriptor) }

  /// Appends a line, whole, in one piece: lines of several exchanges never mix.
  package func write(_ line: [UInt8]) {
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
    onFailure("the \(format.name) '\(path)' is incomplete: \(Self.text(number)); the run goes on without it")
  }

  /// All bytes of a recording, however it came to be.
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
