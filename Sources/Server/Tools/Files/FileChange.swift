internal import OperatingSystem

extension Workspace {
  /// What stands at a place; `nil` when nothing does.
  func status(_ path: WorkspacePath) throws(ToolError) -> FileStatus? {
    guard let name = path.name else {
      throw ToolError(.refused, "'/' is the root of the file system; name something in it.")
    }
    let folder: OpenFolder
    do throws(ToolError) {
      folder = try open(path.parent, creating: false)
    } catch {
      if error.kind == .notFound { return nil }
      throw error
    }
    do throws(SystemError) {
      return try folder.status(name)
    } catch .notThere {
      return nil
    } catch {
      throw error.toolError(path, expecting: "file")
    }
  }

  /// Reads a regular file.
  func read(_ path: WorkspacePath, max: Int = ToolLimits.fileBytesMax) throws(ToolError) -> FileRead {
    guard let name = path.name else { throw notAFile(path, .folder) }
    let parent = try parent(of: path, creating: false)
    do throws(OpenFolder.ReadProblem) {
      return try parent.read(name, max: max)
    } catch {
      throw refusal(path, error, max: max)
    }
  }

  /// Why a file is not read, in words for a model; more than `max` bytes are too many.
  func refusal(_ path: WorkspacePath, _ problem: OpenFolder.ReadProblem, max: Int) -> ToolError {
    switch problem {
    case .system(let problem): problem.toolError(path, expecting: "file")
    case .notAFile(let kind): notAFile(path, kind)
    case .madeByKernel:
      ToolError(.refused, "'\(path.text)' is made up by the kernel, not a file on disk; tools do not read such.")
    case .tooLarge(let size):
      ToolError(
        .refused,
        "'\(path.text)' has \(size) bytes, and more than \(max) are not read at once; take a part of it with "
          + "search_files, or with a command such as head, tail or sed.")
    }
  }

  /// The folder that a place is in; what is missing of it may be made.
  func parent(of path: WorkspacePath, creating: Bool) throws(ToolError) -> OpenFolder {
    let folder: OpenFolder
    do throws(ToolError) {
      folder = try open(path.parent, creating: creating)
    } catch {
      // The model asked for the file; that its folder is missing is the lesser news.
      if error.kind == .notFound { throw SystemError.notThere.toolError(path, expecting: "file") }
      throw error
    }
    return folder
  }

  /// The refusal of what is not a file.
  func notAFile(_ path: WorkspacePath, _ kind: FileStatus.Kind) -> ToolError {
    switch kind {
    case .folder: ToolError(.refused, "'\(path.text)' is a folder; use list_files for it.")
    case .link:
      ToolError(.changed, "'\(path.text)' became a symbolic link while it was looked at; look again.")
    case .special: ToolError(.refused, "'\(path.text)' is a device, a FIFO or a socket; only files can be used.")
    case .file: ToolError(.refused, "'\(path.text)' is a file; a folder is needed.")
    }
  }

  /// Puts new content in a file's place, or makes the file and the folders it is in.
  ///
  /// The file must still be `expected`, what was read before; where that is `nil` there must be none. `like` is what a
  /// file that is not there any more was, to be made again with its mode. The result is for a journal and a diff;
  /// the folders are noted in the journal at once.
  func write(
    _ path: WorkspacePath, _ bytes: [UInt8], expected: FileRead?, like: FileStatus? = nil,
    noting journal: FileJournal? = nil
  ) throws(ToolError) -> FileChange {
    try checkMayWrite(path, bytes, over: expected)
    guard let name = path.name, !path.isRoot else { throw notAFile(path, .folder) }
    let folder = try open(path.parent, creating: true, noting: journal)
    guard !folder.isKernelFolder else {
      throw ToolError(.refused, "'\(path.text)' would be in a file system that the kernel makes up.")
    }
    do throws(ReplaceProblem) {
      guard let expected else {
        try folder.make(name, with: bytes, like: like)
        return FileChange(path: path, before: .nothing, after: bytes)
      }
      try folder.replace(name, expected, with: bytes)
      return FileChange(path: path, before: .file(expected), after: bytes)
    } catch {
      throw error.toolError(path)
    }
  }
}

extension Workspace {
  /// Refuses a content that is too large, and a change of a file that is meant to stay.
  func checkMayWrite(_ path: WorkspacePath, _ bytes: [UInt8], over old: FileRead?) throws(ToolError) {
    guard bytes.count <= ToolLimits.writeBytesMax else {
      throw ToolError(
        .refused,
        "The content for '\(path.text)' has \(bytes.count) bytes; at most \(ToolLimits.writeBytesMax) are written.")
    }
    if let old, old.status.mode & 0o222 == 0 {
      throw ToolError(
        .refused, "'\(path.text)' is read-only (mode \(String(old.status.mode, radix: 8))); it is meant to stay.")
    }
  }
}

extension ReplaceProblem {
  /// What a model is told of it.
  fileprivate func toolError(_ path: WorkspacePath) -> ToolError {
    switch self {
    case .system(let error): return error.toolError(path, expecting: "file")
    case .changed:
      return ToolError(
        .changed, "'\(path.text)' was changed by someone else meanwhile; read it again, then try once more.")
    case .damaged(let copy, let error):
      let place = copy.map { "what it held is in '\(path.parent.appending([$0]).text)'" } ?? "there is no copy of it"
      return ToolError(
        .failed, "'\(path.text)' could not be written (\(error.text)) and holds only a part now; \(place).")
    }
  }
}

/// What a change of one file was.
struct FileChange: Sendable {
  /// What was there before.
  enum Before: Sendable {
    case nothing
    case file(FileRead)
    /// Text that an editor has taken `sent` in the place of, and saved or not; `nil` for a file that was not there.
    case held([UInt8]?, sent: [UInt8], isSaved: Bool)
  }

  let path: WorkspacePath
  let before: Before
  let after: [UInt8]
  /// What is to be told of where it was made.
  var remark: String?

  /// What a model should know of what else has changed by it, or has not.
  var notes: [String] {
    if case .held(_, _, let isSaved) = before {
      return [
        isReformed ? "the editor changed the text as it took it, so read it again before you go on" : nil,
        isSaved ? nil : "it is in the editor and not saved yet: commands and searches see what is on disk",
      ].compactMap(\.self)
    }
    guard case .file(let old) = before else { return [remark].compactMap(\.self) }
    return [
      old.status.names > 1 ? "it has \(old.status.names) names (hard links), and the others show the change, too" : nil,
      old.status.hasSetID ? "its set-user-ID and set-group-ID bits were taken off" : nil,
    ].compactMap(\.self)
  }

  /// The change as a unified diff; `nil` when either side is no text.
  var diff: String? {
    switch before {
    case .nothing: UnifiedDiff.text(path: path.text, old: nil, new: after)
    case .file(let content): UnifiedDiff.text(path: path.text, old: content.bytes, new: after)
    // How the editor ends lines is no change.
    case .held(let old, let sent, _): UnifiedDiff.text(path: path.text, old: old, new: isReformed ? after : sent)
    }
  }

  /// Whether an editor made something else of what it was given, as one does that formats what it saves.
  var isReformed: Bool {
    if case .held(_, let sent, _) = before { !CurrentFile.isSame(sent, after) } else { false }
  }
}
