internal import Protocol
internal import Synchronization

/// The sessions of calls: as no client closes one, only the last are kept of those in which nothing goes on.
final class AskedSessions: Sendable {
  /// Those in which nothing goes on, the least recently used first.
  private let idle = Mutex<[String]>([])

  /// Takes note that a run begins in a session.
  func begin(_ id: String) { idle.withLock { $0.removeAll { $0 == id } } }

  /// Takes note that a run is over, and lets sessions go: those that are too many, and this one if nobody can name it.
  func end(_ session: Session, isNamed: Bool, _ backend: Backend) async {
    // Another call in it goes on, whose end is told here as well.
    guard session.runs.isEmpty else { return }
    let unwanted = idle.withLock { idle -> [String] in
      idle.removeAll { $0 == session.id }
      guard isNamed else { return [session.id] }
      idle.append(session.id)
      let count = max(0, idle.count - MCPFaceLimits.idleSessionsMax)
      defer { idle.removeFirst(count) }
      return Array(idle.prefix(count))
    }
    for id in unwanted where (try? backend.sessions.session(id))?.runs.isEmpty == true {
      _ = try? await backend.runs.close(SessionClose(sessionId: id))
    }
  }
}
