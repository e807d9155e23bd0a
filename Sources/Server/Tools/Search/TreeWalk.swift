internal import OperatingSystem

/// Walks a folder and what is below it, in the order of names, following no link.
struct TreeWalk {
  /// Something that was found.
  struct Found {
    let folder: OpenFolder
    /// The names from where the walk began.
    let names: [FileName]
    let kind: FileStatus.Kind

    var name: FileName { names[names.count - 1] }
    /// The path from where the walk began.
    var text: String { FileName.relative(names) }
  }

  /// What to do next.
  enum Step {
    case goOn
    /// Go on, but not into this folder.
    case passBy
    case stop
  }

  /// Names of folders that are shown when ignored files are asked for: made by tools, and often not in `.gitignore`.
  static let made: Set<FileName> = [
    "node_modules", "__pycache__", ".venv", ".tox", ".mypy_cache", ".pytest_cache", ".build", ".gradle", ".DS_Store",
  ].reduce(into: []) { $0.insert(FileName($1)) }

  private let workspace: Workspace
  private let start: WorkspacePath
  private let includesIgnored: Bool
  private let reading: PermittedReading
  private let cancellation: Cancellation
  /// How many names have been looked at.
  private(set) var walked = 0
  /// Folders that could not be read.
  private(set) var unreadable: [String] = []
  /// How many names were left out, as a rule of the person's stands in the way of reading what they name.
  private(set) var leftOut = 0
  /// Whether a limit ended the walk before its end.
  private(set) var isCutShort = false
  private var rules = IgnoreRules()

  init(
    of start: WorkspacePath, in workspace: Workspace, includesIgnored: Bool, reading: PermittedReading,
    cancellation: Cancellation
  ) {
    self.reading = reading
    self.workspace = workspace
    self.start = start
    self.includesIgnored = includesIgnored
    self.cancellation = cancellation
  }

  /// Calls for everything found, a folder before what is in it.
  mutating func run(_ visit: (Found) throws(ToolError) -> Step) throws(ToolError) {
    let folder = try workspace.open(start, creating: false)
    guard !folder.isKernelFolder else {
      throw ToolError(.refused, "'\(start.text)' is made up by the kernel; tools do not list such.")
    }
    if !includesIgnored { try takeRulesAbove() }
    _ = try walk(folder, names: [], visit)
  }

  /// The rules of the folders from the workspace's own down to where the walk begins.
  private mutating func takeRulesAbove() throws(ToolError) {
    guard start.isInside else { return }
    let below = start.names.dropFirst(start.rootCount)
    for count in 0..<below.count {
      let place = workspace.place.appending(below.prefix(count))
      rules.enter(try workspace.open(place, creating: false), depth: count)
    }
  }

  /// The names from the workspace's folder, to which rules are relative; outside, from where the walk begins.
  private func names(fromRules names: [FileName]) -> [FileName] {
    start.isInside ? start.names.dropFirst(start.rootCount) + names : names
  }

  private mutating func walk(
    _ folder: OpenFolder, names: [FileName], _ visit: (Found) throws(ToolError) -> Step
  ) throws(ToolError) -> Bool {
    try cancellation.check()
    let entries: [OpenFolder.Entry]
    do throws(SystemError) { entries = try folder.entries() } catch {
      unreadable.append(FileName.relative(names))
      return true
    }
    if entries.count >= SystemLimits.namesMax { isCutShort = true }
    let depth = self.names(fromRules: names).count
    if !includesIgnored { rules.enter(folder, depth: depth) }
    defer { rules.leave(depth: depth) }
    for entry in entries {
      walked += 1
      guard walked <= ToolLimits.walkedMax else {
        isCutShort = true
        return false
      }
      guard !isHidden(entry, in: names) else { continue }
      let found = Found(folder: folder, names: names + [entry.name], kind: entry.kind)
      guard reading.permits(start.appending(found.names).text) else {
        leftOut += 1
        continue
      }
      switch try visit(found) {
      case .stop: return false
      case .passBy: continue
      case .goOn where entry.kind == .folder:
        guard found.names.count < ToolLimits.depthMax else {
          isCutShort = true
          continue
        }
        guard let below = try? folder.folder(entry.name) else {
          unreadable.append(found.text)
          continue
        }
        guard !below.isKernelFolder else { continue }
        guard try walk(below, names: found.names, visit) else { return false }
      case .goOn: break
      }
    }
    return true
  }

  /// Whether a name is not shown: by the whole name, so that `.github` and `legit` are not taken for `.git`.
  private func isHidden(_ entry: OpenFolder.Entry, in names: [FileName]) -> Bool {
    if WorkspacePath.stores.contains(entry.name) { return true }
    if entry.name.bytes.starts(with: ".wyn360-".utf8), entry.name.bytes.suffix(4).elementsEqual(".tmp".utf8) {
      return true
    }
    guard !includesIgnored else { return false }
    return Self.made.contains(entry.name)
      || rules.ignores(self.names(fromRules: names) + [entry.name], isFolder: entry.kind == .folder)
  }
}
