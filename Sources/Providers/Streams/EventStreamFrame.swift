internal import Protocol

/// One frame of an event stream: where its parts stand, and which of the headers that say what it is.
///
/// All headers are checked, but no value is copied: of the ten types only texts matter to us, and of the names only
/// five. The ranges count in the bytes that the frame was handed over with.
package struct EventStreamFrame: Sendable {
  /// All headers.
  package let headers: Range<Int>
  /// Where the payload stands in the bytes of the frame.
  package let payload: Range<Int>
  /// `:message-type`: `event`, `exception` or `error`.
  package private(set) var messageType: Range<Int>?
  /// `:event-type`: what an event's payload is.
  package private(set) var eventType: Range<Int>?
  /// `:exception-type`: which error the payload describes.
  package private(set) var exceptionType: Range<Int>?
  /// `:error-code` of an error that has no payload.
  package private(set) var errorCode: Range<Int>?
  /// `:error-message` of an error that has no payload.
  package private(set) var errorMessage: Range<Int>?

  /// Reads the headers of a frame whose checksum holds.
  ///
  /// - Throws: ``ProviderError`` for a header that is cut off, has no name, is of a type that does not exist (its width
  /// is unknown, so nothing behind it can be read), is no UTF-8, or says twice what the frame is.
  init(_ bytes: Span<UInt8>, headers: Range<Int>, payload: Range<Int>) throws(ProviderError) {
    self.headers = headers
    self.payload = payload
    let isASCII = bytes.isASCII(headers)
    var reader = EventStreamHeaders(headers)
    while let header = try reader.next(bytes) {
      if !isASCII { try header.checkText(bytes) }
      guard header.type == .string, bytes[header.name.lowerBound] == UInt8(ascii: ":") else { continue }
      try note(header, bytes)
    }
  }

  /// Keeps the value of a header that says what the frame is.
  private mutating func note(_ header: EventStreamHeaders.Header, _ bytes: Span<UInt8>) throws(ProviderError) {
    let name = header.name
    switch name.count {
    case 11 where bytes.holds(":event-type", at: name.lowerBound): try Self.keep(header, in: &eventType)
    case 11 where bytes.holds(":error-code", at: name.lowerBound): try Self.keep(header, in: &errorCode)
    case 13 where bytes.holds(":message-type", at: name.lowerBound): try Self.keep(header, in: &messageType)
    case 14 where bytes.holds(":error-message", at: name.lowerBound): try Self.keep(header, in: &errorMessage)
    case 15 where bytes.holds(":exception-type", at: name.lowerBound): try Self.keep(header, in: &exceptionType)
    default: break
    }
  }

  private static func keep(_ header: EventStreamHeaders.Header, in field: inout Range<Int>?) throws(ProviderError) {
    guard field == nil else { throw EventStream.malformed("a frame says twice what it is") }
    field = header.value
  }
}

/// The headers of a frame, one after another.
package struct EventStreamHeaders: Sendable {
  /// The types of values; the raw value is the type's byte.
  package enum ValueType: UInt8, Sendable, CaseIterable {
    case yes = 0
    case no, int8, int16, int32, int64, bytes, string, timestamp, uuid
  }

  /// Where one header's name and value stand.
  package struct Header: Sendable {
    /// Its name.
    package var name: Range<Int>
    /// Its type.
    package var type: ValueType
    /// Its value, less the length in front of bytes and strings; empty for truth values.
    package var value: Range<Int>

    /// Refuses a name or a string that is no UTF-8.
    func checkText(_ bytes: Span<UInt8>) throws(ProviderError) {
      for text in type == .string ? [name, value] : [name] {
        guard (try? UTF8Span(validating: bytes.extracting(text))) != nil else {
          throw EventStream.malformed("a header is not UTF-8")
        }
      }
    }
  }

  private var place: Int
  private let end: Int

  /// The headers in that part of a frame.
  package init(_ range: Range<Int>) {
    place = range.lowerBound
    end = range.upperBound
  }

  /// The next header; `nil` after the last.
  ///
  /// - Throws: ``ProviderError`` when it is cut off, has no name, or is of an unknown type.
  package mutating func next(_ bytes: Span<UInt8>) throws(ProviderError) -> Header? {
    guard place < end else { return nil }
    let nameStart = place + 1
    let nameEnd = nameStart + Int(bytes[place])
    guard nameEnd > nameStart else { throw EventStream.malformed("a header has no name") }
    guard nameEnd < end else { throw EventStream.malformed("a header's name is cut off") }
    guard let type = ValueType(rawValue: bytes[nameEnd]) else {
      throw EventStream.malformed("a header has the type \(bytes[nameEnd]), which does not exist")
    }
    var valueStart = nameEnd + 1
    let width: Int
    switch type {
    case .yes, .no: width = 0
    case .int8: width = 1
    case .int16: width = 2
    case .int32: width = 4
    case .int64, .timestamp: width = 8
    case .uuid: width = 16
    case .bytes, .string:
      guard valueStart + 2 <= end else { throw EventStream.malformed("a header's length is cut off") }
      width = Int(bytes[valueStart]) << 8 | Int(bytes[valueStart + 1])
      valueStart += 2
    }
    guard valueStart + width <= end else { throw EventStream.malformed("a header's value is cut off") }
    place = valueStart + width
    return Header(name: nameStart..<nameEnd, type: type, value: valueStart..<place)
  }
}
