package import Protocol

/// Something that changes a session, as a line of its file tells it.
package enum StoredChange: Sendable, Hashable {
  /// A process has opened the file to go on.
  case opened
  /// A run was added to what was said.
  case exchange(Exchange)
  /// A run that goes on has said this so far: an exchange, if nothing comes after it.
  case draft(Draft)
  /// Tokens were used by something that is no exchange.
  case spent
  /// The set-up is this.
  case options(SessionOptions)
  /// The rules of the session are these.
  case rules(RuleSet)
  /// What stands before the messages is this, or nothing yet.
  case prefix(ConversationPrefix?)
  /// A summary stands for that exchange, which is kept.
  case archived(Exchange)
  /// The exchanges at these places are no longer shown to models, and all others are.
  case hidden([Int])
  /// Exchanges have other messages now.
  case revised([Revision])
  /// A summary stands for all exchanges, and for what of a run that goes on has been said.
  case compaction(summary: Exchange, current: Exchange?)
  /// So many exchanges stay.
  case rewind(exchanges: Int)
  /// The summary goes, and so many of those stay that it stood for.
  case rewindArchived(exchanges: Int)

  /// The messages that an exchange has from now on.
  package struct Revision: Codable, Hashable, Sendable {
    /// Its place among the exchanges.
    package var place: Int
    /// All of them.
    package var messages: [JSON]

    /// Those messages at that place.
    package init(place: Int, messages: [JSON]) {
      self.place = place
      self.messages = messages
    }
  }

  /// What a run that goes on has said, less what was written of it before.
  package struct Draft: Codable, Hashable, Sendable {
    /// How many messages of those that were written before stay.
    package var from: Int
    /// The run with the messages that come behind them.
    package var exchange: Exchange
    /// What it has cost so far.
    package var cost: Cost?

    /// A piece of a run.
    package init(from: Int, exchange: Exchange, cost: Cost?) {
      self.from = from
      self.exchange = exchange
      self.cost = cost
    }
  }

  /// Whether it adds something that was said, so that a session is worth a file.
  package var isSaid: Bool {
    switch self {
    case .exchange, .archived, .compaction, .spent, .draft: true
    default: false
    }
  }

  /// About the bytes of memory that it holds.
  package var memoryBytes: Int {
    switch self {
    case .exchange(let exchange), .archived(let exchange): exchange.memoryBytes
    case .compaction(let summary, let current): summary.memoryBytes + (current?.memoryBytes ?? 0)
    case .draft(let draft): draft.exchange.memoryBytes
    case .revised(let all): all.reduce(0) { $0 + $1.messages.reduce(0) { $0 + $1.memoryBytes } }
    default: MemoryLayout<StoredChange>.stride
    }
  }
}

// MARK: - As a line

extension StoredChange {
  private enum Kind: String, CaseIterable {
    case opened, exchange, draft, spent, options, rules, prefix, archived, hidden, revised, compaction, rewind,
      rewindArchived
  }

  /// The members of its line, `type` first.
  func members() throws -> JSONObject {
    func line(_ kind: Kind, _ others: (String, JSON)...) -> JSONObject {
      JSONObject([("type", .string(kind.rawValue))] + others)
    }
    func number(_ count: Int) -> JSON { .number(JSONNumber(count)) }
    switch self {
    case .opened: return line(.opened)
    case .exchange(let exchange): return line(.exchange, ("exchange", try JSON(encoding: exchange)))
    case .draft(let draft): return line(.draft, ("draft", try JSON(encoding: draft)))
    case .spent: return line(.spent)
    case .options(let options): return line(.options, ("options", try JSON(encoding: options)))
    case .rules(let rules): return line(.rules, ("rules", try JSON(encoding: rules)))
    case .prefix(let prefix):
      return line(.prefix, ("prefix", try prefix.map { prefix in try JSON(encoding: prefix) } ?? .null))
    case .archived(let exchange): return line(.archived, ("exchange", try JSON(encoding: exchange)))
    case .hidden(let places): return line(.hidden, ("places", .array(places.map(number))))
    case .revised(let all): return line(.revised, ("exchanges", try JSON(encoding: all)))
    case .compaction(let summary, let current):
      var members = line(.compaction, ("summary", try JSON(encoding: summary)))
      if let current { members["current"] = try JSON(encoding: current) }
      return members
    case .rewind(let count): return line(.rewind, ("exchanges", number(count)))
    case .rewindArchived(let count): return line(.rewindArchived, ("exchanges", number(count)))
    }
  }

  /// What a line tells.
  init(_ line: JSON) throws(StoredFlaw) {
    guard let name = line["type"]?.string else { throw StoredFlaw("it has no 'type'") }
    guard let kind = Kind(rawValue: name) else {
      throw StoredFlaw("'\(VisibleText.line(name, most: StoreLimits.quotedMax))' is no type that this program knows")
    }
    func read<Value: Decodable>(_ member: String) throws(StoredFlaw) -> Value {
      guard let json = line[member] else { throw StoredFlaw("it has no '\(member)'") }
      do throws(JSONDecodingError) { return try json.decode(Value.self) } catch {
        throw StoredFlaw("\(member)\(error.path.isEmpty ? "" : ".\(error.path)"): \(error.reason)")
      }
    }
    switch kind {
    case .opened: self = .opened
    case .exchange: self = .exchange(try read("exchange"))
    case .draft: self = .draft(try read("draft"))
    case .spent: self = .spent
    case .options: self = .options(try read("options"))
    case .rules: self = .rules(try read("rules"))
    case .prefix: self = .prefix(line["prefix"]?.isNull == true ? nil : try read("prefix"))
    case .archived: self = .archived(try read("exchange"))
    case .hidden: self = .hidden(try read("places"))
    case .revised: self = .revised(try read("exchanges"))
    case .compaction:
      self = .compaction(summary: try read("summary"), current: line["current"] == nil ? nil : try read("current"))
    case .rewind: self = .rewind(exchanges: try read("exchanges"))
    case .rewindArchived: self = .rewindArchived(exchanges: try read("exchanges"))
    }
  }
}

/// Why a line is none of a session's file.
package struct StoredFlaw: Error, Hashable, Sendable {
  /// For a person.
  package var reason: String

  /// A flaw.
  package init(_ reason: String) { self.reason = reason }
}
