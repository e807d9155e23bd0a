package import Protocol

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
