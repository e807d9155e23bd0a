internal import Protocol
internal import Synchronization

/// Keeps a session's file: what changes is noted in order, under the session's lock, and written outside of it.
///
/// A session has no file before something was said in it. When a file cannot be written, lines wait in memory and are tried
/// again with each that comes; the file is at any time a beginning of what there was.
package final class SessionRecorder: Sendable {
  fileprivate enum Stage: Sendable {
    /// There is no file yet; its first line is this.
    case unborn(StoredHeader, StoredState, SessionFile?)
    /// Its first line waits with the others; the file may be there with nothing in it.
    case making(SessionFile?)
    case open(SessionFile)
    /// There will be none any more.
    case over
  }

  fileprivate struct State {
    var stage: Stage
    var waiting: [StoredLine] = []
    /// About the memory that these take, counted while the file cannot be written.
    var waitingBytes = 0
    /// Whether the session is worth a file.
    var isWorth: Bool
    var isFailing = false
    /// Whether a person was told of that.
    var hasTold = false
    var notices: [String] = []
  }

  private let id: String
  private let store: SessionStore
  private let state: Mutex<State>
  /// Held by whoever writes, so that lines stay in their order.
  private let writing = Mutex<Void>(())

  /// Where a session's file comes from.
  package enum Keeping: Sendable {
    /// It is made when something was said.
    case later
    /// It is there, with nothing in it.
    case begun(SessionFile)
    /// It tells all that was said so far.
    case goesOn(SessionFile)
  }

  /// The recorder of a session, which begins with that header.
  init(_ header: StoredHeader, now: StoredState, keeping: Keeping, in store: SessionStore) {
    id = header.sessionId
    self.store = store
    state =
      switch keeping {
      case .later: Mutex(State(stage: .unborn(header, now, nil), isWorth: false))
      case .begun(let file): Mutex(State(stage: .unborn(header, now, file), isWorth: true))
      case .goesOn(let file): Mutex(State(stage: .open(file), isWorth: true))
      }
  }

  /// Notes a change; called with the session's lock held.
  func note(_ change: StoredChange, now: StoredState) {
    state.withLock { state in
      switch state.stage {
      case .over: return
      case .unborn(var header, _, let file):
        guard case .options(let options) = change else { break }
        // A session may be set up any number of times before something is said.
        header.options = options
        state.stage = .unborn(header, now, file)
        return
      case .making, .open: break
      }
      state.isWorth = state.isWorth || change.isSaid
      state.waiting.append(StoredLine(.change(change), now: now))
      guard state.isFailing else { return }
      state.waitingBytes += change.memoryBytes
      guard state.waiting.count > StoreLimits.linesWaitingMax || state.waitingBytes > StoreLimits.waitingBytesMax else {
        return
      }
      state.end("session '\(id)' is no longer written to its file: too much waits for that")
    }
  }

  /// Writes what was noted.
  ///
  /// With `waits` it is done when this returns; without, somebody who is writing already does it as well.
  package func write(waits: Bool) {
    while state.withLock(\.isDue) {
      if waits {
        writing.withLock { _ in writeAll() }
      } else if writing.withLockIfAvailable({ _ in writeAll() }) == nil {
        return
      }
      if state.withLock(\.isFailing) { return }
    }
  }

  /// What a person should know of it, once.
  package func takeNotices() -> [String] {
    state.withLock { state in
      defer { state.notices = [] }
      return state.notices
    }
  }

  /// Whether there is something to write.
  var isDue: Bool { state.withLock(\.isDue) }

  /// Whether a file is open, so that nobody else goes on with the session.
  var isOpen: Bool { state.withLock { if case .open = $0.stage { true } else { false } } }

  /// Lets the file go, with all that was noted in it.
  package func close() {
    write(waits: true)
    state.withLock { $0.end(nil) }
  }

  private func writeAll() {
    while state.withLock(\.isDue) {
      let (stage, lines) = state.withLock { $0.begin() }
      do throws(SessionFile.Failing) {
        switch stage {
        case .over, .unborn: return
        case .open(let file): try file.add(lines)
        case .making(let begun):
          let file = if let begun { begun } else { try made() }
          state.withLock { $0.stage = .making(file) }
          try file.add(lines)
          state.withLock { $0.stage = .open(file) }
        }
        _ = store.isNews(nil)
        state.withLock { state in
          state.waiting.removeFirst(min(lines.count, state.waiting.count))
          if state.hasTold {
            state.notices.append("session '\(id)' is written to its file again; nothing of it is missing there")
          }
          (state.isFailing, state.hasTold, state.waitingBytes) = (false, false, 0)
        }
      } catch {
        return fail(error)
      }
    }
  }

  private func made() throws(SessionFile.Failing) -> SessionFile {
    do throws(Failure) {
      let made = try store.open(id, making: true) { _ in }
      guard let made else { throw Failure.storage("it is removed as soon as it is made") }
      guard made.lines == 0 else { throw Failure.storage("another session of that name is stored already") }
      return made.file
    } catch {
      throw .refused(error.message)
    }
  }

  private func fail(_ failing: SessionFile.Failing) {
    state.withLock { state in
      switch failing {
      case .gone: state.end("the file of session '\(id)' is gone; the session goes on in memory only")
      case .refused(let reason):
        guard !state.isFailing else { return }
        state.isFailing = true
        state.waitingBytes = state.waiting.reduce(0) { $0 + $1.memoryBytes }
        state.hasTold = store.isNews(reason)
        guard state.hasTold else { return }
        state.notices.append(
          "session '\(id)' cannot be written to '\(store.path)': \(reason); it goes on in memory, and is written when "
            + "that works again")
      }
    }
  }
}

extension SessionRecorder.State {
  /// Whether something waits that is to be written.
  fileprivate var isDue: Bool {
    switch stage {
    case .over: false
    case .open, .making: !waiting.isEmpty
    case .unborn: isWorth
    }
  }

  /// What is to be written, and where; a file that is to be made begins with its header.
  fileprivate mutating func begin() -> (SessionRecorder.Stage, [StoredLine]) {
    if case .unborn(let header, let now, let file) = stage {
      waiting.insert(StoredLine(.header(header), now: now), at: 0)
      stage = .making(file)
    }
    return (stage, waiting)
  }

  fileprivate mutating func end(_ notice: String?) {
    stage = .over
    (waiting, waitingBytes, isFailing) = ([], 0, false)
    if let notice { notices.append(notice) }
  }
}

extension StoredLine {
  fileprivate var memoryBytes: Int {
    switch content {
    case .change(let change): change.memoryBytes
    case .header: 0
    }
  }
}

extension Session {
  /// Whether all that was said in it so far is in a file.
  package var isStored: Bool { recorder?.isOpen ?? false }

  /// Writes to the session's file what was noted, on a thread that may be held up.
  func written() async {
    guard let recorder, recorder.isDue else { return }
    // Where the system has no thread to give, the thread at hand has to do.
    let isDone: Void? = try? await ToolThread.run { _ in recorder.write(waits: true) }
    if isDone == nil { recorder.write(waits: true) }
  }

  /// The same.
  ///
  /// - Returns: What a person should know of it.
  func stored() async -> [String] {
    await written()
    return recorder?.takeNotices() ?? []
  }

  /// Lets its file go, so that another process may go on with it.
  func letGo() async {
    await written()
    recorder?.close()
  }
}
