internal import OperatingSystem
internal import Protocol

/// Walks a folder and what is below it, in the order of names, following no link.
///
/// What is shown is what git would name: the files it keeps track of, and the others that no rule ignores. The rules are
/// those of the repository that holds the folder, from its top down, also when the walk begins below; a repository within
/// has rules of its own. Outside of repositories the `.gitignore` files from the workspace's folder down count.
struct TreeWalk {
  /// Something that was found.
  struct Found {
    let folder: OpenFolder
    /// The names from where the walk began.
    let names: [FileName]
    let kind: FileStatus.Kind

    var name: FileName { names[names.count - 1] }
    /// The path from where the walk began.
    var text: String { ShownPath.relative(names) }
  }

  /// What to do next.
  enum Step {
    case goOn
    /// Go on, but not into this folder.
    case passBy
    case stop
  }

  /// What is ignored in one repository, or outside of any.
  private struct Rules {
    var repository: GitRepository?
    var rules: IgnoreRules
    /// The path from the top of the rules to the folder at hand, a slash behind every name.
    var path: [UInt8] = []

    init(_ repository: GitRepository?) {
      self.repository = repository
      rules = repository?.rules ?? IgnoreRules()
    }
  }

  /// Names of folders that tools make, and that are often not in `.gitignore`.
  private static let made: Set<FileName> = [
    "node_modules", "__pycache__", ".venv", ".tox", ".mypy_cache", ".pytest_cache", ".build", ".gradle", ".DS_Store",
  ].reduce(into: []) { $0.insert(FileName($1)) }

  private static let ignoreFile = FileName(".gitignore")
  private static let gitName = FileName(".git")

  private let workspace: Workspace
  private let start: WorkspacePath
  private let includesIgnored: Bool
  private let reading: PermittedReading
  private let settings: CommandSettings
  private let pace: WorkPace
  /// How many names have been looked at.
  private var walked = 0
  /// How many names were passed over, as a rule ignores them.
  private(set) var ignored = 0
  /// What a reader should know: folders that could not be read, names left out, limits.
  private var unreadable: [String] = []
  private var leftOut = 0
  private var isCutShort = false
  private var isOutOfTime = false

  init(
    of start: WorkspacePath, in workspace: Workspace, includesIgnored: Bool, reading: PermittedReading,
    settings: CommandSettings, pace: WorkPace
  ) {
    self.reading = reading
    self.workspace = workspace
    self.start = start
    self.includesIgnored = includesIgnored
    self.settings = settings
    self.pace = pace
  }

  /// Calls for everything found, a folder before what is in it.
  mutating func run(_ visit: (Found) throws(ToolError) -> Step) throws(ToolError) {
    let folder = try workspace.open(start, creating: false)
    guard !folder.isKernelFolder else {
      throw ToolError(.refused, "'\(start.text)' is made up by the kernel; tools do not list such.")
    }
    var rules = includesIgnored ? Rules(nil) : rulesAtStart()
    _ = try walk(folder, names: [], &rules, trackedOnly: false, visit)
  }

  /// The rules that hold where the walk begins; the folder itself counts as asked for, whatever they say.
  private func rulesAtStart() -> Rules {
    let repository = GitRepository.around(start.names, variables: { settings.environment[$0] })
    var rules = Rules(repository)
    let top = repository?.root.count ?? (start.isInside ? start.rootCount : start.names.count)
    for count in top..<start.names.count {
      if let folder = try? OpenFolder(path: FileName.absolute(start.names[..<count])) { take(folder, &rules) }
      rules.path += start.names[count].bytes + [UInt8(ascii: "/")]
    }
    return rules
  }

  private func take(_ folder: OpenFolder, _ rules: inout Rules) {
    guard let content = try? folder.read(Self.ignoreFile, max: ToolLimits.ignoreBytesMax) else { return }
    rules.rules.add(content.bytes, base: rules.path.count)
  }

  /// Walks a folder; false when the walk is over, true when it goes on elsewhere.
  ///
  /// `trackedOnly` says that the folder is ignored, but for what git keeps track of.
  private mutating func walk(
    _ folder: OpenFolder, names: [FileName], _ rules: inout Rules, trackedOnly: Bool,
    _ visit: (Found) throws(ToolError) -> Step
  ) throws(ToolError) -> Bool {
    guard try goesOn(ToolLimits.stepsUnlooked) else { return false }
    let entries: [OpenFolder.Entry]
    do throws(SystemError) { entries = try folder.entries() } catch {
      try pass(over: ShownPath.relative(names), error)
      return true
    }
    if entries.count >= SystemLimits.namesMax { isCutShort = true }
    let (files, length) = (rules.rules.count, rules.path.count)
    defer {
      rules.rules.leave(files)
      rules.path.removeLast(rules.path.count - length)
    }
    if !includesIgnored, entries.contains(where: { $0.name == Self.ignoreFile && $0.kind == .file }) {
      take(folder, &rules)
    }
    for entry in entries {
      walked += 1
      guard walked <= ToolLimits.walkedMax else {
        isCutShort = true
        return false
      }
      guard try goesOn(ToolLimits.nameSteps) else { return false }
      guard !Self.isHidden(entry.name) else { continue }
      rules.path.removeLast(rules.path.count - length)
      rules.path += entry.name.bytes
      let isIgnored = !includesIgnored && (trackedOnly || ignores(entry, rules, name: length))
      if isIgnored, rules.repository?.tracks(rules.path, isFolder: entry.kind == .folder) != true {
        ignored += 1
        continue
      }
      let found = Found(folder: folder, names: names + [entry.name], kind: entry.kind)
      guard reading.permits(start.appending(found.names).text) else {
        leftOut += 1
        continue
      }
      switch try visit(found) {
      case .stop: return false
      case .passBy: continue
      case .goOn:
        guard entry.kind == .folder else { continue }
        rules.path.append(UInt8(ascii: "/"))
        guard try enter(found, &rules, trackedOnly: isIgnored, visit) else { return false }
      }
    }
    return true
  }

  /// Takes note of a folder that cannot be read.
  ///
  /// - Throws: For want of descriptors: what is found then would be taken for all there is.
  private mutating func pass(over folder: String, _ error: SystemError) throws(ToolError) {
    if error.isOutOfDescriptors { throw ToolError(.exhausted, "'\(folder)' cannot be used: \(error.text).") }
    unreadable.append(folder)
  }

  /// Walks a folder that was found.
  private mutating func enter(
    _ found: Found, _ rules: inout Rules, trackedOnly: Bool, _ visit: (Found) throws(ToolError) -> Step
  ) throws(ToolError) -> Bool {
    guard found.names.count < ToolLimits.depthMax else {
      isCutShort = true
      return true
    }
    let below: OpenFolder
    do throws(SystemError) { below = try found.folder.folder(found.name) } catch {
      try pass(over: found.text, error)
      return true
    }
    guard !below.isKernelFolder else { return true }
    if !includesIgnored, (try? below.status(Self.gitName)) != nil,
      let repository = GitRepository(
        at: start.appending(found.names).names, variables: { [settings] in settings.environment[$0] })
    {
      var own = Rules(repository)
      return try walk(below, names: found.names, &own, trackedOnly: false, visit)
    }
    return try walk(below, names: found.names, &rules, trackedOnly: trackedOnly, visit)
  }

  /// Takes note of some steps; false when the time is over.
  private mutating func goesOn(_ steps: Int) throws(ToolError) -> Bool {
    do throws(WorkPace.End) {
      try pace.spend(steps)
      return true
    } catch {
      if case .cancelled = error { throw .cancelled }
      isOutOfTime = true
      return false
    }
  }

  /// Whether a name is never shown: by the whole name, so that `.github` and `legit` are not taken for `.git`.
  private static func isHidden(_ name: FileName) -> Bool {
    guard name.bytes.first == UInt8(ascii: ".") else { return false }
    return WorkspacePath.stores.contains(name)
      || name.bytes.starts(with: ".wyn360-".utf8) && name.bytes.suffix(4).elementsEqual(".tmp".utf8)
  }

  private func ignores(_ entry: OpenFolder.Entry, _ rules: Rules, name: Int) -> Bool {
    rules.rules.ignores(rules.path, name: name, isFolder: entry.kind == .folder) || Self.made.contains(entry.name)
  }

  /// What a reader should know.
  var notes: [String] {
    var notes = unreadable.prefix(ToolLimits.unreadableShown).map { "[\($0)/ cannot be read]" }
    if unreadable.count > notes.count {
      notes.append("[\(unreadable.count - notes.count) more folders cannot be read]")
    }
    if leftOut > 0 {
      notes.append("[\(leftOut) left out: a rule of the person's forbids to read them, or wants it asked]")
    }
    if isCutShort { notes.append("[there is more than is looked at in one call; name a folder further down]") }
    if isOutOfTime { notes.append("[\(WorkPace.overNote); name a folder further down]") }
    return notes
  }

  /// What is said where nothing was found, of what was not looked at.
  var ignoredNote: String {
    ignored > 0
      ? "; \(ignored) ignored \(ignored == 1 ? "name was" : "names were") left out, include_ignored shows them" : ""
  }
}

extension WorkPace {
  /// The pace of one call that lists or searches.
  convenience init(_ cancellation: Cancellation, _ settings: CommandSettings) {
    self.init(cancellation, time: settings.time, milliseconds: ToolLimits.searchMs)
  }
}
