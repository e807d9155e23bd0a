internal import OperatingSystem
internal import Providers
internal import Synchronization

/// What the models of a session have last seen of files: nothing else may be overwritten, as it may be a person's work.
///
/// A file is known by its content, not by when it was written. Bounded: what was seen longest ago is forgotten, and is
/// then read again.
package final class SeenFiles: Sendable {
  /// What was seen of one file.
  private struct Seen: Sendable {
    var hash: [UInt8]
    /// The lines that were shown, from 0; `nil` for all there is.
    var lines: [Range<Int>]?
    var number: Int
  }

  /// How a file stands to what was seen of it.
  enum Standing: Hashable {
    case unknown, same, changed
    /// It is the same, and that many of its lines were not shown.
    case partly(unseen: Int)
  }

  private struct State: Sendable {
    var files: [[FileName]: Seen] = [:]
    var last = 0
  }

  private let state: Mutex<State>

  /// Nothing seen.
  package init() { state = Mutex(State()) }

  /// What another session has seen so far, for a fork of it.
  package init(copying other: SeenFiles) { state = Mutex(other.state.withLock { $0 }) }

  /// Whether anything was seen of a file.
  func knows(_ path: WorkspacePath) -> Bool { state.withLock { $0.files[path.names] != nil } }

  /// How a file that holds this stands to what was seen of it.
  func standing(_ path: WorkspacePath, _ bytes: [UInt8]) -> Standing {
    guard let seen = state.withLock({ $0.files[path.names] }) else { return .unknown }
    guard seen.hash == SHA256.hash(bytes) else { return .changed }
    guard let lines = seen.lines else { return .same }
    let unseen = Self.lineCount(bytes) - lines.reduce(0) { $0 + $1.count }
    return unseen > 0 ? .partly(unseen: unseen) : .same
  }

  /// Notes that a file was read, or these lines of it.
  func noteRead(_ path: WorkspacePath, _ bytes: [UInt8], lines: [Range<Int>]? = nil) {
    let hash = SHA256.hash(bytes)
    change(path) { seen in
      guard let known = seen, known.hash == hash else { return Seen(hash: hash, lines: lines, number: 0) }
      guard let lines, let old = known.lines else { return Seen(hash: hash, lines: nil, number: 0) }
      return Seen(hash: hash, lines: Self.joined(old + lines), number: 0)
    }
  }

  /// Notes that a file was written whole.
  func noteWritten(_ path: WorkspacePath, _ bytes: [UInt8]) { noteRead(path, bytes) }

  /// Notes that parts of a file were changed: of the others no more is known than before.
  ///
  /// Lines that have other numbers now count as unseen, but where all were seen.
  func noteEdited(_ path: WorkspacePath, from old: [UInt8], to new: [UInt8]) {
    let wasWhole = standing(path, old) == .same
    let hash = SHA256.hash(new)
    let isAligned = wasWhole || Self.lineCount(old) == Self.lineCount(new)
    change(path) { seen in
      Seen(hash: hash, lines: wasWhole ? nil : isAligned ? seen?.lines ?? [] : [], number: 0)
    }
  }

  /// Notes a change that a call has made; `isWhole` for one that said all that the file is to hold.
  ///
  /// Of what an editor made of it nothing was seen.
  func note(_ change: FileChange, from old: [UInt8], isWhole: Bool) {
    if change.isReformed {
      noteRead(change.path, change.after, lines: [])
    } else if isWhole {
      noteWritten(change.path, change.after)
    } else {
      noteEdited(change.path, from: old, to: change.after)
    }
  }

  /// Notes that a file holds again what it held once, if anything was seen of it: all, where all was seen.
  func noteRestored(_ path: WorkspacePath, _ bytes: [UInt8]) {
    let hash = SHA256.hash(bytes)
    guard let lines = state.withLock({ $0.files[path.names].map(\.lines) }) else { return }
    change(path) { _ in Seen(hash: hash, lines: lines.map { _ in [] }, number: 0) }
  }

  private static func lineCount(_ bytes: [UInt8]) -> Int {
    TextLines(TextEncoding.decode(bytes)?.text ?? []).ranges.count
  }

  /// Notes that something, and what is in it, has another place.
  func noteMoved(_ path: WorkspacePath, to other: WorkspacePath) {
    state.withLock { state in
      for (names, seen) in state.files where names.starts(with: path.names) {
        state.files[names] = nil
        state.files[other.names + names.dropFirst(path.names.count)] = seen
      }
    }
  }

  /// Notes that something is gone.
  func noteGone(_ path: WorkspacePath) { state.withLock { $0.files[path.names] = nil } }

  private func change(_ path: WorkspacePath, _ body: (Seen?) -> Seen) {
    state.withLock { state in
      var seen = body(state.files[path.names])
      state.last += 1
      seen.number = state.last
      state.files[path.names] = seen
      guard state.files.count > ToolLimits.seenFilesMax else { return }
      // Half go at once, so that this is rare.
      let border = state.files.values.map(\.number).sorted()[state.files.count / 2]
      state.files = state.files.filter { $0.value.number >= border }
    }
  }

  /// Ranges without overlap, in order; what they leave between them is unseen.
  static func joined(_ ranges: [Range<Int>]) -> [Range<Int>] {
    ranges.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { joined, next in
      guard let last = joined.last, next.lowerBound <= last.upperBound else { return joined.append(next) }
      joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, next.upperBound)
    }
  }
}

/// What one file was when a person was shown a change of it.
package struct FileBase: Hashable, Sendable {
  let path: WorkspacePath
  /// The hash of its content; `nil` when there was no file.
  let hash: [UInt8]?

  /// What a file is.
  init(_ path: WorkspacePath, _ content: [UInt8]?) {
    self.path = path
    hash = content.map { SHA256.hash($0) }
  }
}

extension ToolContext {
  /// Refuses to put something in the place of what nobody has looked at.
  ///
  /// That is neither the model, nor a person who was shown the change. `isWhole` says that all of the file goes, and not
  /// only what the call itself names.
  func checkBase(_ path: WorkspacePath, _ old: [UInt8]?, isWhole: Bool) throws(ToolError) {
    if let agreed, agreed.path == path {
      guard agreed == FileBase(path, old) else {
        throw ToolError(
          .changed,
          "'\(path.text)' has changed since the person was shown what this would do to it, so nothing was done; read it "
            + "again.")
      }
      return
    }
    guard let old, let seen else { return }
    switch seen.standing(path, old) {
    case .same: return
    case .changed:
      throw ToolError(
        .changed,
        "'\(path.text)' has changed since you last read or wrote it, so nothing was done; read it again, and keep what is "
          + "new in it.")
    case .unknown where isWhole:
      throw ToolError(
        .refused,
        "'\(path.text)' is there already, and you have not read it in this session, so nothing was written; read it first, "
          + "or change parts of it with edit_file.")
    case .partly(let unseen) where isWhole:
      throw ToolError(
        .refused,
        "Of '\(path.text)' you have not read \(unseen) lines, which would be lost, so nothing was written; read them first, "
          + "or change parts of it with edit_file.")
    case .unknown, .partly: return
    }
  }
}
