internal import OperatingSystem
internal import Providers
internal import Synchronization

/// What is needed to undo the changes that a session's tools made to files, in memory and bounded.
///
/// Commands change files without being asked how: of theirs only what was run is in it.
package final class FileJournal: Sendable {
  /// How one change is undone.
  enum Undo: Sendable {
    /// Takes away what was made, if it still is what was made.
    case remove(WorkspacePath, made: [UInt8])
    /// Puts back what was there; `made` is what must stand there now, `nil`: nothing.
    case restore(WorkspacePath, FileRead, made: [UInt8]?)
    /// Has the editor that took a change take back what it held, or takes away what was made there, if it still is what
    /// was made.
    case takeBack(WorkspacePath, before: [UInt8]?, made: [UInt8])
    case removeFolder(WorkspacePath)
    case makeFolder(WorkspacePath)
    case makeLink(WorkspacePath, target: [UInt8])
    /// Gives something its old name back.
    case rename(from: WorkspacePath, to: WorkspacePath)
    /// Cannot be undone, and why.
    case nothing(WorkspacePath, reason: String)
    /// A command, which may have changed anything.
    case command(String)

    /// The bytes of memory it takes: what was there, and the names of its paths.
    fileprivate var size: Int {
      let content =
        switch self {
        case .restore(_, let content, _): content.bytes.capacity
        case .takeBack(_, let before, _): before?.capacity ?? 0
        default: 0
        }
      return (path?.names ?? []).reduce(content + MemoryLayout<Undo>.stride) { $0 + 32 + $1.bytes.capacity }
    }

    fileprivate var path: WorkspacePath? {
      switch self {
      case .remove(let path, _), .restore(let path, _, _), .takeBack(let path, _, _), .removeFolder(let path),
        .makeFolder(let path),
        .makeLink(let path, _), .rename(_, let path), .nothing(let path, _):
        path
      case .command: nil
      }
    }
  }

  /// What undoing gave.
  package struct Undone: Hashable, Sendable {
    /// The paths that are as they were, the last change first.
    package var restored: [String] = []
    /// The paths that were left alone, each with the reason.
    package var kept: [String] = []
    /// How many changes can no longer be undone, as their content was let go.
    package var forgotten = 0
    /// The commands that were run, whose effects stay.
    package var commands: [String] = []
  }

  /// A change whose content was let go.
  private struct Lost: Sendable {
    var number: Int
    var path: String
  }

  private struct State {
    var changes: [Undo] = []
    /// The number of the oldest change that is kept.
    var oldest = 0
    var bytes = 0
    /// The paths of those that are not kept any more, as far as there is room for their names.
    var lost: [Lost] = []
  }

  private let state = Mutex(State())
  private let bytesMax: Int

  /// A journal without changes.
  package init(bytesMax: Int = ToolLimits.journalBytesMax) { self.bytesMax = bytesMax }

  /// The point in time that is now, for ``undo(to:in:)``.
  package var mark: Int { state.withLock { $0.oldest + $0.changes.count } }

  /// The bytes it holds.
  package var bytes: Int { state.withLock { $0.bytes } }

  /// Notes how a change that was made is undone.
  func note(_ undo: Undo) {
    state.withLock { state in
      state.changes.append(undo)
      state.bytes += undo.size
      var gone = 0
      while state.bytes > bytesMax || state.changes.count - gone > ToolLimits.journalChangesMax {
        state.bytes -= state.changes[gone].size
        if let path = state.changes[gone].path?.text {
          state.lost.append(Lost(number: state.oldest + gone, path: path))
        }
        gone += 1
      }
      state.lost.removeFirst(max(0, state.lost.count - ToolLimits.journalLostMax))
      state.changes.removeFirst(gone)
      state.oldest += gone
    }
  }

  /// Notes a change of a file's content.
  func note(_ change: FileChange) {
    let made = SHA256.hash(change.after)
    switch change.before {
    case .nothing: note(.remove(change.path, made: made))
    case .file(let content): note(.restore(change.path, content, made: made))
    case .held(let before, _, _): note(.takeBack(change.path, before: before, made: made))
    }
  }

  /// Notes a command that was run.
  package func note(command: String) {
    note(.command(String(command.split(separator: "\n").first?.prefix(ToolLimits.journalCommandMax) ?? "")))
  }

  /// The changes from a mark on up to another, `nil` for now, those that came later, and how many are not kept any more.
  func changes(from start: Int, to end: Int?) -> (changes: [Undo], later: [Undo], forgotten: Int) {
    state.withLock { state in
      let first = max(0, min(start - state.oldest, state.changes.count))
      let last = end.map { max(first, min($0 - state.oldest, state.changes.count)) } ?? state.changes.count
      let forgotten = max(0, min(state.oldest, end ?? .max) - start)
      return (Array(state.changes[first..<last]), Array(state.changes[last...]), forgotten)
    }
  }

  /// The commands among changes, each once.
  static func commands(in changes: [Undo]) -> [String] {
    changes.reduce(into: []) { commands, change in
      if case .command(let text) = change, !commands.contains(text) { commands.append(text) }
    }
  }

  /// Undoes all changes since a mark, the last one first.
  ///
  /// What somebody else has changed since is left alone and reported, and so is what can no longer be undone. It is the
  /// caller's to see that no tool is at work. `seen` is told what files hold now.
  package func undo(to mark: Int, in workspace: Workspace, seen: SeenFiles? = nil) -> Undone {
    let (changes, forgotten, lost) = state.withLock { state in
      let kept = max(0, min(mark - state.oldest, state.changes.count))
      let undone = Array(state.changes[kept...])
      state.changes.removeLast(undone.count)
      state.bytes -= undone.reduce(0) { $0 + $1.size }
      let lost = state.lost.filter { $0.number >= mark }.map(\.path)
      state.lost.removeAll { $0.number >= mark }
      return (undone, max(0, state.oldest - mark), lost)
    }
    var result = Undone(forgotten: forgotten)
    for change in changes.reversed() {
      if case .command(let text) = change {
        if !result.commands.contains(text) { result.commands.insert(text, at: 0) }
        continue
      }
      let name = change.path?.text ?? ""
      do throws(ToolError) {
        try workspace.carryOut(change, seen)
        result.restored.append(name)
      } catch {
        result.kept.append("\(name): \(error.message)")
      }
    }
    for path in Set(lost).sorted() {
      result.kept.append("\(path): what it held before is not kept any more; only later changes could be undone.")
    }
    return result
  }
}

extension Workspace {
  fileprivate func carryOut(_ undo: FileJournal.Undo, _ seen: SeenFiles?) throws(ToolError) {
    switch undo {
    case .remove(let path, let made):
      _ = try content(path, is: made)
      try change(path) { folder, name throws(SystemError) in try folder.remove(name, isFolder: false) }
      seen?.noteGone(path)
    case .restore(let path, let before, let made):
      if let made {
        _ = try write(path, before.bytes, expected: try content(path, is: made))
      } else {
        _ = try write(path, before.bytes, expected: nil, like: before.status)
      }
      seen?.noteRestored(path, before.bytes)
    case .takeBack(let path, let before, let made): try takeBack(path, before, made: made, seen)
    case .removeFolder(let path):
      try change(path) { folder, name throws(SystemError) in try folder.remove(name, isFolder: true) }
    case .makeFolder(let path):
      try change(path) { folder, name throws(SystemError) in try folder.makeFolder(name) }
    case .makeLink(let path, let target):
      try change(path) { folder, name throws(SystemError) in try folder.makeLink(name, to: target) }
    case .nothing(_, let reason): throw ToolError(.refused, reason)
    case .command: break
    case .rename(let from, let to):
      guard let oldName = from.name, let newName = to.name else { return }
      let source = try open(from.parent, creating: false)
      let destination = try open(to.parent, creating: true)
      do throws(SystemError) {
        try source.rename(oldName, to: destination, newName, keepsOther: true)
      } catch {
        throw error.toolError(from, expecting: "file")
      }
      seen?.noteMoved(from, to: to)
    }
  }

  private func takeBack(
    _ path: WorkspacePath, _ before: [UInt8]?, made: [UInt8], _ seen: SeenFiles?
  ) throws(ToolError) {
    let cancellation = Cancellation()
    guard let now = try current(path, cancellation), SHA256.hash(now.bytes) == made else { throw Self.changed }
    if let before {
      let change = try put(path, before, over: now, cancellation)
      seen?.noteRestored(path, change.after)
    } else {
      guard !now.isUnsaved else {
        throw ToolError(.refused, "it is in the editor alone, which cannot be told to close it; close it there.")
      }
      try change(path) { folder, name throws(SystemError) in try folder.remove(name, isFolder: false) }
      seen?.noteGone(path)
    }
  }

  private static let changed = ToolError(.changed, "it was changed by someone else since; it is left as it is.")

  /// The content of a file, when it is still what a tool made.
  private func content(_ path: WorkspacePath, is made: [UInt8]) throws(ToolError) -> FileRead {
    let content = try read(path)
    guard SHA256.hash(content.bytes) == made else {
      throw Self.changed
    }
    return content
  }

  /// Does something to a name in its folder.
  func change(
    _ path: WorkspacePath, _ work: (OpenFolder, FileName) throws(SystemError) -> Void
  ) throws(ToolError) {
    guard let name = path.name else { throw notAFile(path, .folder) }
    let folder = try parent(of: path, creating: false)
    do throws(SystemError) {
      try work(folder, name)
    } catch .exists {
      throw ToolError(.refused, "'\(path.text)' is there already; choose another name, or delete it first.")
    } catch .notEmpty {
      throw ToolError(.refused, "'\(path.text)' is a folder that is not empty; delete it with recursive: true.")
    } catch {
      throw error.toolError(path, expecting: "file")
    }
  }
}
