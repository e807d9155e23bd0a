package import Protocol

/// Puts a message together from the events of the Messages API's stream, and says what happened in our own events.
///
/// Events come as JSON, from whatever carried them: server-sent events, or Bedrock's frames. Unknown events and deltas
/// are passed over, unknown blocks and members are kept as they are: a message goes back to the API as it came. A delta
/// costs the same at the end of a long answer as at its start.
package struct MessageAccumulator: Sendable {
  private enum Stage {
    case waiting, speaking, complete
  }
  private var stage = Stage.waiting
  private var message = JSONObject()
  private var usage = Usage()
  private var blocks: [GrowingBlock] = []
  private var bytesTaken = 0
  private var split = SplitCharacter()
  /// The ids of its calls.
  private var callIDs: Set<String> = []
  /// How often something came that made the message longer or took it further; pings and empty deltas do not.
  package private(set) var growth = 0

  /// A message of which nothing has come yet.
  package init() {}

  /// Whether any event came at all.
  package var hasTaken: Bool { bytesTaken > 0 }

  /// Whether the message has begun.
  package var hasBegun: Bool { stage != .waiting }

  /// Whether content has been handed over, after which the call must not be repeated.
  package var hasContent: Bool { !blocks.isEmpty }

  /// Whether the message has come to its end.
  package var isComplete: Bool { stage == .complete }

  /// The message as far as it has come.
  package var soFar: ModelMessage {
    var raw = message
    let content = blocks.map(\.json)
    if hasBegun { raw["content"] = .array(content) }
    var whole = ModelMessage(raw: raw, content: content)
    whole.incomplete = Set(blocks.indices.filter { !blocks[$0].isComplete })
    for (place, block) in blocks.enumerated() { whole.inputFlaws[place] = block.flaw }
    whole.stopReason = raw["stop_reason"]?.string
    whole.usage = usage
    return whole
  }

  /// Takes one event as bytes, and appends what it means.
  ///
  /// - Throws: ``ProviderError`` for the API's own error event, and for a stream that cannot be understood.
  package mutating func take(_ event: Span<UInt8>, into events: inout [ModelEvent]) throws(ProviderError) {
    bytesTaken += event.count
    guard bytesTaken <= ProviderLimits.answerMax else {
      throw ProviderError(.providerError, "the answer is larger than \(ProviderLimits.answerMax) bytes")
    }
    if stage == .speaking, let delta = PlainDelta(event) {
      return try take(delta, event, into: &events)
    }
    let json: JSON
    do {
      json = try JSON.parse(event, loneSurrogates: .replace)
    } catch {
      throw ProviderError(
        .providerError, "an event of the stream is not JSON: \(error.reason) at byte \(error.offset)", retryable: true)
    }
    if stage == .speaking, let delta = PlainDelta(json) {
      noteTokens(json["delta"])
      return try take(delta, event, into: &events)
    }
    if json["type"] != "ping", let rest = split.rest() { try append(rest, into: &events) }
    try take(json, into: &events)
  }

  /// Takes a piece of a block, of which a character's half may be held back for the next one.
  private mutating func take(_ delta: PlainDelta, _ event: Span<UInt8>, into events: inout [ModelEvent])
    throws(ProviderError)
  {
    let scalars = delta.text.unicodeScalars
    let mayBeCut = split.isWaiting || scalars.last == "\u{FFFD}" || scalars.first == "\u{FFFD}"
    try append(mayBeCut ? split.joined(delta, event) : delta, into: &events)
  }

  /// Takes a message that came whole although a stream was asked for, as the events that it would have come in.
  ///
  /// - Throws: ``ProviderError`` when it has more blocks than an answer may have.
  package mutating func take(whole message: JSONObject, into events: inout [ModelEvent]) throws(ProviderError) {
    try take(["type": "message_start", "message": .object(message)], into: &events)
    for (index, block) in (message["content"]?.array ?? []).enumerated() {
      let number = JSON.number(JSONNumber(index))
      try take(["type": "content_block_start", "index": number, "content_block": block], into: &events)
      try take(["type": "content_block_stop", "index": number], into: &events)
    }
    try take(["type": "message_stop"], into: &events)
  }

  /// Takes one event, and appends what it means.
  ///
  /// - Throws: ``ProviderError`` for the API's own error event, and for a stream that cannot be understood.
  package mutating func take(_ event: JSON, into events: inout [ModelEvent]) throws(ProviderError) {
    guard let type = event["type"]?.string else {
      // All events of the API have a type: what has none but says something is an error of a gateway's.
      if stage != .complete, event["error"]?.isNull == false || ErrorForm(event)?.message != nil {
        throw MessagesErrors.failure(inStream: event)
      }
      return
    }
    switch (type, stage) {
    case (_, .complete), ("message_start", .speaking): break
    case ("error", _): throw MessagesErrors.failure(inStream: event)
    case ("message_start", .waiting): start(event, into: &events)
    case ("content_block_start", .speaking):
      try startBlock(event, into: &events)
      growth += 1
    case ("content_block_delta", .speaking): try applyDelta(event, into: &events)
    case ("content_block_stop", .speaking):
      let place = try place(of: event["index"]?.int ?? -1)
      growth += 1
      if let block = blocks[place].end() { events.append(.blockEnd(index: place, block: block)) }
    case ("message_delta", .speaking):
      update(event, into: &events)
      growth += 1
    case ("message_stop", .speaking):
      stage = .complete
      events.append(.messageEnd(stopReason: message["stop_reason"]?.string))
    case (_, .waiting) where type.hasPrefix("message_") || type.hasPrefix("content_block_"):
      throw ProviderError(.providerError, "the stream sent \(type) before message_start", retryable: true)
    default:
      // Problem details have a type, too, which is no event's.
      if let form = ErrorForm(event), form.message != nil, form.status != nil {
        throw MessagesErrors.failure(inStream: event)
      }
    }
  }

  /// Says that the stream has ended.
  ///
  /// - Throws: ``ProviderError`` when the message had not: the official SDK passes a cut-off answer for a whole one.
  package func finish() throws(ProviderError) {
    guard !isComplete else { return }
    throw ProviderError(
      .network, hasBegun ? "the stream ended before message_stop" : "the stream ended before it began",
      hint: "the connection was cut on its way; ask again", retryable: true)
  }

  private mutating func start(_ event: JSON, into events: inout [ModelEvent]) {
    stage = .speaking
    growth += 1
    message = event["message"]?.object ?? JSONObject()
    events.append(.messageStart(id: message["id"]?.string ?? "", model: message["model"]?.string ?? ""))
    if let counts = message["usage"]?.object {
      usage = Usage(counts)
      events.append(.usage(usage))
    }
  }

  private mutating func startBlock(_ event: JSON, into events: inout [ModelEvent]) throws(ProviderError) {
    guard blocks.count < ProviderLimits.blocksMax else {
      throw ProviderError(.providerError, "the answer has more than \(ProviderLimits.blocksMax) content blocks")
    }
    let begun = event["content_block"] ?? .null
    // Calls are told apart by their ids from here on, which gateways may repeat or leave out.
    let object = (SoundCalls.withID(begun, besides: &callIDs)?.call ?? begun).object ?? JSONObject()
    let block = GrowingBlock(index: event["index"]?.int ?? blocks.count, object: object)
    events += block.begin(at: blocks.count)
    blocks.append(block)
  }

  private mutating func applyDelta(_ event: JSON, into events: inout [ModelEvent]) throws(ProviderError) {
    let index = event["index"]?.int ?? -1
    guard let delta = event["delta"] else { return }
    noteTokens(delta)
    if let plain = PlainDelta(event) { return try append(plain, into: &events) }
    guard !["text_delta", "thinking_delta", "input_json_delta"].contains(delta["type"]?.string) else { return }
    let place = try place(of: index)
    growth += 1
    blocks[place].apply(delta)
  }

  /// Of thoughts that are not shown the number of their tokens comes, which grows as they do.
  private mutating func noteTokens(_ delta: JSON?) {
    if delta?["estimated_tokens"]?.int ?? 0 > 0 { growth += 1 }
  }

  private mutating func append(_ delta: PlainDelta, into events: inout [ModelEvent]) throws(ProviderError) {
    let place = try place(of: delta.index)
    guard !delta.text.isEmpty else { return }
    growth += 1
    blocks[place].append(delta.text, to: delta.kind)
    switch delta.kind {
    case .text: events.append(.textDelta(index: place, text: delta.text))
    case .thinking: events.append(.thinkingDelta(index: place, text: delta.text))
    case .toolInput: events.append(.toolInputDelta(index: place, json: delta.text))
    }
  }

  /// Takes what a `message_delta` corrects: a value overwrites, null says nothing about a value that is there.
  private mutating func update(_ event: JSON, into events: inout [ModelEvent]) {
    let news =
      (event["delta"]?.object ?? JSONObject()).members
      + (event.object?.members ?? []).filter { member in
        !["type", "delta", "usage"].contains(member.key)
      }
    for member in news where !member.value.isNull || message[member.key] == nil { message[member.key] = member.value }
    guard let counts = event["usage"]?.object else { return }
    var known = message["usage"]?.object ?? JSONObject()
    for member in counts where !member.value.isNull || known[member.key] == nil { known[member.key] = member.value }
    message["usage"] = .object(known)
    usage = Usage(known)
    events.append(.usage(usage))
  }

  /// The place in the message of the block that the stream calls by this number: the last one, nearly always.
  private func place(of index: Int) throws(ProviderError) -> Int {
    if let last = blocks.last, last.index == index { return blocks.count - 1 }
    guard let place = blocks.lastIndex(where: { $0.index == index }) else {
      throw ProviderError(
        .providerError, "the stream sent a delta for block \(index), which it never began", retryable: true)
    }
    return place
  }
}

extension Usage {
  /// The API's `usage` object; what it leaves out counts as zero, and more than makes sense as just that.
  init(_ counts: JSONObject) {
    self.init()
    func count(_ value: JSON?) -> Int { min(max(0, value?.int ?? 0), ModelLimits.tokensMax + 1) }
    input = count(counts["input_tokens"])
    output = count(counts["output_tokens"])
    cacheRead = count(counts["cache_read_input_tokens"])
    cacheWrite = count(counts["cache_creation_input_tokens"])
    cacheWriteHour = count(counts["cache_creation"]?["ephemeral_1h_input_tokens"])
  }
}
