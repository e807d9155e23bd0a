internal import OperatingSystem
internal import Protocol
internal import Providers

/// What became of files between two points of a journal, however often each was changed in between: found by undoing the
/// changes, the last one first, on paper.
struct NetChanges {
  /// What a file holds at some point.
  private enum Content {
    /// What it holds now.
    case asNow(WorkspacePath)
    case bytes([UInt8])
    case nothing
    /// Something that is not known, and why.
    case unknown(reason: String)

    var isSomething: Bool { if case .nothing = self { false } else { true } }
  }

  /// A file that is another at the second point.
  private struct Changed {
    var path: WorkspacePath
    var from: WorkspacePath?
    var before: Content
    var after: Content
    /// Whether something else was there before.
    var replaces = false
    /// The hash of what a tool made of it last, where that is known.
    var made: [UInt8]?
  }

  private var contents: [WorkspacePath: Content] = [:]
  private var changed: [Changed] = []

  /// The paths of files that are another, sorted.
  var count: Int { changed.count }

  /// What became of files by `changes`, which `later` ones may have followed.
  init(_ changes: [FileJournal.Undo], later: [FileJournal.Undo]) {
    for change in later.reversed() { undo(change) }
    let afterwards = contents
    var course = Course()
    for change in changes { course.follow(change) }
    for change in changes.reversed() { undo(change) }
    func content(_ path: WorkspacePath, at point: [WorkspacePath: Content]) -> Content { point[path] ?? .asNow(path) }
    let moved = Set(course.origins.values)
    for path in course.touched.sorted(by: { $0.text < $1.text }) {
      let origin = course.origin(of: path) { contents[$0]?.isSomething == true }
      if let origin, origin != path {
        changed.append(
          Changed(
            path: path, from: origin, before: content(origin, at: contents), after: content(path, at: afterwards),
            replaces: contents[path]?.isSomething == true, made: course.made[path]))
      } else if !moved.contains(path) || course.made[path] != nil {
        changed.append(
          Changed(
            path: path, before: content(path, at: contents), after: content(path, at: afterwards),
            made: course.made[path]))
      }
    }
  }

  private mutating func undo(_ change: FileJournal.Undo) {
    switch change {
    case .remove(let path, _): contents[path] = .nothing
    case .restore(let path, let before, _): contents[path] = .bytes(before.bytes)
    case .takeBack(let path, let before, _): contents[path] = before.map(Content.bytes) ?? .nothing
    case .makeLink(let path, _): contents[path] = .unknown(reason: "it was a symbolic link")
    case .nothing(let path, let reason): contents[path] = .unknown(reason: reason)
    case .rename(let new, let old):
      contents[old] = contents[new] ?? .asNow(new)
      contents[new] = .nothing
      // What lay in a folder went with it.
      for (path, content) in contents where path.names.count > new.names.count && path.names.starts(with: new.names) {
        contents[old.appending(path.names.dropFirst(new.names.count))] = content
        contents[path] = .nothing
      }
    case .removeFolder, .makeFolder, .command: break
    }
  }

  /// Some of the files as they are told; those that are the same after all are left out.
  ///
  /// Files are read here, so that only those of a page are; the diffs of a page are bounded together.
  ///
  /// - Returns: The files, and the place of the next one.
  func page(from start: Int, limit: Int, in workspace: Workspace) -> (files: [ChangedFile], next: Int) {
    var (files, bytes, place) = ([ChangedFile](), 0, start)
    while place < changed.count, files.count < limit, bytes < ToolLimits.changesPageBytes {
      if let file = told(changed[place], in: workspace) {
        files.append(file)
        bytes += file.diff?.utf8.count ?? 0
      }
      place += 1
    }
    return (files, place)
  }

  private func told(_ change: Changed, in workspace: Workspace) -> ChangedFile? {
    let (before, after) = (read(change.before, in: workspace), read(change.after, in: workspace))
    var file = ChangedFile(path: change.path.text, kind: change.from == nil ? .modified : .moved)
    file.from = change.from?.text
    switch (before, after) {
    case (.bytes(nil), .bytes(nil)),
      (.folder, .folder) where change.from == nil:
      return nil
    case (.bytes(nil), _): (file.kind, file.from) = (.created, nil)
    case (_, .bytes(nil)): (file.kind, file.path, file.from) = (.deleted, change.from?.text ?? file.path, nil)
    case (.bytes(let old), .bytes(let new)) where old == new && change.from == nil: return nil
    default: if change.replaces { file.note = "it took the place of another" }
    }
    if case .bytes(let bytes) = after, let made = change.made, bytes.map({ SHA256.hash($0) }) != made {
      file.others = true
    }
    switch (before, after) {
    case (.unknown(let reason), _), (_, .unknown(let reason)): file.note = reason
    case (.bytes(let old), .bytes(let new)) where old != new:
      file.diff = UnifiedDiff.text(path: file.path, old: old, new: new)
      if let diff = file.diff, UnifiedDiff.isCut(diff) { file.note = UnifiedDiff.cutNote }
      if file.diff == nil { file.note = "it is no text: \(old?.count ?? 0) bytes before, \(new?.count ?? 0) after" }
    default: break
    }
    return file
  }

  /// What was read: bytes, `nil` for none, or why they are not known.
  private enum Found {
    case bytes([UInt8]?)
    case folder
    case unknown(reason: String)
  }

  private func read(_ content: Content, in workspace: Workspace) -> Found {
    switch content {
    case .bytes(let bytes): return .bytes(bytes)
    case .nothing: return .bytes(nil)
    case .unknown(let reason): return .unknown(reason: reason)
    case .asNow(let path):
      do throws(ToolError) {
        let status = try workspace.status(path)
        guard status?.kind != .folder else { return .folder }
        guard status != nil || workspace.editor != nil else { return .bytes(nil) }
        return .bytes(try workspace.current(path, isForChange: false, Cancellation())?.bytes)
      } catch {
        return error.kind == .notFound ? .bytes(nil) : .unknown(reason: error.message)
      }
    }
  }
}

/// Where files went in the course of changes, and what tools made of them.
private struct Course {
  /// The files that were changed, by their last names.
  var touched: Set<WorkspacePath> = []
  /// Where those were at first that have another name by now.
  var origins: [WorkspacePath: WorkspacePath] = [:]
  /// The hash of what a tool made of a file last.
  var made: [WorkspacePath: [UInt8]] = [:]

  mutating func follow(_ change: FileJournal.Undo) {
    switch change {
    case .remove(let path, let bytes), .takeBack(let path, _, let bytes): touch(path, bytes)
    case .restore(let path, _, let bytes): touch(path, bytes)
    case .makeLink(let path, _), .nothing(let path, _): touched.insert(path)
    case .rename(let new, let old):
      // What was changed in a folder goes with it.
      for path in touched where path.names.count > old.names.count && path.names.starts(with: old.names) {
        move(path, to: new.appending(path.names.dropFirst(old.names.count)))
      }
      move(old, to: new)
      touched.insert(old)
    case .removeFolder, .makeFolder, .command: break
    }
  }

  private mutating func touch(_ path: WorkspacePath, _ bytes: [UInt8]?) {
    touched.insert(path)
    made[path] = bytes
  }

  private mutating func move(_ old: WorkspacePath, to new: WorkspacePath) {
    touched.remove(old)
    touched.insert(new)
    origins[new] = origins.removeValue(forKey: old) ?? old
    made[new] = made.removeValue(forKey: old)
  }

  /// Where a file was at first: itself, or a folder that it was in, was moved; `wasThere` tells of the latter.
  func origin(of path: WorkspacePath, wasThere: (WorkspacePath) -> Bool) -> WorkspacePath? {
    if let origin = origins[path] { return origin }
    for count in stride(from: path.names.count - 1, to: 0, by: -1) {
      let folder = WorkspacePath(names: Array(path.names.prefix(count)), folders: path.folders)
      guard let origin = origins[folder] else { continue }
      let before = origin.appending(path.names.dropFirst(count))
      return wasThere(before) ? before : nil
    }
    return nil
  }
}
