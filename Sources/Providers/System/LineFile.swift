internal import CSystem
import Synchronization

/// A file of lines, appended one by one, readable by its owner only: a recording, or an audit log.
package final class LineFile: Sendable {
  /// What is written to such a file, and how much of it.
  package struct Format: Sendable {
    /// What the file is, for a person.
    package var name: String
    /// The line before all others; empty for none.
    package var head: [UInt8]
    /// How a file that is there must begin to be added to; empty for any.
    package var beginning: [UInt8]

    /// A format.
    package init(name: String, head: [UInt8], beginning: [UInt8]) {
      self.name = name
      self.head = head
      self.beginning = beginning
    }
  }

  /// Whether the file was there, with lines in it.
  package let isContinued: Bool
  private let path: String
  private let format: Format
  private let descriptor: Descriptor
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
    throws(LineFileError)
  {
    self.path = path
    self.format = format
    self.onFailure = onFailure
    let opened = unsafe csystem_file_open_append(path)
    guard opened >= 0 else {
      throw LineFileError("the \(format.name) '\(path)' cannot be opened: \(SystemError(result: opened).text)")
    }
    descriptor = Descriptor(opened)
    let size = csystem_file_size(opened)
    isContinued = size > 0
    var due: [UInt8] = []
    if size <= 0 {
      due = format.head
    } else if Self.read(descriptor, at: 0, count: format.beginning.count) != format.beginning {
      descriptor.close()
      throw LineFileError("'\(path)' is there and is no \(format.name); give another name, or move it away")
    } else if Self.read(descriptor, at: size - 1, count: 1) != [lineFeed] {
      due = [lineFeed]
    }
    state = Mutex(State(due: due))
    write([])
  }

  deinit { descriptor.close() }

  /// Appends a line, whole, in one piece: lines of several exchanges never mix.
  ///
  /// - Returns: Why it is not there, for a person; `nil` when it is.
  @discardableResult package func write(_ line: [UInt8]) -> String? {
    let (failure, isFirst) = state.withLock { state -> (SystemError?, Bool) in
      let bytes = state.due + line
      let number = unsafe bytes.withUnsafeBytes {
        unsafe csystem_write_all(descriptor.number, $0.baseAddress, $0.count)
      }
      guard number != 0 else {
        state.due = []
        return (nil, false)
      }
      if state.due.isEmpty { state.due = [lineFeed] }
      defer { state.hasFailed = true }
      return (SystemError(number: number), !state.hasFailed)
    }
    guard let failure else { return nil }
    let why = "the \(format.name) '\(path)' is incomplete: \(failure.text)"
    if isFirst { onFailure("\(why); the run goes on without it") }
    return why
  }

  /// All bytes of such a file, however long it is.
  package static func contents(of path: String) throws(SystemError) -> [UInt8] {
    let opened = unsafe csystem_file_open_read(path)
    guard opened >= 0 else { throw SystemError(result: opened) }
    let descriptor = Descriptor(opened)
    defer { descriptor.close() }
    return read(descriptor, at: 0, count: Int(max(0, csystem_file_size(opened))))
  }

  private static func read(_ descriptor: Descriptor, at offset: Int64, count: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, taken in
      guard let start = buffer.baseAddress else { return }
      taken = max(0, Int(unsafe csystem_file_read(descriptor.number, offset, start, count)))
    }
  }
}

/// Why a file of lines cannot be used.
package struct LineFileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong with it, for a person.
  package let description: String

  /// A failure.
  init(_ description: String) { self.description = description }
}

private let lineFeed: UInt8 = 0x0A
