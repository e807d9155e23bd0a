package import Protocol
internal import Synchronization

/// What a session can go back in.
package struct RewindPast: Sendable {
  /// What it holds now.
  package var exchanges: [Exchange]
  /// What its summaries stand for, as far as it is kept.
  package var archived: [Exchange]
}

/// Where a session goes back to.
package enum RewindPoint: Hashable, Sendable {
  /// So many of its exchanges stay.
  case exchange(Int)
  /// So many of those stay that its summary stands for, and the summary goes.
  case archived(Int)
}

extension Exchange {
  /// The exchange as models see it again.
  var shown: Exchange {
    var shown = self
    shown.hidden = nil
    return shown
  }
}

extension Session {
  /// Forgets exchanges from one on; one that a summary stands for brings those before it back.
  ///
  /// - Returns: The session, and where the journal of files stood when the first forgotten run began; `nil` when none of
  ///   them was this process's.
  /// - Throws: ``Failure/Reason/failed`` while a run goes on; what `point` throws.
  package func rewind(to point: (_ past: RewindPast) throws(Failure) -> RewindPoint) throws(Failure) -> (
    SessionInfo, mark: Int?
  ) {
    let (rewound, mark) = try state.withLock { state throws(Failure) -> (SessionInfo, Int?) in
      if let active = state.queue.active { throw .sessionBusy(id, with: "run '\(active.id)'") }
      let (exchanges, archive) = (state.past.exchanges, state.past.archive.exchanges)
      let mark: Int?
      switch try point(RewindPast(exchanges: exchanges, archived: archive)) {
      case .exchange(let kept):
        let gone = exchanges.dropFirst(kept)
        mark = Self.takeMarks(of: gone, from: &state)
        if gone.contains(where: Compaction.isSummary) { _ = Self.takeMarks(of: archive[...], from: &state) }
        state.past.make(.rewind(exchanges: kept))
      case .archived(let kept):
        let later = exchanges.filter { !Compaction.isSummary($0) }
        mark = [archive.dropFirst(kept), later[...]].compactMap { Self.takeMarks(of: $0, from: &state) }.min()
        state.past.make(.rewindArchived(exchanges: kept))
      }
      state.last = nil
      noteChanges(&state)
      return (info(state), mark)
    }
    sink.tell(.sessionUpdated(rewound))
    return (rewound, mark)
  }

  /// Lets the marks of exchanges go.
  ///
  /// - Returns: The first of them: exchanges of another process have none.
  private static func takeMarks(of exchanges: ArraySlice<Exchange>, from state: inout State) -> Int? {
    for exchange in exchanges { state.ends[exchange.runId] = nil }
    return exchanges.compactMap { state.marks.removeValue(forKey: $0.runId) }.min()
  }
}
