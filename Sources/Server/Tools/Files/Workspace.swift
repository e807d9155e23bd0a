internal import OperatingSystem

/// The folder a session works in, and the one way from a path in words to a place in it.
package struct Workspace: Sendable {
  /// The folder's names from the root of the file system, without links.
  let root: [FileName]

  /// The workspace at that folder.
  ///
  /// - Throws: A ``ToolError`` when there is no such folder.
  package init(path: String) throws(ToolError) {
    guard path.utf8.first == UInt8(ascii: "/"), !path.utf8.contains(0) else {
      throw ToolError(.invalidInput, "The workspace '\(path)' is not an absolute path.")
    }
    switch SystemPath.real(Array(path.utf8)) {
    case .success(let bytes): root = FileName.list(bytes)
    case .failure(let problem):
      throw ToolError(.notFound, "The workspace '\(path)' cannot be used: \(problem.text).")
    }
    _ = try open(place, creating: false)
  }

  /// The workspace's own folder.
  package var place: WorkspacePath { WorkspacePath(names: root, rootCount: root.count, isInside: true) }

  /// Finds where a path leads, links followed and counted; what is not there yet may be the path's end.
  ///
  /// A relative path starts at the workspace's folder. Nothing is opened here, and nothing is decided by how the path is
  /// written: `a/../../b`, an absolute path and a link are judged alike by where they end.
  /// A link at the very end is followed if `followsLast`; to move or delete one it is not.
  package func resolve(_ path: String, followsLast: Bool = true) throws(ToolError) -> WorkspacePath {
    let bytes = Array(path.utf8)
    guard !bytes.isEmpty, bytes.count <= SystemLimits.pathMax, !bytes.contains(0) else {
      throw ToolError(
        .invalidInput, "The path must have 1 to \(SystemLimits.pathMax) bytes, and no zero byte; give a file's path.")
    }
    var real = bytes[0] == UInt8(ascii: "/") ? [] : root
    var pending = Array(FileName.list(bytes).reversed())
    var links = 0
    var isMissing = false
    while let name = pending.popLast() {
      if name.isSame { continue }
      if name.isParent {
        guard !isMissing else {
          throw ToolError(.invalidInput, "'\(path)' has '..' after a folder that is not there; write it without '..'.")
        }
        _ = real.popLast()
        continue
      }
      real.append(name)
      let isLast = pending.allSatisfy(\.isSame)
      guard !isMissing, followsLast || !isLast else { continue }
      switch SystemPath.link(FileName.absolute(real)) {
      case .success(let target):
        links += 1
        guard links <= ToolLimits.linksMax else {
          throw ToolError(.refused, "'\(path)' leads through more than \(ToolLimits.linksMax) symbolic links.")
        }
        if target.first == UInt8(ascii: "/") { real = [] } else { real.removeLast() }
        pending += FileName.list(target).reversed()
      case .failure(let problem):
        if problem == .notThere {
          isMissing = true
        } else if problem != .notALink {
          throw ToolError(.failed, "'\(path)' cannot be used: \(problem.text).")
        }
      }
    }
    return WorkspacePath(names: real, rootCount: root.count, isInside: real.starts(with: root))
  }

  /// Opens a folder by going there name by name, following no link; `creating` makes those that are not there, and
  /// notes each in the journal.
  func open(_ path: WorkspacePath, creating: Bool, noting journal: FileJournal? = nil) throws(ToolError) -> OpenFolder {
    let start = path.isInside ? root : []
    do throws(SystemError) {
      var folder = try OpenFolder(path: FileName.absolute(start))
      for (place, name) in path.names.enumerated().dropFirst(start.count) {
        do throws(SystemError) {
          folder = try folder.folder(name)
        } catch .notThere where creating {
          do throws(SystemError) {
            try folder.makeFolder(name)
            let made = WorkspacePath(
              names: Array(path.names[...place]), rootCount: path.rootCount, isInside: path.isInside)
            journal?.note(.removeFolder(made))
          } catch .exists {}
          folder = try folder.folder(name)
        }
      }
      return folder
    } catch {
      if path.isInside, let gone { throw gone }
      throw error.toolError(path, expecting: "folder")
    }
  }

  /// What is to be told when the workspace's own folder is not there; `nil` when it is.
  ///
  /// Nothing in it is then wrong by itself, and whoever looks for it would look in vain.
  private var gone: ToolError? {
    let path = FileName.absolute(root)
    guard case .failure(let problem) = SystemPath.real(path), problem == .notThere || problem == .notAFolder else {
      return nil
    }
    return ToolError(
      .failed,
      "The workspace's folder '\(String(decoding: path, as: UTF8.self))' is gone: it was deleted or moved. Nothing can be "
        + "read, written or run in it until it is there again; tell the person.")
  }
}

extension FileName {
  fileprivate var isSame: Bool { bytes == [UInt8(ascii: ".")] }
  fileprivate var isParent: Bool { bytes == [UInt8(ascii: "."), UInt8(ascii: ".")] }
}

extension SystemError {
  /// What a model is told of it.
  func toolError(_ path: WorkspacePath, expecting kind: String) -> ToolError {
    switch self {
    case .notThere: ToolError(.notFound, "There is no \(kind) '\(path.text)'; list_files and find_files show what is.")
    case .notAFolder, .isLink:
      // A folder that is opened without following links answers so when a link stands there.
      ToolError(.refused, "'\(path.text)' is not a \(kind), or became a symbolic link meanwhile; look again.")
    default: ToolError(isOutOfDescriptors ? .exhausted : .failed, "'\(path.text)' cannot be used: \(text).")
    }
  }
}
