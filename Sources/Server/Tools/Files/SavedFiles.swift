internal import OperatingSystem

/// What of files that are to be moved or deleted an editor is asked about: what it has not saved would be lost, or come back.
struct SavedFiles: Sendable {
  private let workspace: Workspace
  private let cancellation: Cancellation
  /// The files that it was not asked about, as there are too many.
  private(set) var unaskedCount = 0

  init(in workspace: Workspace, _ cancellation: Cancellation) {
    self.workspace = workspace
    self.cancellation = cancellation
  }

  /// What a model is told of those that the editor was not asked about.
  var note: String {
    unaskedCount == 0 ? "" : " The editor was not asked whether it holds unsaved text of \(unaskedCount) of the files."
  }

  /// Refuses where the editor holds text of a file that is not saved, or does not say.
  func check(_ path: WorkspacePath) throws(ToolError) {
    guard workspace.editor?.offer.reads == true else { return }
    let disk: FileRead?
    // What cannot be read as a file, no editor holds as text.
    do throws(ToolError) { disk = try workspace.onDisk(path, max: ToolLimits.fileBytesMax) } catch { return }
    guard try workspace.current(path, over: disk, cancellation)?.isUnsaved == true else { return }
    throw ToolError(
      .refused,
      "'\(path.text)' has changes in the editor that are not saved, so nothing was done; ask the person to save it.")
  }

  /// The same of many, those nearest to the top first, up to a bound.
  mutating func check(_ paths: [WorkspacePath]) throws(ToolError) {
    guard workspace.editor?.offer.reads == true else { return }
    let paths = paths.sorted { $0.names.count < $1.names.count }
    for path in paths.prefix(ToolLimits.editorFilesAskedMax) {
      try cancellation.check()
      try check(path)
    }
    unaskedCount += max(0, paths.count - ToolLimits.editorFilesAskedMax)
  }

  /// The same of a file, or of all in a folder; of a larger one than may be deleted only of what is found first.
  mutating func check(_ path: WorkspacePath, _ status: FileStatus) throws(ToolError) {
    guard status.kind == .folder else { return try check(path) }
    guard workspace.editor?.offer.reads == true else { return }
    var (files, pending, next) = ([WorkspacePath](), [path], 0)
    while next < pending.count, files.count + pending.count <= ToolLimits.deletedMax {
      try cancellation.check()
      let place = pending[next]
      next += 1
      // What cannot be looked into is moved all the same.
      guard let folder = try? workspace.open(place, creating: false), let entries = try? folder.entries() else {
        continue
      }
      files += entries.filter { $0.kind == .file }.map { place.appending([$0.name]) }
      pending += entries.filter { $0.kind == .folder }.map { place.appending([$0.name]) }
    }
    try check(files)
  }
}
