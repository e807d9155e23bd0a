internal import Synchronization

/// What a session's person was told of once, and is not told again.
package final class ToldNotices: Sendable {
  private let told = Mutex<Set<String>>([])

  /// Nothing.
  package init() {}

  /// Those that were not told yet; from now on they are.
  package func new(_ notices: [String]) -> [String] {
    told.withLock { told in
      // Who is told as much has files that change all the time.
      if told.count > ServerLimits.noticesToldMax { told = [] }
      return notices.filter { told.insert($0).inserted }
    }
  }
}
