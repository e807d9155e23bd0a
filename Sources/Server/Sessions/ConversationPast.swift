package import Protocol
internal import Providers

/// What a session's models get to see of it: only ever added to, but for what is done here.
extension Session {
  /// What the next request begins with: the session's prefix, and the past exchanges that models still see.
  package struct View: Sendable {
    /// What stands before the messages.
    package var prefix: ConversationPrefix
    /// What was said, less what models no longer see.
    package var exchanges: [Exchange]

    /// What a model that sees all this has been told of circumstances.
    package var told: JSONObject { Session.told(in: exchanges, after: prefix.told) }
  }

  /// What the next request begins with: the prefix that was used first, or `fresh`, that of a session that begins now.
  package func view(fresh: ConversationPrefix) -> View {
    change { history in
      View(prefix: history.kept(fresh) ?? fresh, exchanges: history.exchanges.filter { $0.hidden != true })
    }
  }

  /// What the session's models have been told of circumstances by now.
  package var told: JSONObject {
    change { history in
      Self.told(in: history.exchanges.filter { $0.hidden != true }, after: history.prefix?.told ?? JSONObject())
    }
  }

  private static func told(in exchanges: [Exchange], after told: JSONObject) -> JSONObject {
    exchanges.reduce(told) { $0.told(also: $1.told) }
  }

  /// The tools that every request begins with; `nil` before the first.
  package var frozenTools: [JSON]? { change { $0.prefix?.tools } }

  /// Lets the prefix go where it can serve no longer: the caller says something else in `system`, or there are tools that it
  /// does not define.
  ///
  /// Thinking that was sealed over it goes, too, as no model would take it any more.
  ///
  /// - Returns: Why a conversation begins anew, for a person.
  package func settle(fresh: ConversationPrefix) -> String? {
    change { history in
      guard history.kept(fresh) == nil else { return nil }
      let reason = history.prefix.flatMap { $0.reasonToGive(way: fresh) }
      if history.prefix != nil { history.make(.prefix(nil)) }
      // Thinking of a past whose prefix is not known cannot have been sealed over the next one.
      history.revise(Conversation.withoutSealedThinking)
      guard let reason, !history.exchanges.isEmpty else { return nil }
      return "the conversation begins anew for the model's cache: \(reason)"
    }
  }

  /// Keeps the prefix over which a model has spoken first.
  package func freeze(_ prefix: ConversationPrefix) {
    change { history in if history.prefix == nil { history.make(.prefix(prefix)) } }
  }

  /// Shows models `most` of the past exchanges, or all for `nil`; a summary does not count.
  ///
  /// Where there are more, the oldest are hidden so that half as many stay: each time all that stays is written to the
  /// provider's cache anew, and thinking that was sealed over what is hidden goes. What is hidden comes back where there is
  /// room for all of it.
  ///
  /// - Returns: How many were hidden.
  package func show(_ most: Int?) -> Int {
    change { history in
      let places = history.exchanges.indices.filter { !Compaction.isSummary(history.exchanges[$0]) }
      let seen = places.filter { history.exchanges[$0].hidden != true }
      if seen.count < places.count, most.map({ places.count <= $0 }) ?? true {
        history.make(.hidden([]))
        history.revise(Conversation.withoutSealedThinking)
        return 0
      }
      guard let most, seen.count > most else { return 0 }
      let hidden = seen.prefix(seen.count - (most == 0 ? 0 : max(1, most / 2)))
      let before = history.exchanges.indices.filter { history.exchanges[$0].hidden == true }
      history.make(.hidden(before + hidden))
      history.revise(Conversation.withoutSealedThinking)
      return hidden.count
    }
  }

  /// Lets the oldest images go for good where the past and what goes on hold too many together; thinking that was sealed
  /// over them goes in the same step.
  ///
  /// - Returns: What goes on, and how many images went; `nil` when there is room for all.
  package func letImagesGo(before current: [JSON], for provider: ProviderID) -> (current: [JSON], count: Int)? {
    change { history in
      let seen = history.exchanges.indices.filter { history.exchanges[$0].hidden != true }
      let all = seen.flatMap { history.exchanges[$0].messages } + current
      let (kept, gone) = ImageBounds.together(all, for: provider)
      guard !gone.isEmpty else { return nil }
      var rest = kept[...]
      history.revise(
        seen.map { place in
          defer { rest = rest.dropFirst(history.exchanges[place].messages.count) }
          return (place, Array(rest.prefix(history.exchanges[place].messages.count)))
        })
      history.revise(Conversation.withoutSealedThinking)
      return (Conversation.withoutSealedThinking(Array(rest), of: nil), gone.count)
    }
  }

  /// Changes messages of the past that a service has refused.
  package func revise(_ body: ([JSON]) -> [JSON]) {
    change { history in history.revise { messages, _ in body(messages) } }
  }

  /// Puts a summary in the place of all that was said; it stays in the session's document.
  ///
  /// `current` is what of the run that goes on is summarized, too. The next request has a prefix made anew.
  ///
  /// - Returns: How many exchanges the summary stands for: those that models saw.
  package func replace(with summary: Exchange, and current: Exchange?) -> Int {
    change { history in
      let count = history.exchanges.count { $0.hidden != true } + (current == nil ? 0 : 1)
      history.make(.compaction(summary: summary, current: current))
      return count
    }
  }
}

/// A session's past: what was said, and what stands before it in every request.
///
/// It changes by changes that a file can keep: who makes them again, one after the other, has the same past.
struct ConversationPast: Sendable {
  /// What was said, as far as no summary stands for it.
  private(set) var exchanges: [Exchange] = []
  /// What stands before them in every request; `nil` before the first.
  private(set) var prefix: ConversationPrefix?
  /// What a summary stands for.
  private(set) var archive = CompactionArchive()
  /// What was changed since somebody took it.
  private var changes: [StoredChange] = []

  /// Nothing.
  init() {}

  /// A past that was there before.
  init(_ past: SessionPast) { (exchanges, prefix, archive) = (past.exchanges, past.prefix, past.archive) }

  /// Changes it.
  mutating func make(_ change: StoredChange) {
    apply(change)
    changes.append(change)
  }

  /// What was changed since this was asked last.
  mutating func takeChanges() -> [StoredChange] {
    guard !changes.isEmpty else { return [] }
    defer { changes = [] }
    return changes
  }

  /// All of it as changes of an empty one.
  var asChanges: [StoredChange] {
    var all = archive.exchanges.map(StoredChange.archived)
    if let prefix { all.append(.prefix(prefix)) }
    return all + exchanges.map(StoredChange.exchange)
  }

  /// The law of a conversation: what each change does.
  ///
  /// A change that makes no sense does nothing.
  mutating func apply(_ change: StoredChange) {
    switch change {
    case .opened, .draft, .spent, .options, .rules: break
    case .exchange(let exchange): exchanges.append(exchange)
    case .prefix(let new): prefix = new
    case .archived(let exchange): archive.add([exchange])
    case .hidden(let places):
      let hidden = Set(places)
      for place in exchanges.indices { exchanges[place].hidden = hidden.contains(place) ? true : nil }
    case .revised(let all):
      for one in all where exchanges.indices.contains(one.place) { exchanges[one.place].messages = one.messages }
    case .compaction(let summary, let current):
      archive.add(exchanges + [current].compactMap(\.self))
      (exchanges, prefix) = ([summary], nil)
    case .rewind(let count):
      let gone = exchanges.dropFirst(max(0, count))
      exchanges.removeLast(gone.count)
      // Who forgets a summary forgets what it stands for.
      if gone.contains(where: Compaction.isSummary) { archive = CompactionArchive() }
    case .rewindArchived(let count):
      exchanges = archive.exchanges.prefix(max(0, count)).map(\.shown)
      (archive, prefix) = (CompactionArchive(), nil)
    }
  }

  /// The prefix that was used first, where it can serve in the place of a fresh one.
  func kept(_ fresh: ConversationPrefix) -> ConversationPrefix? {
    prefix.flatMap { $0.reasonToGive(way: fresh) == nil ? $0 : nil }
  }

  /// Changes the messages of exchanges, each by its model.
  mutating func revise(_ body: ([JSON], _ model: String?) -> [JSON]) {
    revise(exchanges.indices.map { ($0, body(exchanges[$0].messages, exchanges[$0].model)) })
  }

  /// Gives exchanges other messages.
  mutating func revise(_ all: [(place: Int, messages: [JSON])]) {
    let changed = all.filter { exchanges[$0.place].messages != $0.messages }
    guard !changed.isEmpty else { return }
    make(.revised(changed.map { StoredChange.Revision(place: $0.place, messages: $0.messages) }))
  }
}

extension ConversationPrefix {
  /// Why this one cannot serve in the place of a newer one; `nil` when it can.
  ///
  /// Tools that are not there any more stay defined: a call of one is refused, and taking it away would break more.
  fileprivate func reasonToGive(way newer: ConversationPrefix) -> String? {
    if caller != newer.caller { return "the session's 'system' has changed" }
    // Nobody here can refuse a call of those.
    let gone = tools.filter { WebTools.isOne($0) && !newer.tools.contains($0) }.compactMap { $0["name"]?.string }
    if !gone.isEmpty { return "\(gone.joined(separator: ", ")) may not be used any more" }
    guard tools != newer.tools else { return nil }
    let known = Set(tools)
    let new = newer.tools.filter { !known.contains($0) }.compactMap { $0["name"]?.string }
    return new.isEmpty ? nil : "new tools: \(new.joined(separator: ", "))"
  }
}
