import Protocol
import Server

extension FuzzTarget {
  /// What a client sends.
  static let wire = [
    FuzzTarget(name: "json", check: json), FuzzTarget(name: "framing", check: framing),
    FuzzTarget(name: "messages", check: messages), FuzzTarget(name: "schema", check: schema),
  ]

  private static func json(_ bytes: [UInt8]) throws {
    let value: JSON
    do throws(JSONSyntaxError) { value = try JSON.parse(bytes, loneSurrogates: .replace) } catch {
      try expect(error.offset <= bytes.count && !error.reason.isEmpty, "an error without a place or a reason")
      try expect((try? JSON.parse(bytes)) == nil, "the stricter way of reading takes more")
      return
    }
    let written = value.serialized
    let again = try JSON.parse(written)
    try expect(again == value && again.hashValue == value.hashValue, "what is written is read as another value")
    try expect(again.serialized == written, "what is written twice differs")
    let line = value.line
    try expect(line.last == 0x0A && line.dropLast().allSatisfy { $0 != 0x0A && $0 != 0x0D }, "a line has an end in it")
    let isOne = text(line).unicodeScalars.allSatisfy { ![0x85, 0x2028, 0x2029].contains($0.value) }
    try expect(isOne, "a line has what others take for its end")
    try expect(try JSON.parse(Array(line.dropLast())) == value, "a line is read as another value")
    if let strict = try? JSON.parse(bytes) { try expect(strict == value, "two ways of reading differ") }
    try expect(value.sortedByName == value, "the order of members counts")
    _ = value.memoryBytes
    if case .number(let number) = value { _ = (number.int, number.double, Picodollars.parse(number)) }
  }

  private static func frames(_ pieces: [ArraySlice<UInt8>], _ style: FramingStyle) -> [String] {
    var framing = Framing(style: style, messageBytesMax: 64)
    var found: [String] = []
    func take(_ frame: Framing.Frame) {
      switch frame {
      case .problem: found.append("problem")
      case .tooLong(let range): found.append("too long \(range.count)")
      case .message(let range):
        let body = Array(framing.buffer[range])
        if (try? JSON.parse(body)) == nil {
          found.append("broken \(body)")
          framing.lastMessageWasBroken(range)
        } else {
          found.append(text(body))
        }
      }
    }
    for piece in pieces {
      framing.feed(Array(piece).span)
      while let frame = framing.next() { take(frame) }
    }
    if let last = framing.finish() { take(last) }
    return found
  }

  private static func framing(_ bytes: [UInt8]) throws {
    let style = FramingStyle.allCases[Int(bytes.first ?? 0) % FramingStyle.allCases.count]
    let stream = Array(bytes.dropFirst())
    let whole = frames([stream[...]], style)
    let cut = frames(pieces(stream), style)
    // With a broken length how much of it was there when it was read is part of what it means.
    guard !whole.contains(where: { $0.hasPrefix("broken") || $0.hasPrefix("too long") }) else { return }
    try expect(whole == cut, "cut otherwise, a stream is \(cut), not \(whole)")
  }

  private static func messages(_ bytes: [UInt8]) throws {
    _ = RequestID(inBeginning: bytes)
    let broken = RequestID(inBroken: bytes)
    guard let json = try? JSON.parse(bytes) else { return }
    if let id = broken, json["id"] != nil {
      try expect(RequestID(json["id"] ?? .null) != nil || id.json != .null, "an id")
    }
    let method: String
    let params: JSON
    switch Envelope(json, isAsked: { $0 == .string("asked") }) {
    case .request(_, let name, let given): (method, params) = (name, given ?? [:])
    case .notification(let name, let given): (method, params) = (name, given ?? [:])
    case .response, .invalid: return
    }
    func read<Read: Message>(_ type: Read.Type) throws {
      guard type.method == method, let read: Read = try? params.decodeClients(Read.self) else { return }
      let written = try JSON(encoding: read)
      let again: Read = try written.decode(Read.self)
      try expect(try JSON(encoding: again) == written, "\(method) is written as what reads as something else")
    }
    for type in Catalog.clientRequests + Catalog.serverRequests { try read(type) }
    for type in Catalog.clientNotifications + Catalog.serverNotifications { try read(type) }
  }

  private static func schema(_ bytes: [UInt8]) throws {
    guard let pair = (try? JSON.parse(bytes))?.array, pair.count == 2, pair[0].object != nil,
      JSONSchemaForm.flaw(in: pair[0]) == nil
    else { return }
    let (schema, value) = (pair[0], pair[1])
    let fitted = JSONSchemaFit.fitted(value, to: schema)
    if JSONSchemaValidator.violations(of: value, against: schema).isEmpty {
      try expect(
        JSONSchemaValidator.violations(of: fitted, against: schema).isEmpty, "a value that fitted fits no more")
    }
    let tool = ToolDefinition(name: "t", description: "d", inputSchema: schema, isServers: false)
    try expect(JSONSchemaForm.flaw(in: tool.apiForm["input_schema"] ?? .null) == nil, "what is sent is no schema")
    _ = try? tool.accepted(value)
  }
}
