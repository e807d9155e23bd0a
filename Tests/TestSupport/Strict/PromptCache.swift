internal import Protocol

/// What a cache of prompts would read and write: by model, at marks, from a length on, 20 blocks back from each mark.
struct PromptCache: Sendable {
  /// How many blocks before a mark are looked up, itself among them.
  private static let lookback = 20
  /// About so many bytes are a token.
  static let bytesPerToken = 4

  private struct Key: Hashable {
    var prefix: PrefixPrint
    /// What the messages depend on beside themselves; the tools and the system prompt do not.
    var flavour: PrefixPrint?
  }

  private var known: Set<Key> = []

  /// What is read and written for a request, which is noted.
  mutating func use(_ question: Upstream.Question, _ model: StrictModel?) -> CacheUse {
    let body = question.body
    let flavour = PrefixPrint().with(
      PlainJSON.bytes(
        .array([body["thinking"] ?? .null, body["tool_choice"] ?? .null, body["output_config"] ?? .null])))
    var place = PrefixPrint().with(Array(question.model.utf8))
    var use = CacheUse(number: question.number, model: question.model, flavour: flavour)
    var keys: [Key] = []
    var ends: [Int] = []
    var marks: [Int] = []
    for (role, block) in Self.flow(of: body) {
      let (where_, bytes) = (Array(role.utf8), PlainJSON.unmarked(block))
      place = place.with(where_, bytes)
      use.flow.append(PrefixPrint().with(where_, bytes))
      use.total += PlainJSON.size(block)
      if Self.isMarked(block) { marks.append(keys.count) }
      keys.append(Key(prefix: place, flavour: ["tools", "system"].contains(role) ? nil : flavour))
      ends.append(use.total)
    }
    if body["cache_control"]?.isNull == false, !keys.isEmpty { marks.append(keys.count - 1) }
    for mark in marks {
      let found = (max(0, mark - Self.lookback + 1)...mark).last { known.contains(keys[$0]) }
      if let found { use.read = max(use.read, ends[found]) }
    }
    let least = (model?.cacheMinimum ?? 1_024) * Self.bytesPerToken
    let written = marks.filter { ends[$0] >= least }
    known.formUnion(written.map { keys[$0] })
    use.written = max(0, (written.last.map { ends[$0] } ?? 0) - use.read)
    return use
  }

  private static func flow(of body: JSON) -> [(String, JSON)] {
    // What is loaded later stands where it is referred to.
    let later = LoadedToolRules.definitions(of: body)
    return (body["tools"]?.array ?? []).filter { $0["defer_loading"] != true }.map { ("tools", $0) }
      + ConversationRules.blocks(body["system"]).map { ("system", $0) }
      + (body["messages"]?.array ?? []).flatMap { message in
        let role = message["role"]?.string ?? ""
        return ConversationRules.blocks(message["content"]).flatMap { block in
          [(role, block)] + LoadedToolRules.references(in: block).compactMap { later[$0].map { (role, $0) } }
        }
      }
  }

  private static func isMarked(_ block: JSON) -> Bool {
    block["cache_control"] != nil || (block["content"]?.array ?? []).contains { $0["cache_control"] != nil }
  }
}

/// What one request has read from a cache of prompts, written to it, and sent beside it, in bytes.
package struct CacheUse: Sendable {
  /// Which question it is, from 1.
  package var number: Int
  package var model: String
  package var read = 0
  package var written = 0
  package var total = 0
  /// What neither was there nor is kept.
  package var plain: Int { total - read - written }
  /// The blocks, one after the other.
  var flow: [PrefixPrint] = []
  var flavour: PrefixPrint

  init(number: Int, model: String, flavour: PrefixPrint) {
    (self.number, self.model, self.flavour) = (number, model, flavour)
  }
}

extension [CacheUse] {
  /// The first request that does not go on with an earlier one of its model, or reads less than that one read and wrote.
  ///
  /// It is `nil` when there is none. With `mayBeginAnew` a request may go on with none.
  package func flaw(mayBeginAnew: Bool) -> String? {
    for (index, now) in enumerated() {
      let past = self[..<index].filter { $0.model == now.model }
      let begun = past.filter { now.flow.starts(with: $0.flow) }
      if !past.isEmpty, begun.isEmpty, !mayBeginAnew { return "request \(now.number) continues none before it" }
      guard let best = begun.max(by: { $0.flow.count < $1.flow.count }), best.flavour == now.flavour else { continue }
      let expected = best.read + best.written
      if now.read < expected {
        return "request \(now.number) read \(now.read) of \(expected) bytes that were in the cache"
      }
    }
    return nil
  }
}
