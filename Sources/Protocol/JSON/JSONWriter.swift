/// Appends JSON to a byte buffer that its owner reuses: no allocation but the buffer's own growth.
package struct JSONWriter: Sendable {
  /// What has been written.
  package var bytes: [UInt8] = []

  /// Nothing written yet.
  package init() {}

  /// Forgets what was written and keeps the room for the next message.
  package mutating func removeAll(keepingCapacity: Bool = true) { bytes.removeAll(keepingCapacity: keepingCapacity) }

  /// Any value, compact.
  package mutating func write(_ value: JSON) {
    switch value {
    case .null: raw("null")
    case .bool(let truth): write(truth)
    case .number(let number): write(number)
    case .string(let text): write(text)
    case .array(let elements): write(elements)
    case .object(let object): write(object)
    }
  }

  /// An array, compact.
  package mutating func write(_ elements: [JSON]) {
    var separator = UInt8(ascii: "[")
    for element in elements {
      bytes.append(separator)
      write(element)
      separator = UInt8(ascii: ",")
    }
    if elements.isEmpty { bytes.append(separator) }
    bytes.append(UInt8(ascii: "]"))
  }

  /// An object, compact, its members in their order.
  package mutating func write(_ object: JSONObject) {
    var separator = UInt8(ascii: "{")
    for member in object.members {
      bytes.append(separator)
      write(member.key)
      bytes.append(UInt8(ascii: ":"))
      write(member.value)
      separator = UInt8(ascii: ",")
    }
    if object.isEmpty { bytes.append(separator) }
    bytes.append(UInt8(ascii: "}"))
  }

  /// A truth value.
  package mutating func write(_ truth: Bool) { if truth { raw("true") } else { raw("false") } }

  /// A number as it was written.
  package mutating func write(_ number: JSONNumber) { copy(number.literal.utf8.span) }

  /// A whole number.
  package mutating func write(_ number: Int) {
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = number.magnitude
    var place = bytes.count
    repeat {
      bytes.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    var last = bytes.count - 1
    while place < last {
      bytes.swapAt(place, last)
      place += 1
      last -= 1
    }
  }

  /// A quoted string; nothing is escaped but what has to be (RFC 8259 section 7).
  package mutating func write(_ string: String) {
    let written: Void? = unsafe string.utf8.withContiguousStorageIfAvailable { quote(unsafe $0.span) }
    if written == nil { quote(string.utf8.span) }
  }

  private mutating func quote(_ text: Span<UInt8>) {
    bytes.append(JSONText.quote)
    var plain = 0
    while true {
      let special = JSONText.run(in: text, from: plain).end
      if plain < special { copy(text.extracting(plain..<special)) }
      guard special < text.count else { break }
      escape(text[special])
      plain = special + 1
    }
    bytes.append(JSONText.quote)
  }

  /// Bytes that are JSON already.
  package mutating func raw(_ text: StaticString) {
    unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Bytes that are JSON already.
  package mutating func raw(_ json: Span<UInt8>) { copy(json) }

  private mutating func copy(_ span: Span<UInt8>) {
    unsafe span.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
  }

  /// A quote, a backslash or a control character, in its short form where it has one.
  private mutating func escape(_ byte: UInt8) {
    bytes.append(JSONText.backslash)
    switch byte {
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    case JSONText.quote, JSONText.backslash: bytes.append(byte)
    default:
      raw("u00")
      bytes.append(UInt8(ascii: "0") + byte >> 4)  // 0 or 1, as only bytes below 0x20 come here
      let digit = byte & 0xF
      bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
  }
}

extension JSONWriter {
  /// Escapes what was written since `start` so that it is one line for every reader.
  ///
  /// JSON lets three characters stand in strings that Python, Node and others take for the end of a line: U+2028, U+2029
  /// and U+0085.
  package mutating func escapeLineEnds(from start: Int) {
    guard var end = bytes.span.unusualLineEnd(from: start) else { return }
    let tail = Array(bytes[start...])
    bytes.removeLast(tail.count)
    var plain = 0
    end -= start
    while true {
      copy(tail.span.extracting(plain..<end))
      switch (tail[end], tail[end + 1], tail[min(end + 2, tail.count - 1)]) {
      case (0xC2, _, _): raw(#"\u0085"#)
      case (_, _, 0xA8): raw(#"\u2028"#)
      default: raw(#"\u2029"#)
      }
      plain = end + (tail[end] == 0xC2 ? 2 : 3)
      guard let next = tail.span.unusualLineEnd(from: plain) else { break }
      end = next
    }
    copy(tail.span.extracting(plain..<tail.count))
  }
}

extension JSON {
  /// This value as compact JSON in a line of its own, with its end.
  package var line: [UInt8] {
    var writer = JSONWriter()
    writer.write(self)
    writer.escapeLineEnds(from: 0)
    return writer.bytes + [Byte.newline]
  }

  /// This value as compact JSON.
  package var serialized: [UInt8] {
    var writer = JSONWriter()
    writer.write(self)
    return writer.bytes
  }

  /// This value as compact JSON text.
  package var text: String { String(decoding: serialized, as: UTF8.self) }
}
