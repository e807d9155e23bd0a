internal import CSystem

/// An open file, pipe or terminal of this process, by the system's number for it.
package struct Descriptor: Sendable, Hashable {
  /// The system's number.
  package let number: Int32

  /// The descriptor of that number, which stays open until it is closed.
  package init(_ number: Int32) { self.number = number }

  /// What the process reads.
  package static let standardInput = Descriptor(STDIN_FILENO)
  /// What the process answers.
  package static let standardOutput = Descriptor(STDOUT_FILENO)
  /// What the process says to people.
  package static let standardError = Descriptor(STDERR_FILENO)

  /// Whether a person may be at its other end.
  package var isTerminal: Bool { isatty(number) == 1 }

  /// Whether it is a pipe, a file or a socket: something that a shell may have put there.
  package var isPiped: Bool { csystem_is_piped(number) }

  /// Has the null device stand for each of the standard three that is missing, so that nothing else is taken for it.
  ///
  /// - Returns: Those that were missing.
  package static func fillStandard() -> Set<Descriptor> {
    let missing = csystem_fill_standard()
    return Set([standardInput, standardOutput, standardError].filter { missing & (1 << $0.number) != 0 })
  }

  /// Opens what stands at a path to be read; a pipe without a writer is waited for by whoever polls it, and not here.
  package static func opened(_ path: String) throws(SystemError) -> Descriptor {
    guard !path.utf8.contains(0) else { throw .notThere }
    let opened = unsafe csystem_file_open_at_once(path)
    guard opened >= 0 else { throw SystemError(result: opened) }
    return Descriptor(opened)
  }

  /// Gives the number back to the system.
  package func close() { csystem_close(number) }

  /// Wakes whoever polls the other end, or will; from any thread, any number of times.
  package func wake() { csystem_wake(number) }

  /// A descriptor of what this one stands for, while this one stands for what `other` does from now on; `nil` when the
  /// system has none left.
  package func movedAside(leaving other: Descriptor) -> Descriptor? {
    let moved = csystem_duplicate(number)
    guard moved >= 0, dup2(other.number, number) >= 0 else { return nil }
    return Descriptor(moved)
  }
}

// MARK: - Reading and writing

extension Descriptor {
  /// What a read brought.
  package enum Reading {
    case bytes(count: Int)
    /// Nothing yet, of a descriptor that does not block.
    case nothing
    case end
    case failed(SystemError)
  }

  /// Reads once, to a buffer's beginning.
  package func read(into buffer: inout [UInt8]) -> Reading {
    let count = unsafe buffer.withUnsafeMutableBytes { unsafe csystem_read(number, $0.baseAddress, $0.count) }
    if count > 0 { return .bytes(count: Int(count)) }
    if count == 0 { return .end }
    let error = SystemError(result: count)
    return error == .wouldBlock ? .nothing : .failed(error)
  }

  /// Writes all bytes, however often the system takes only a part.
  ///
  /// - Returns: Why not all was taken; `nil` when it was.
  @discardableResult
  package func write(_ bytes: [UInt8]) -> SystemError? {
    let result = unsafe bytes.withUnsafeBytes { unsafe csystem_write_all(number, $0.baseAddress, $0.count) }
    return result == 0 ? nil : SystemError(number: result)
  }

  /// Writes what the system takes at once; `nil` when nobody reads any more.
  func writeSome(_ bytes: ArraySlice<UInt8>) -> Int? {
    let count = unsafe bytes.withUnsafeBytes { unsafe csystem_write_some(number, $0.baseAddress, $0.count) }
    if count >= 0 { return Int(count) }
    return SystemError(result: count) == .wouldBlock ? 0 : nil
  }
}

// MARK: - Waiting

/// What may be done with a descriptor without waiting.
package struct Readiness: OptionSet, Sendable {
  /// The bits of poll(2).
  package let rawValue: Int16
  /// The readiness of those bits.
  package init(rawValue: Int16) { self.rawValue = rawValue }

  /// A read brings bytes, or the end.
  package static let readable = Readiness(rawValue: Int16(POLLIN | POLLHUP))
  /// A write is taken.
  package static let writable = Readiness(rawValue: Int16(POLLOUT))
  /// Nobody is at the other end, or the descriptor is none.
  package static let failed = Readiness(rawValue: Int16(POLLERR | POLLNVAL))

  /// Whether this has any part of another: a hang-up alone makes a descriptor readable.
  package func has(_ other: Readiness) -> Bool { !isDisjoint(with: other) }
}

extension Descriptor {
  /// A descriptor and what it is watched for; a failure is told in any case, so that nothing has to be named.
  package struct Watch {
    let descriptor: Descriptor?
    let interest: Readiness

    /// Watches a descriptor; `nil` keeps its place in the answer and is never ready.
    package init(_ descriptor: Descriptor?, for interest: Readiness = []) {
      self.descriptor = descriptor
      self.interest = interest
    }
  }

  /// Waits until one of them is ready or the time is over; `nil` waits without end.
  ///
  /// - Returns: What each is ready for, in their order; nothing at all once the time is over.
  package static func poll(_ watches: [Watch], milliseconds: Int?) -> [Readiness] {
    var polled = watches.map { watch in
      pollfd(
        fd: watch.descriptor?.number ?? -1, events: watch.interest.rawValue & Int16(POLLIN | POLLOUT), revents: 0)
    }
    let wait = Int64(milliseconds.map { max(0, $0) } ?? -1)
    guard unsafe csystem_poll(&polled, Int32(polled.count), wait) > 0 else {
      return watches.map { _ in [] }
    }
    return polled.map { Readiness(rawValue: $0.revents) }
  }

  /// Whether a write is taken without waiting.
  package var isWritable: Bool {
    var polled = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
    return unsafe csystem_poll(&polled, 1, 0) == 1 && Readiness(rawValue: polled.revents).has(.writable)
  }
}

/// The process's stderr.
package enum StandardError {
  /// Writes a text whole, or gives up when nobody reads.
  package static func write(_ text: String) { Descriptor.standardError.write(Array(text.utf8)) }
}
