internal import OperatingSystem
package import Protocol
internal import Providers

/// Words that are looked for in what was said: all of them, whatever their case, wherever each stands.
package struct SearchWords: Sendable {
  private struct Word: Sendable {
    /// In small letters.
    let text: String
    /// As it stands in a line of JSON, where it has letters of ASCII alone; others have cases that bytes do not tell.
    let literal: ByteLiteral?
  }

  private let words: [Word]
  private var all: UInt32 { (1 << UInt32(words.count)) - 1 }

  /// The words of a query; `nil` when it has none.
  ///
  /// - Throws: ``Failure/Reason/invalidParams`` when there are too many.
  package init?(_ query: String) throws(Failure) {
    let parts = query.split(whereSeparator: \.isWhitespace).map { $0.lowercased() }
    guard !parts.isEmpty else { return nil }
    guard parts.count <= StoreLimits.wordsMax, parts.allSatisfy({ $0.utf8.count <= StoreLimits.wordBytesMax }) else {
      throw .invalidParams("query has at most \(StoreLimits.wordsMax) words of \(StoreLimits.wordBytesMax) bytes")
    }
    words = parts.map { part in
      let bytes = Array(JSON.string(part).serialized.dropFirst().dropLast())
      let isPlain = bytes.allSatisfy { $0 < 0x80 }
      return Word(text: part, literal: isPlain ? ByteLiteral(bytes, folded: bytes.map(Byte.isLetter)) : nil)
    }
  }

  /// What of a session holds words.
  struct Found {
    fileprivate struct Place {
      var words: UInt32 = 0
      var isSummary = false
      var shown: String?
    }
    fileprivate var exchanges: [Place] = []
    fileprivate var archive: [Place] = []
  }

  /// Whether a line, given as its bytes, cannot change what is found but by being there.
  func isPlainExchange(_ line: [UInt8]) -> Bool {
    guard line.starts(with: #"{"type":"exchange","#.utf8) else { return false }
    return unsafe !line.withBytes { bytes in
      words.contains { word in
        guard let literal = word.literal else { return true }
        return unsafe literal.firstIndex(in: bytes, from: 0) != nil
      }
    }
  }

  /// Takes an exchange that holds none of the words.
  func passOver(in found: inout Found) { found.exchanges.append(Found.Place()) }

  /// Takes the next change of a session: what is gone from it is not found.
  func look(at change: StoredChange, in found: inout Found) {
    switch change {
    case .exchange(let exchange): found.exchanges.append(place(of: exchange))
    case .archived(let exchange): found.archive.append(place(of: exchange))
    case .compaction(let summary, let current):
      found.archive += found.exchanges.filter { !$0.isSummary } + [current].compactMap(\.self).map(place)
      found.exchanges = [place(of: summary)]
    case .rewind(let count):
      let gone = found.exchanges.dropFirst(max(0, count))
      if gone.contains(where: \.isSummary) { found.archive = [] }
      found.exchanges.removeLast(gone.count)
    case .rewindArchived(let count): (found.exchanges, found.archive) = (Array(found.archive.prefix(max(0, count))), [])
    case .opened, .draft, .spent, .options, .rules, .prefix, .hidden, .revised: break
    }
  }

  /// Where all words stand, in a title and in what was found; `nil` when one stands nowhere.
  func match(_ found: Found, title: String?) -> String? {
    let places = [place(of: [title].compactMap(\.self), isSummary: false)] + found.archive + found.exchanges
    guard places.reduce(0, { $0 | $1.words }) == all else { return nil }
    return places.lazy.filter { $0.words != 0 }.compactMap(\.shown).last
  }

  /// Where all words stand in a session that is in memory; `nil` when one stands nowhere.
  package func match(in exchanges: [Exchange], title: String?) -> String? {
    var found = Found()
    for exchange in exchanges { look(at: .exchange(exchange), in: &found) }
    return match(found, title: title)
  }

  // MARK: Texts

  private func place(of exchange: Exchange) -> Found.Place {
    place(of: exchange.messages.flatMap(Self.texts), isSummary: Compaction.isSummary(exchange))
  }

  private func place(of texts: [String], isSummary: Bool) -> Found.Place {
    var place = Found.Place(isSummary: isSummary)
    for text in texts where place.words != all {
      let lowered = text.lowercased()
      for (number, word) in words.enumerated() where place.words & (1 << UInt32(number)) == 0 {
        guard let range = Self.range(of: word.text, in: lowered) else { continue }
        place.words |= 1 << UInt32(number)
        place.shown = place.shown ?? Self.shown(lowered, text, around: range)
      }
    }
    return place
  }

  /// What people, models and tools have said in a message.
  private static func texts(of message: JSON) -> [String] {
    guard message["role"] != "system" else { return [] }
    return Conversation.blocks(of: message).filter { !SystemMessages.isReminder($0) }.flatMap { block -> [String] in
      switch block["type"]?.string {
      case "text", "thinking": [block["text"] ?? block["thinking"]].compactMap { $0?.string }
      case "tool_use": strings(in: block["input"] ?? .null)
      case "tool_result":
        block["content"]?.string.map { [$0] } ?? (block["content"]?.array ?? []).compactMap { $0["text"]?.string }
      default: []
      }
    }
  }

  private static func strings(in json: JSON) -> [String] {
    switch json {
    case .string(let text): [text]
    case .array(let elements): elements.flatMap(strings)
    case .object(let object): object.members.flatMap { strings(in: $0.value) }
    default: []
    }
  }

  private static func range(of word: String, in text: String) -> Range<Int>? {
    let start = unsafe Array(text.utf8).withBytes { bytes in
      unsafe Array(word.utf8).withBytes { unsafe ByteSearch.firstIndex(of: $0, in: bytes, from: 0) }
    }
    return start.map { $0..<$0 + word.utf8.count }
  }

  /// Some words around a place, in one line in which nothing hides.
  private static func shown(_ lowered: String, _ text: String, around range: Range<Int>) -> String {
    // Where small letters take other room than capitals, the small ones are shown.
    let bytes = Array((lowered.utf8.count == text.utf8.count ? text : lowered).utf8)
    let room = max(0, StoreLimits.matchMax - range.count) / 2
    let start = UTF8Cut.behind(max(0, range.lowerBound - room), in: bytes[...])
    let end = UTF8Cut.before(min(bytes.count, range.upperBound + room), in: bytes[...])
    let part = String(decoding: bytes[start..<max(start, end)], as: UTF8.self)
    let line = part.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return (start > 0 ? "…" : "") + VisibleText.line(line, most: StoreLimits.matchMax) + (end < bytes.count ? "…" : "")
  }
}

extension SessionStore {
  /// Where the words stand in a session's file; `nil` where one stands nowhere, or the file cannot be read.
  package func match(_ words: SearchWords, in info: SessionInfo) -> String? {
    var found = SearchWords.Found()
    do throws(Failure) {
      let isThere = try read(info.sessionId, passingOver: words.isPlainExchange) { line throws(StoredFlaw) in
        switch line?.content {
        case nil: words.passOver(in: &found)
        case .change(let change)?: words.look(at: change, in: &found)
        case .header?: break
        }
      }
      guard isThere else { return nil }
    } catch {
      return nil
    }
    return words.match(found, title: info.title)
  }
}
