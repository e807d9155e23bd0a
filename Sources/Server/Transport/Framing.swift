internal import OperatingSystem
internal import Protocol

/// How messages are told apart on the pipe.
package enum FramingStyle: String, Sendable, CaseIterable {
  /// Not yet known: the first bytes decide.
  case auto
  /// One message a line (newline-delimited JSON).
  case lines
  /// `Content-Length` headers (LSP 3.17, base protocol).
  case headers
}

/// Splits a byte stream into messages: bytes in, frames out, whatever the cuts.
///
/// A frame that cannot be one is reported once; what follows is read as if it had not been there.
package struct Framing: Sendable {
  /// What the stream gives.
  package enum Frame: Sendable, Equatable {
    /// A message: the bytes of this range of ``buffer``, until the next call.
    case message(Range<Int>)
    /// Something that is not a frame, for one error answer.
    case problem(String)
    /// A message that is too long to be taken; this is its beginning, by which its request may be named.
    case tooLong(Range<Int>)
  }

  private enum Place: Equatable {
    /// Before a frame.
    case start
    /// In a body of that many bytes.
    case body(Int)
    /// At a body of that many bytes, which are too many.
    case refusing(Int)
    /// In a frame that is too long: so many bytes are still to be passed over, or all up to a newline.
    case passing(Int)
    case passingLine
    /// After something that was no frame: looking for the next header.
    case lost
  }

  /// The style in force; decided by the first bytes when it was `auto`.
  package private(set) var style: FramingStyle
  /// The bytes that ``Frame/message(_:)`` speaks of.
  package private(set) var buffer: [UInt8] = []
  private var position = 0
  private var scanned = 0
  private var place = Place.start
  private let messageBytesMax: Int

  /// A stream that has not begun.
  package init(style: FramingStyle, messageBytesMax: Int = ServerLimits.messageBytesMax) {
    self.style = style
    self.messageBytesMax = messageBytesMax
  }

  /// Takes the next bytes of the stream.
  package mutating func feed(_ bytes: Span<UInt8>) {
    if position == buffer.count {
      buffer.removeAll(keepingCapacity: buffer.capacity <= ServerLimits.bufferKept)
      position = 0
      scanned = 0
    } else if position > ServerLimits.bufferKept {
      buffer.removeFirst(position)
      scanned -= position
      position = 0
    }
    unsafe bytes.withUnsafeBufferPointer { unsafe buffer.append(contentsOf: $0) }
  }

  /// The next frame, or `nil` when more bytes are needed.
  package mutating func next() -> Frame? {
    while true {
      switch place {
      case .start:
        skipBlank()
        guard position < buffer.count else { return nil }
        if style == .auto, let frame = decideStyle() { return frame }
        guard style != .auto else { return nil }
        switch style == .lines ? nextLine() : readHeaders() {
        case .frame(let frame): return frame
        case .again: continue
        case .wait: return nil
        }
      case .body(let length):
        guard buffer.count - position >= length else { return nil }
        place = .start
        defer { position += length }
        return .message(position..<position + length)
      case .refusing(let length):
        let beginning = min(length, ServerLimits.messageBeginning)
        guard buffer.count - position >= beginning else { return nil }
        place = .passing(length)
        return .tooLong(position..<position + beginning)
      case .passing(let length):
        let passed = min(length, buffer.count - position)
        position += passed
        place = passed == length ? .start : .passing(length - passed)
        if passed < length { return nil }
      case .passingLine:
        let newline = newlineOffset(from: position)
        position = newline.map { $0 + 1 } ?? buffer.count
        guard newline != nil else { return nil }
        place = .start
      case .lost:
        guard findHeader() else { return nil }
      }
    }
  }

  /// Says that the last message was no JSON, so that its length may have been wrong.
  ///
  /// With headers, the stream goes on at the next header, even when that lies in the message's own bytes.
  package mutating func lastMessageWasBroken(_ range: Range<Int>) {
    guard style == .headers else { return }
    position = range.lowerBound
    place = .lost
  }

  /// What is left when the stream ends: a last line without its newline, or half a frame.
  package mutating func finish() -> Frame? {
    if let frame = next() { return frame }
    defer {
      position = buffer.count
      place = .start
    }
    skipBlank()
    switch place {
    case .start where position == buffer.count, .lost, .passingLine: return nil
    case .start where style == .lines: return .message(position..<lineEnd(buffer.count))
    case .start: return .problem("the input ended inside a header")
    case .body(let length):
      return .problem("the input ended after \(buffer.count - position) of a message's \(length) bytes")
    case .refusing: return .tooLong(position..<buffer.count)
    case .passing: return nil
    }
  }
}

// MARK: - Lines

extension Framing {
  private enum Step {
    case frame(Frame)
    case again
    case wait
  }

  private mutating func nextLine() -> Step {
    guard let newline = newlineOffset(from: max(scanned, position)) else {
      scanned = buffer.count
      guard buffer.count - position > messageBytesMax else { return .wait }
      defer { position = buffer.count }
      place = .passingLine
      return .frame(.tooLong(beginning(of: position..<buffer.count)))
    }
    defer { position = newline + 1 }
    let line = position..<lineEnd(newline)
    return .frame(line.count > messageBytesMax ? .tooLong(beginning(of: line)) : .message(line))
  }

  private func beginning(of line: Range<Int>) -> Range<Int> {
    line.prefix(ServerLimits.messageBeginning)
  }

  private func lineEnd(_ newline: Int) -> Int {
    newline > position && buffer[newline - 1] == Byte.carriageReturn ? newline - 1 : newline
  }

  private func newlineOffset(from start: Int) -> Int? {
    unsafe buffer.withUnsafeBytes { bytes in
      unsafe ByteSearch.firstIndex(of: Byte.newline, in: bytes, from: start)
    }
  }

  private mutating func skipBlank() {
    guard place == .start else { return }
    while position < buffer.count, Byte.blanks.contains(buffer[position]) { position += 1 }
  }
}

// MARK: - Headers

extension Framing {
  private static let contentLength = Array("content-length".utf8)

  /// The first byte that is not blank decides; `nil` with the style still open when more bytes are needed.
  private mutating func decideStyle() -> Frame? {
    let first = buffer[position]
    if first == Byte.byteOrderMark[0] {
      let mark = Byte.byteOrderMark.prefix(buffer.count - position)
      guard buffer[position...].starts(with: mark) else { return garbageLine() }
      guard mark.count == Byte.byteOrderMark.count else { return nil }
      position += mark.count
      skipBlank()
      return position < buffer.count ? decideStyle() : nil
    }
    if first == Byte.openBrace || first == Byte.openBracket {
      style = .lines
      return nil
    }
    let newline = newlineOffset(from: position)
    let line = buffer[position..<(newline ?? buffer.count)]
    guard Byte.isLetter(first), line.count <= ServerLimits.headerBytesMax else { return garbageLine() }
    guard newline != nil || line.contains(Byte.colon) else { return nil }
    guard line.contains(Byte.colon) else { return garbageLine() }
    style = .headers
    return nil
  }

  private mutating func garbageLine() -> Frame {
    place = .passingLine
    return .problem("the input is neither a JSON message in a line nor one with a Content-Length header")
  }

  /// Reads a whole header block, once all of it is there.
  private mutating func readHeaders() -> Step {
    var length: Int?
    var offset = position
    while let newline = newlineOffset(from: offset), newline - position <= ServerLimits.headerBytesMax {
      let end = newline > offset && buffer[newline - 1] == Byte.carriageReturn ? newline - 1 : newline
      let line = buffer[offset..<end]
      offset = newline + 1
      if line.isEmpty {
        guard let length else { return lose("a header block without Content-Length") }
        position = offset
        return enter(length)
      }
      guard let colon = line.firstIndex(of: Byte.colon) else { return lose("a header line without a colon") }
      guard line[..<colon].map(Byte.lowercased) == Self.contentLength else { continue }
      let value = line[(colon + 1)...].drop { Byte.blanks.contains($0) }
      guard let number = Int(String(decoding: value, as: UTF8.self).trimmingBlanks), number >= 0,
        number <= ServerLimits.skippedBytesMax
      else { return lose("a Content-Length that is no sensible number") }
      length = number
    }
    guard buffer.count - position > ServerLimits.headerBytesMax else { return .wait }
    return lose("a header block of more than \(ServerLimits.headerBytesMax) bytes")
  }

  private mutating func enter(_ length: Int) -> Step {
    place = length > messageBytesMax ? .refusing(length) : .body(length)
    return .again
  }

  private mutating func lose(_ what: String) -> Step {
    position += 1
    place = .lost
    return .frame(.problem("\(what); reading goes on at the next Content-Length"))
  }

  /// Goes on at the next header, if it is there.
  private mutating func findHeader() -> Bool {
    guard let header = headerOffset(in: position..<buffer.count) else {
      position = max(position, buffer.count - Self.contentLength.count)
      return false
    }
    position = header
    place = .start
    return true
  }

  private func headerOffset(in range: Range<Int>) -> Int? {
    let name = Self.contentLength
    guard range.count > name.count else { return nil }
    var start = range.lowerBound
    while start + name.count < range.upperBound {
      if Byte.lowercased(buffer[start]) == name[0], buffer[start + name.count] == Byte.colon,
        buffer[start..<start + name.count].lazy.map(Byte.lowercased).elementsEqual(name)
      {
        return start
      }
      start += 1
    }
    return nil
  }
}

extension String {
  fileprivate var trimmingBlanks: Substring {
    var text = self[...]
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }
}
