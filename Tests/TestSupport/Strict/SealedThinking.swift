internal import Protocol

/// The thinking that a service has signed: what it is bound to, what it reads of it, and what is refused.
///
/// Each block is bound to the model, to the system prompt, the tools and the messages before it, and to the thinking
/// before it. What leaves it valid all the same is what ``PlainJSON/normal(_:)`` takes away.
struct SealedThinking: Sendable {
  /// All that a next block of thinking would be bound to.
  struct Place: Sendable {
    var said: PrefixPrint
    /// The signature of the thinking before it.
    var last: String?
    let system: PrefixPrint
    let tools: PrefixPrint
    let model: StrictModel
    /// What comes into the conversation where it is referred to, by name.
    let later: [String: JSON]

    /// Goes on with a block of the answer that is being given.
    mutating func add(answer block: JSON) { add(block, after: Array("assistant{}".utf8)) }

    fileprivate mutating func add(_ block: JSON, after head: [UInt8]) {
      guard !SealedThinking.isBlank(block) else { return }
      said = said.with(head, PlainJSON.bytes(PlainJSON.normal(block)))
      for tool in LoadedToolRules.references(in: block).compactMap({ later[$0] }) {
        said = said.with(PlainJSON.bytes(PlainJSON.normal(tool)))
      }
    }
  }

  private struct Seal: Sendable {
    var place: Place
    /// What was shown of it.
    var thought: String
    /// Whether it is no longer asked after: it never came whole, or was missed already.
    var isSettled = false
  }

  private var seals: [String: Seal] = [:]
  /// Thinking that was sent and left out.
  private(set) var dropped: [StrictUpstream.Left] = []
  /// Thinking that could have been sent and was not.
  private(set) var missing: [StrictUpstream.Left] = []

  /// Binds thinking to a place.
  mutating func seal(_ thought: String, at place: Place, as signature: String) {
    seals[signature] = Seal(place: place, thought: thought)
  }

  /// Asks no more after thinking that did not come whole.
  mutating func settle(_ signatures: [String]) { for signature in signatures { seals[signature]?.isSettled = true } }

  /// Reads a request's thinking.
  ///
  /// - Returns: What the next thinking is bound to.
  mutating func check(_ question: Upstream.Question, _ model: StrictModel) throws(UpstreamRefusal) -> Place {
    let body = question.body
    var place = Self.beginning(of: body, model)
    let behaviour = body["thinking"]?["block_binding"]?["prefix_mismatch_behavior"]
    var isDropping = false
    var kept: Set<String> = []
    var places: [PrefixPrint: Int] = [:]
    for (index, message) in (body["messages"]?.array ?? []).enumerated() {
      let head = Self.head(of: message)
      // A message that only sets something is a part of the conversation, too.
      if message["content"]?.array?.isEmpty == true { place.said = place.said.with(head) }
      for (number, block) in ConversationRules.blocks(message["content"]).enumerated() {
        guard let signature = Self.signature(of: block) else {
          place.add(block, after: head)
          places[place.said] = index
          continue
        }
        let path = "messages.\(index).content.\(number)"
        guard let seal = seals[signature] else { throw .invalid("\(path): Invalid `signature` in `thinking` block") }
        kept.insert(signature)
        guard seal.thought.isEmpty || Array(seal.thought.utf8) == block["thinking"]?.string.map({ Array($0.utf8) })
        else {
          throw .invalid(
            "\(path): `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. "
              + "These blocks must remain as they were in the original response.")
        }
        if !model.readsThinking(of: seal.place.model, at: question.service) {
          dropped.append(.init(number: question.number, path: path, reason: "model_binding_mismatch"))
          continue
        }
        if let reason = Self.mismatch(seal.place, place, model) {
          guard behaviour == "drop_block" else {
            throw .invalid(
              "\(path): Invalid `signature` in `thinking` block. The block is bound to a different conversation. Remove "
                + "the block, or set `thinking.block_binding.prefix_mismatch_behavior` to \"drop_block\". \(reason)")
          }
          isDropping = true
        }
        if isDropping {
          dropped.append(.init(number: question.number, path: path, reason: "prefix_binding_mismatch"))
        } else {
          place.last = signature
        }
      }
    }
    miss(question, model, kept, places)
    return place
  }

  /// Notes what was thought at a place that a request still holds, and that it no longer holds.
  private mutating func miss(
    _ question: Upstream.Question, _ model: StrictModel, _ kept: Set<String>, _ places: [PrefixPrint: Int]
  ) {
    let roles = (question.body["messages"]?.array ?? []).map { $0["role"]?.string }
    for (signature, seal) in seals where !kept.contains(signature) && !seal.isSettled {
      guard seal.place.model.name == model.name, let index = places[seal.place.said] else { continue }
      // What was asked twice has had two answers, of which a conversation holds one.
      if kept.contains(where: { seals[$0]?.place.said == seal.place.said }) { continue }
      // The answer that it belongs to comes next, or is the message whose beginning it followed.
      let answer = roles[index] == "assistant" ? index : index + 1
      guard roles.indices.contains(answer), roles[answer] == "assistant" else { continue }
      missing.append(.init(number: question.number, path: "messages.\(answer)", reason: signature))
      seals[signature]?.isSettled = true
    }
  }

  // MARK: The prefix

  private static func beginning(of body: JSON, _ model: StrictModel) -> Place {
    let tools = (body["tools"]?.array ?? []).filter { $0["defer_loading"] != true }
    let toolsPrint = tools.map { PlainJSON.bytes(PlainJSON.normal($0)) }.sorted { $0.lexicographicallyPrecedes($1) }
      .reduce(PrefixPrint()) { $0.with($1) }
    let systemPrint = ConversationRules.blocks(body["system"]).filter { !isBlank($0) }
      .reduce(PrefixPrint()) { $0.with(PlainJSON.bytes(PlainJSON.normal($1))) }
    let said = [toolsPrint, systemPrint].reduce(PrefixPrint()) { $0.with(Array("\($1.hashValue)".utf8)) }
    return Place(
      said: said, last: nil, system: systemPrint, tools: toolsPrint, model: model,
      later: LoadedToolRules.definitions(of: body))
  }

  /// Why a block is bound to another conversation; `nil` when it is not.
  private static func mismatch(_ made: Place, _ now: Place, _ reader: StrictModel) -> String? {
    guard reader.isSealed, made.model.isSealed else { return nil }
    // The thinking before it may be gone from the front, not from the middle.
    guard made.said != now.said || (now.last != nil && now.last != made.last) else { return nil }
    if made.system != now.system { return "The `system` prompt differs from the one this block was created with." }
    if made.tools != now.tools { return "The `tools` differ from the ones this block was created with." }
    if made.last != now.last {
      return "The `thinking` block that preceded this one when it was created is missing from this request."
    }
    return "Content that preceded this block when it was created is missing from this request."
  }

  private static func signature(of block: JSON) -> String? {
    switch block["type"]?.string {
    case "thinking": block["signature"]?.string ?? ""
    case "redacted_thinking": block["data"]?.string ?? ""
    default: nil
    }
  }

  private static func isBlank(_ block: JSON) -> Bool {
    block["type"] == "text" && block["text"]?.string?.contains { !$0.isWhitespace } != true
  }

  /// The role and what else a message says beside its content.
  private static func head(of message: JSON) -> [UInt8] {
    let others = (message.object ?? [:]).filter { $0.key != "role" && $0.key != "content" }
    let more =
      others.isEmpty ? Array("{}".utf8) : PlainJSON.bytes(.object(JSONObject(others.map { ($0.key, $0.value) })))
    return Array((message["role"]?.string ?? "").utf8) + more
  }
}
