internal import OperatingSystem
package import Protocol

/// Stored sessions, the last used first, of which no more files are looked at than it takes.
///
/// A file was written to no earlier than something was said: what was written to longest ago need not be opened to know that
/// it comes later.
struct SessionOrder {
  private let store: SessionStore
  private var entries: ArraySlice<SessionStore.Entry>
  /// Those that were looked at, the last used last.
  private var seen: [SessionInfo] = []
  private var isSorted = true
  /// Files that cannot be read, each with the reason.
  private(set) var problems: [String] = []

  /// The sessions of that store.
  init(_ store: SessionStore) throws(Failure) {
    self.store = store
    entries = try store.entries()[...]
  }

  /// Which of two comes later in a list.
  static func isLater(_ one: SessionInfo, than other: SessionInfo) -> Bool {
    one.updatedAt == other.updatedAt ? one.sessionId > other.sessionId : one.updatedAt < other.updatedAt
  }

  /// The next session.
  mutating func next() -> SessionInfo? {
    while let entry = entries.first {
      sort()
      if let last = seen.last, last.updatedAt > entry.modifiedMs { break }
      repeat { look(at: entries.removeFirst()) } while entries.first.map { $0.modifiedMs >= entry.modifiedMs } ?? false
    }
    sort()
    return seen.popLast()
  }

  private mutating func look(at entry: SessionStore.Entry) {
    do throws(Failure) {
      guard let info = try store.info(of: entry) else { return }
      seen.append(info)
      isSorted = false
    } catch {
      problems.append(error.message)
    }
  }

  private mutating func sort() {
    if !isSorted { seen.sort { Self.isLater($0, than: $1) } }
    isSorted = true
  }
}

extension Sessions {
  /// What a list is to hold.
  private struct Wish: Sendable {
    var start: Int
    var limit: Int
    var cwd: String?
    var words: SearchWords?
  }

  /// Answers `session/list`: the last used first, page by page.
  package func list(_ request: SessionList) async throws(Failure) -> SessionList.Response {
    var wish = Wish(start: 0, limit: try Check.range(request.limit ?? 100, 1...ServerLimits.sessionsPageMax, "limit"))
    if let cursor = request.cursor {
      guard let place = Int(cursor), place >= 0 else {
        throw .invalidParams("cursor '\(cursor)' is none that session/list gave")
      }
      wish.start = place
    }
    wish.cwd = request.cwd
    if let query = request.query { wish.words = try SearchWords(query) }
    let here = all
    guard let store else { return try page(here, nil, wish, Cancellation()) }
    return try await onThread { [wish] cancellation throws(Failure) in
      try self.page(here, try SessionOrder(store), wish, cancellation)
    }
  }

  /// The session about a folder in which something was said last.
  ///
  /// - Throws: ``Failure/Reason/failed`` when the folder of sessions cannot be read.
  package func last(about folder: String) async throws(Failure) -> SessionInfo? {
    try await list(SessionList(limit: 1, cwd: folder)).sessions.first
  }

  private func page(
    _ here: [Session], _ stored: SessionOrder?, _ wish: Wish, _ cancellation: Cancellation
  ) throws(Failure) -> SessionList.Response {
    var stored = stored
    var open = here.map(\.info).sorted { SessionOrder.isLater($0, than: $1) }
    let names = Set(open.map(\.sessionId))
    var next: SessionInfo?
    var page: [SessionInfo] = []
    var count = 0
    while page.count <= wish.limit {
      guard !cancellation.isCancelled else { throw .cancelled }
      while next == nil, let found = stored?.next() { if !names.contains(found.sessionId) { next = found } }
      let isStored = next.map { next in open.last.map { SessionOrder.isLater($0, than: next) } ?? true } ?? false
      guard var info = isStored ? next : open.popLast() else { break }
      if isStored { next = nil }
      guard wish.cwd == nil || (info.cwd ?? folder) == wish.cwd else { continue }
      if let words = wish.words {
        guard let match = match(words, in: info) else { continue }
        info.match = match
      }
      count += 1
      if count > wish.start { page.append(info) }
    }
    let hasMore = page.count > wish.limit
    return SessionList.Response(
      sessions: Array(page.prefix(wish.limit)), nextCursor: hasMore ? String(wish.start + wish.limit) : nil,
      problems: stored?.problems ?? [])
  }

  private func match(_ words: SearchWords, in info: SessionInfo) -> String? {
    if let session = open(info.sessionId) { return words.match(in: session.past.all, title: info.title) }
    return store?.match(words, in: info)
  }
}

extension SessionPast {
  /// What was said, what summaries stand for first.
  fileprivate var all: [Exchange] { archive.exchanges + exchanges }
}
