internal import OperatingSystem

/// A file's content, and what the file was when it was read.
struct FileContent: Sendable {
  var bytes: [UInt8]
  var status: FileStatus
}

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
  func read(_ path: WorkspacePath, max: Int = ToolLimits.fileBytesMax) throws(ToolError) -> FileContent {
    guard let name = path.name else { throw notAFile(path, .folder) }
    let parent = try parent(of: path, creating: false)
    do throws(OpenFolder.ReadProblem) {
      let (bytes, status) = try parent.read(name, max: max)
      return FileContent(bytes: bytes, status: status)
    } catch {
      switch error {
      case .system(let problem): throw problem.toolError(path, expecting: "file")
      case .notAFile(let kind): throw notAFile(path, kind)
      case .madeByKernel:
        throw ToolError(
          .refused, "'\(path.text)' is made up by the kernel, not a file on disk; tools do not read such.")
      case .tooLarge(let size):
        throw ToolError(
          .refused,
          "'\(path.text)' has \(size) bytes, and more than \(max) are not read at once; take a part of it with "
            + "search_files, or with a command such as head, tail or sed.")
      }
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
    _ path: WorkspacePath, _ bytes: [UInt8], expected: FileContent?, like: FileStatus? = nil,
    noting journal: FileJournal? = nil
  ) throws(ToolError) -> FileChange {
    guard let name = path.name, !path.isRoot else { throw notAFile(path, .folder) }
    guard bytes.count <= ToolLimits.writeBytesMax else {
      throw ToolError(
        .refused,
        "The content for '\(path.text)' has \(bytes.count) bytes; at most \(ToolLimits.writeBytesMax) are written.")
    }
    if let expected, expected.status.mode & 0o222 == 0 {
      throw ToolError(
        .refused, "'\(path.text)' is read-only (mode \(String(expected.status.mode, radix: 8))); it is meant to stay.")
    }
    let folder = try open(path.parent, creating: true, noting: journal)
    guard !folder.isKernelFolder else {
      throw ToolError(.refused, "'\(path.text)' would be in a file system that the kernel makes up.")
    }
    do throws(SystemError) {
      let isDone = try folder.replace(name, with: bytes, like: expected?.status ?? like, isNew: expected == nil) {
        folder in
        guard let expected else { return true }
        return (try? folder.status(name)) == expected.status
      }
      if isDone { return FileChange(path: path, before: expected.map { .file($0) } ?? .nothing, after: bytes) }
    } catch .exists {
    } catch {
      throw error.toolError(path, expecting: "file")
    }
    throw ToolError(
      .changed, "'\(path.text)' was changed by someone else meanwhile; read it again, then try once more.")
  }
}

/// What a change of one file was.
struct FileChange: Sendable {
  /// What was there before.
  enum Before: Sendable {
    case nothing
    case file(FileContent)
  }

  let path: WorkspacePath
  let before: Before
  let after: [UInt8]

  /// The change as a unified diff; `nil` when either side is no text.
  var diff: String? {
    var old: [UInt8]?
    if case .file(let content) = before { old = content.bytes }
    return UnifiedDiff.text(path: path.text, old: old, new: after)
  }
}
