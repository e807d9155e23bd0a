internal import OperatingSystem

/// The folder a session works in, and the one way from a path in words to a place in it.
package struct Workspace: Sendable {
  /// The person's own folder, for paths that begin with `~`.
  private let home: String?
  /// The editor that may hold text of files in it that is not saved.
  package var editor: SessionEditor?
  /// What commands in it are kept to; `nil` for nothing.
  package var confinement: Confinement?
  /// The names of the folder, and then of others in which the session may work, from the root of the file system, without
  /// links.
  private let folders: [[FileName]]
  /// Those of the other folders that are not there.
  package let missing: [String]

  /// The workspace at that folder; `others` are more in which tools may work.
  ///
  /// - Throws: A ``ToolError`` when there is no such folder.
  package init(path: String, home: String? = nil, others: [String] = []) throws(ToolError) {
    self.home = home
    let found = others.map { (path: $0, names: Self.names(of: $0)) }
    missing = found.filter { $0.names == nil }.map(\.path)
    guard path.utf8.first == UInt8(ascii: "/"), !path.utf8.contains(0) else {
      throw ToolError(.invalidInput, "The workspace '\(path)' is not an absolute path.")
    }
    switch SystemPath.real(Array(path.utf8)) {
    case .success(let bytes): folders = [FileName.list(bytes)] + found.compactMap(\.names)
    case .failure(let problem):
      throw ToolError(.notFound, "The workspace '\(path)' cannot be used: \(problem.text).")
    }
    _ = try open(place, creating: false)
  }

  /// The names of a folder without links; `nil` when there is none.
  private static func names(of folder: String) -> [FileName]? {
    guard case .success(let bytes) = SystemPath.real(Array(folder.utf8)) else { return nil }
    let names = FileName.list(bytes)
    return (try? OpenFolder(path: FileName.absolute(names))) == nil ? nil : names
  }

  private var root: [FileName] { folders[0] }

  /// The folders, the workspace's own first, as absolute paths.
  package var paths: [String] { folders.map { String(decoding: FileName.absolute($0), as: UTF8.self) } }

  /// The workspace's own folder.
  package var place: WorkspacePath { WorkspacePath(names: root, folders: folders) }

  /// Finds where a path leads, links followed and counted; what is not there yet may be the path's end.
  ///
  /// A relative path starts at the workspace's folder. Nothing is opened here, and nothing is decided by how the path is
  /// written: `a/../../b`, an absolute path and a link are judged alike by where they end.
  /// A link at the very end is followed if `followsLast`; to move or delete one it is not. Where there is nothing of a
  /// name, but one thing that looks the same to a person, that is meant, and the place says so.
  package func resolve(_ written: String, followsLast: Bool = true) throws(ToolError) -> WorkspacePath {
    let meant = try WrittenPath(written, home: home, exists: has)
    let path = meant.text
    let bytes = ShownPath.bytes(path)
    guard !bytes.isEmpty, bytes.count <= SystemLimits.pathMax, !bytes.contains(0) else {
      throw ToolError(
        .invalidInput, "The path must have 1 to \(SystemLimits.pathMax) bytes, and no zero byte; give a file's path.")
    }
    var real = bytes[0] == UInt8(ascii: "/") ? [] : root
    var pending = Array(FileName.list(bytes).reversed())
    var links = 0
    var isMissing = false
    var remark: String?
    while var name = pending.popLast() {
      if name.isSame { continue }
      if name.isParent {
        guard !isMissing else {
          throw ToolError(.invalidInput, "'\(path)' has '..' after a folder that is not there; write it without '..'.")
        }
        _ = real.popLast()
        continue
      }
      let isLast = pending.allSatisfy(\.isSame)
      if !isMissing, !has(name, in: real) {
        if let match = SightName.match(name, in: real) {
          (name, remark) = (match, Self.remark(name, match))
        } else {
          isMissing = true
        }
      }
      if isMissing, !meant.isPlain, let other = WrittenPath.variable(name.text[...]) {
        throw ToolError(
          .invalidInput, "'\(written)': \(other) is not expanded in paths; put ./ before a path that is meant so.")
      }
      real.append(name)
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
        if problem != .notThere, problem != .notALink {
          throw ToolError(.failed, "'\(path)' cannot be used: \(problem.text).")
        }
      }
    }
    return WorkspacePath(names: real, folders: folders, remark: remark)
  }

  /// Whether the workspace's folder has something of a name.
  private func has(_ name: Substring) -> Bool { has(FileName(name.utf8), in: root) }

  /// Whether there is something of a name, if only a link that leads nowhere; what cannot be looked at may be there.
  private func has(_ name: FileName, in folder: [FileName]) -> Bool {
    if case .failure(.notThere) = SystemPath.link(FileName.absolute(folder + [name])) { return false }
    return true
  }

  private static func remark(_ name: FileName, _ match: FileName) -> String {
    let points = match.text.unicodeScalars.map { scalar in
      scalar.isASCII ? String(scalar) : "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    }
    return "there is no '\(name.text)'; the one name that looks the same was taken: \(points.joined())"
  }

  /// Refuses a pattern that begins like no path in a folder does: the folder is given for itself.
  package func checkPattern(_ pattern: String) throws(ToolError) {
    guard try WrittenPath(pattern, home: home ?? "/", exists: has).text != pattern else { return }
    throw ToolError(
      .invalidInput, "The pattern '\(pattern)' begins with a folder; give that as the path, and the pattern from there."
    )
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
            journal?.note(.removeFolder(WorkspacePath(names: Array(path.names[...place]), folders: path.folders)))
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
