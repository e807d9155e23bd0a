package import Protocol

/// The exchanges that summaries stand for, kept so that an export still has every word.
///
/// A summary of a summary is not kept: what both stand for is. When ``ContextLimits/archiveMax`` bytes are full the oldest
/// go; the summary still tells of them.
package struct CompactionArchive: Codable, Hashable, Sendable {
  /// The exchanges, the oldest first.
  package private(set) var exchanges: [Exchange] = []

  /// Nothing kept.
  package init() {}

  /// What a document has kept.
  package init(_ exchanges: [Exchange]) {
    self.exchanges = exchanges
    trim(to: ContextLimits.archiveMax)
  }

  /// Keeps the exchanges that a summary stands for.
  package mutating func add(_ cut: [Exchange], bytesMax: Int = ContextLimits.archiveMax) {
    exchanges += cut.filter { !Compaction.isSummary($0) }
    trim(to: bytesMax)
  }

  private mutating func trim(to bytesMax: Int) {
    var bytes = exchanges.reduce(0) { $0 + $1.memoryBytes }
    while bytes > bytesMax, !exchanges.isEmpty {
      bytes -= exchanges.removeFirst().memoryBytes
    }
  }
}
