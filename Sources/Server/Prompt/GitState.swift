package import OperatingSystem
internal import Protocol

/// Where a folder stands in git, read from git's files alone: running git could hang, ask for a password, or run hooks.
///
/// Source: gitrepository-layout(5), git-worktree(1).
package struct GitState: Hashable, Sendable {
  /// What is checked out.
  package enum Head: Hashable, Sendable {
    /// By its name without `refs/heads/`.
    case branch(String)
    /// A commit and no branch; the commit's id in full.
    case detached(String)
    /// Something that is no branch, such as a remote's; its full name.
    case reference(String)
    /// What is there makes no sense.
    case unreadable
  }

  /// Something that git has begun and not ended.
  package enum Operation: String, Hashable, Sendable, CaseIterable {
    case rebase, merge, bisect
    case cherryPick = "cherry-pick"
    case revert
  }

  /// The folder that holds the work tree.
  package var root: FolderPath
  /// What is checked out.
  package var head: Head
  /// What git has begun and not ended.
  package var operation: Operation?
  /// Whether the work tree is one of several of its repository.
  package var isLinkedWorktree: Bool

  /// The state of that work tree.
  package init(root: FolderPath, head: Head, operation: Operation? = nil, isLinkedWorktree: Bool = false) {
    self.root = root
    self.head = head
    self.operation = operation
    self.isLinkedWorktree = isLinkedWorktree
  }

  /// The state of the repository that holds a folder; `nil` when none does.
  ///
  /// A `.git` without a HEAD is none, and the search goes on above it, as git's own does.
  package static func read(at folder: FolderPath, files: FileSource) -> GitState? {
    for candidate in folder.upwards {
      guard let (git, isLinked) = gitFolder(of: candidate, files: files) else { continue }
      guard let head = text(git.appending("HEAD"), in: files) else { continue }
      return state(root: candidate, git: git, head: head, isLinked: isLinked, files: files)
    }
    return nil
  }

  private static func state(root: FolderPath, git: FolderPath, head: String, isLinked: Bool, files: FileSource)
    -> GitState
  {
    var state = GitState(root: root, head: self.head(head), isLinkedWorktree: isLinked)
    state.operation = Operation.allCases.first { operation in
      operation.files.contains { text(git.appending($0), in: files) != nil }
    }
    // A rebase checks out commits one by one; its branch stands in a file of its own.
    if case .detached = state.head, state.operation == .rebase {
      let names = ["rebase-merge/head-name", "rebase-apply/head-name"]
      let name = names.lazy.compactMap { text(git.appending($0), in: files) }.first
      if let name, case .branch(let branch) = self.head("ref: " + name) { state.head = .branch(branch) }
    }
    return state
  }

  /// The folder with HEAD in it, and whether the work tree only borrows the repository.
  ///
  /// A `.git` that is a file names it: `gitdir:` and a path, relative to where the file is. Work trees and submodules
  /// have such files; the folder of a work tree has a `commondir`, that of a submodule has none.
  private static func gitFolder(of folder: FolderPath, files: FileSource) -> (FolderPath, Bool)? {
    let git = folder.appending(".git")
    guard let pointer = text(git, in: files) else { return (git, false) }
    let mark = "gitdir:"
    guard pointer.hasPrefix(mark) else { return nil }
    let path = trimmed(pointer.utf8.dropFirst(mark.utf8.count))
    guard !path.isEmpty, !path.utf8.contains(0) else { return nil }
    let target = folder.appending(path)
    return (target, text(target.appending("commondir"), in: files) != nil)
  }

  private static func head(_ text: String) -> Head {
    let mark = "ref:"
    guard text.hasPrefix(mark) else {
      let commit = trimmed(text.utf8[...])
      return isCommit(commit) ? .detached(commit) : .unreadable
    }
    let name = trimmed(text.utf8.dropFirst(mark.utf8.count))
    guard isReference(name) else { return .unreadable }
    let branches = "refs/heads/"
    return name.hasPrefix(branches) && name.utf8.count > branches.utf8.count
      ? .branch(String(name.dropFirst(branches.count))) : .reference(name)
  }

  /// A small file's text; `nil` when there is none, or none that git could have written.
  private static func text(_ path: FolderPath, in files: FileSource) -> String? {
    guard let bytes = try? files.read(path.description), !bytes.isEmpty, bytes.count <= PromptLimits.gitFileMax else {
      return nil
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// SHA-1 or SHA-256, in hexadecimal.
  private static func isCommit(_ text: String) -> Bool {
    [40, 64].contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        Byte.isHexDigit(byte) && byte == Byte.lowercased(byte)
      }
  }

  /// Whether git would take a name, as far as it matters here: what is shown to a model must be one line without space.
  ///
  /// Source: git-check-ref-format(1).
  private static func isReference(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= PromptLimits.branchMax && !name.utf8.contains { $0 <= 0x20 || $0 == 0x7F }
  }

  private static func trimmed(_ text: Substring.UTF8View) -> String {
    let isBlank = { (byte: UInt8) in byte == 0x20 || 0x09...0x0D ~= byte }
    let start = text.drop(while: isBlank)
    let end = start.lastIndex { !isBlank($0) }.map { start.index(after: $0) } ?? start.startIndex
    return String(start[..<end]) ?? ""
  }
}

extension GitState.Operation {
  /// The files of which one is there while it goes on.
  fileprivate var files: [String] {
    switch self {
    case .rebase: ["rebase-merge/head-name", "rebase-apply/head-name", "rebase-apply/next"]
    case .merge: ["MERGE_HEAD"]
    case .bisect: ["BISECT_START"]
    case .cherryPick: ["CHERRY_PICK_HEAD"]
    case .revert: ["REVERT_HEAD"]
    }
  }
}

extension GitState {
  /// The state in one line, for a model.
  package var line: String {
    let place =
      switch head {
      case .branch(let name): "branch \(name)"
      case .detached(let commit): "detached at \(commit.prefix(12))"
      case .reference(let name): "at \(name)"
      case .unreadable: "HEAD unreadable"
      }
    var line = "\(place), root \(root)"
    if isLinkedWorktree { line += ", a linked worktree" }
    if let operation { line += ", \(operation.rawValue) in progress" }
    return line
  }
}
