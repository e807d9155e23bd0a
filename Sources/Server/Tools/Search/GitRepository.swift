internal import OperatingSystem
internal import Protocol

/// A file that git reads, wherever links to it lead.
enum GitFile {
  /// The bytes of a file; `nil` when there is none, or a larger one.
  static func read(_ path: [UInt8], max: Int) -> [UInt8]? {
    guard !path.isEmpty, !path.contains(0), case .success(let real) = SystemPath.real(path) else { return nil }
    var names = FileName.list(real)
    guard let name = names.popLast() else { return nil }
    return try? OpenFolder(path: FileName.absolute(names)).read(name, max: max).bytes
  }

  static func isFolder(_ path: [UInt8]) -> Bool { (try? OpenFolder(path: path)) != nil }
}

/// A work tree of git, as far as it says what is ignored in it (gitrepository-layout(5), git-worktree(1)).
///
/// Git itself is not run: it could hang, or run programs that the repository names.
final class GitRepository {
  /// The names that lead to the work tree's top, from the root of the file system.
  let root: [FileName]
  /// What is ignored whatever the folders say: the person's own rules, and after them those of this one clone.
  let rules: IgnoreRules
  /// Where HEAD and the index are.
  private let gitFolder: [UInt8]
  private let hashLength: Int
  private var readIndex: GitIndex?

  /// The repository that holds a folder; `nil` when none does.
  static func around(_ folder: [FileName], variables: @escaping (String) -> String?) -> GitRepository? {
    var names = folder
    while true {
      if let repository = GitRepository(at: names, variables: variables) { return repository }
      guard names.popLast() != nil else { return nil }
    }
  }

  /// The repository whose top a folder is; `nil` when it is none.
  init?(at root: [FileName], variables: @escaping (String) -> String?) {
    let path = FileName.absolute(root)
    guard let folder = Self.gitFolder(of: path) else { return nil }
    var common = folder
    if let text = GitFile.read(folder + Array("/commondir".utf8), max: SystemLimits.pathMax) {
      common = Self.joined(folder, Self.line(text[...]))
    }
    let head = folder + Array("/HEAD".utf8)
    guard GitFile.read(head, max: SystemLimits.pathMax) != nil || (try? SystemPath.link(head).get()) != nil,
      GitFile.isFolder(common + Array("/objects".utf8)), GitFile.isFolder(common + Array("/refs".utf8))
    else { return nil }
    let settings = GitSettings(gitFolder: common, variables: variables)
    var rules = IgnoreRules(foldsCase: settings.ignoresCase)
    for path in [settings.excludesPath(root: path), common + Array("/info/exclude".utf8)] {
      guard let path, let text = GitFile.read(path, max: ToolLimits.ignoreBytesMax) else { continue }
      rules.add(text, base: 0)
    }
    self.root = root
    self.rules = rules
    gitFolder = folder
    hashLength = settings.hashLength
  }

  /// The folder with HEAD in it: `.git` itself, or what a file of that name says.
  private static func gitFolder(of folder: [UInt8]) -> [UInt8]? {
    let git = joined(folder, Array(".git".utf8))
    if GitFile.isFolder(git) { return git }
    let mark = "gitdir:"
    guard let text = GitFile.read(git, max: SystemLimits.pathMax), text.starts(with: mark.utf8) else { return nil }
    let path = line(text[mark.utf8.count...])
    return path.isEmpty ? nil : joined(folder, path)
  }

  private static func line(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var text = text.drop { $0 == UInt8(ascii: " ") }
    while let last = text.last, last == Byte.newline || last == Byte.carriageReturn { text.removeLast() }
    return Array(text)
  }

  private static func joined(_ folder: [UInt8], _ path: [UInt8]) -> [UInt8] {
    path.first == UInt8(ascii: "/") ? path : folder + [UInt8(ascii: "/")] + path
  }

  /// Whether git keeps track of a file, or of something in a folder, by its path from the top.
  func tracks(_ path: [UInt8], isFolder: Bool) -> Bool {
    let index = readIndex ?? read()
    readIndex = index
    return index.holds(path, isFolder: isFolder)
  }

  private func read() -> GitIndex {
    guard let bytes = GitFile.read(gitFolder + Array("/index".utf8), max: ToolLimits.indexBytesMax) else {
      return GitIndex()
    }
    return GitIndex(bytes, hashLength: hashLength) { name in
      GitFile.read(gitFolder + Array("/\(name)".utf8), max: ToolLimits.indexBytesMax)
    }
  }
}
