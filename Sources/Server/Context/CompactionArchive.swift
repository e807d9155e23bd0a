package import Protocol

/// The exchanges that summaries stand for, kept so that an export still has every word.
///
/// A summary of a summary is not kept: what both stand for is. When ``ContextLimits/archiveMax`` bytes are full the oldest
/// go, and are counted; the summary still tells of them.
package struct CompactionArchive: Codable, Hashable, Sendable {
  /// The exchanges, the oldest first.
  package private(set) var exchanges: [Exchange] = []
  /// How many were let go for want of room.
  package private(set) var dropped = 0

  /// Nothing kept.
  package init() {}

  /// What a document has kept.
  package init(_ exchanges: [Exchange]) {
    self.exchanges = exchanges
    trim(to: ContextLimits.archiveMax)
  }

  /// Keeps the exchanges that a compaction cut.
  package mutating func add(_ compaction: Compaction, bytesMax: Int = ContextLimits.archiveMax) {
    exchanges += compaction.exchanges.filter { !Compaction.isSummary($0) }
    trim(to: bytesMax)
  }

  private mutating func trim(to bytesMax: Int) {
    var bytes = exchanges.reduce(0) { $0 + $1.memoryBytes }
    while bytes > bytesMax, !exchanges.isEmpty {
      bytes -= exchanges.removeFirst().memoryBytes
      dropped += 1
    }
  }

  /// The whole conversation: the exchanges in the place of the summaries that stand for them.
  ///
  /// When some were let go the newest summary stays in front, as only it still tells of them.
  package func whole(with past: [Exchange]) -> [Exchange] {
    guard let place = past.lastIndex(where: Compaction.isSummary) else { return exchanges + past }
    return (dropped > 0 ? [past[place]] : []) + exchanges + past[(place + 1)...]
  }
}
