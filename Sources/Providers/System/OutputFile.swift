internal import CSystem

/// A file that gets its content at once: whoever reads it sees what it held before, or all of the new, never a part.
///
/// What is no regular file (a pipe of the shell's, a terminal, the null device) is written to as it stands.
package struct OutputFile: Sendable {
  private enum Target: Sendable {
    case file(OpenFolder, FileName)
    case stream(path: [UInt8])
  }

  private let path: String
  private let target: Target

  /// Finds the place and looks whether it can be written, without changing it; a link is followed.
  ///
  /// - Throws: Why nothing can be written there, for a person.
  package init(_ path: String) throws(FileFailure) {
    self.path = path
    let found: Target?
    do throws(SystemError) {
      found = try Self.target(Array(path.utf8))
      if case .file(let folder, let name)? = found { try folder.checkTakes(name) }
    } catch {
      throw Self.failure(path, error)
    }
    guard let found else { throw FileFailure("'\(path)' is a folder; name a file in it") }
    target = found
  }

  /// Puts the content there.
  ///
  /// - Throws: Why it is not there, for a person; a file holds what it held, then.
  package func write(_ bytes: [UInt8]) throws(FileFailure) {
    switch target {
    case .stream(let path):
      let opened = path.withName { unsafe csystem_file_open_stream($0) }
      guard opened >= 0 else { throw Self.failure(self.path, SystemError(result: opened)) }
      let descriptor = Descriptor(opened)
      defer { descriptor.close() }
      if let error = descriptor.write(bytes) { throw Self.failure(self.path, error) }
    case .file(let folder, let name):
      do throws(ReplaceProblem) {
        try folder.put(name, bytes)
      } catch {
        switch error {
        case .system(let error), .damaged(_, let error): throw Self.failure(path, error)
        case .changed: throw FileFailure("'\(path)' is changed by somebody else at this moment; nothing was written")
        }
      }
    }
  }

  private static func failure(_ path: String, _ error: SystemError) -> FileFailure {
    FileFailure("'\(path)' cannot be written: \(error.text)")
  }

  /// Where a path leads; `nil` for a folder.
  private static func target(_ path: [UInt8]) throws(SystemError) -> Target? {
    var path = path
    for _ in 0..<SystemLimits.linksFollowedMax {
      let (above, last) = parts(path)
      guard let name = FileName.list(last).first, last != [dot], last != [dot, dot] else { return nil }
      let folder = try OpenFolder(path: try SystemPath.real(above).get())
      // A descriptor of ours by its name: its file must not be exchanged under whoever has it open.
      if folder.isKernelFolder {
        try folder.checkMayWrite(name)
        return .stream(path: path)
      }
      let status: FileStatus
      do throws(SystemError) { status = try folder.status(name) } catch .notThere { return .file(folder, name) }
      switch status.kind {
      case .file: return .file(folder, name)
      case .special:
        try folder.checkMayWrite(name)
        return .stream(path: path)
      case .folder: return nil
      case .link:
        let target = try folder.link(name)
        path = target.first == slash ? target : above + [slash] + target
      }
    }
    throw .isLink
  }

  /// A path as the folder and the name in it.
  private static func parts(_ path: [UInt8]) -> (above: [UInt8], name: [UInt8]) {
    guard let place = path.lastIndex(of: slash) else { return ([dot], path) }
    return (place == 0 ? [slash] : Array(path[..<place]), Array(path[(place + 1)...]))
  }

  private static let slash = UInt8(ascii: "/")
  private static let dot = UInt8(ascii: ".")
}

extension OpenFolder {
  /// Looks whether a name in it can be given content: a file that is there may be written to, and the folder takes files.
  fileprivate func checkTakes(_ name: FileName) throws(SystemError) {
    do throws(SystemError) { try checkMayWrite(name) } catch .notThere {}
    let probe: (name: FileName, file: Descriptor)
    do throws(ReplaceProblem) { probe = try temporary(isPrivate: true) } catch {
      if case .system(let error) = error { throw error }
      throw .exists
    }
    probe.file.close()
    discard(probe.name)
  }

  fileprivate func checkMayWrite(_ name: FileName) throws(SystemError) {
    _ = try check(name) { unsafe csystem_check_may_write(number, $0) }
  }

  /// Makes a file, or puts new content in the place of its old one.
  fileprivate func put(_ name: FileName, _ bytes: [UInt8]) throws(ReplaceProblem) {
    let old: FileRead
    do throws(ReadProblem) {
      old = try read(name, max: .max)
    } catch {
      guard case .system(.notThere) = error else { throw .system(error.reason) }
      return try make(name, with: bytes, like: nil)
    }
    try replace(name, old, with: bytes)
  }
}

extension OpenFolder.ReadProblem {
  fileprivate var reason: SystemError {
    if case .system(let error) = self { error } else { .exists }
  }
}
