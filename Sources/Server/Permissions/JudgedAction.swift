internal import OperatingSystem
internal import Protocol

/// An action with what is known of it.
struct JudgedAction {
  let action: PermissionAction
  let paths: [PermissionPath]
  /// The command as a shell would read it; `nil` when the action is no command.
  let line: ShellLine?
  /// The names from the root that what it is about has: as it is written, where links lead, and as other names of the same
  /// file (hard links).
  ///
  /// Rules that refuse or ask are held against all of them, and only for those they are looked up.
  let places: [[[UInt8]]]
  /// What the command reaches; `nil` when the action is no command, or no rule is about paths.
  let reach: CommandReach?
  /// Where the words of the command lead; `nil` when the action is no command.
  let words: WordPlaces?
  /// The file of secrets that it is about; `nil` when it is about none.
  let secret: String?
  /// Whether it changes what other programs run or follow by themselves.
  let changesAutoruns: Bool
  /// Whether all of it is in the folders where one works, by its paths and by the tools' finding.
  let isInside: Bool

  init(_ action: PermissionAction, named: [String] = [], matching: RuleMatching) {
    self.action = action
    let setting = matching.setting
    let workspace = FileLookup.path(setting.workspace)
    let paths = action.paths.map { PermissionPath($0, workspace: workspace) }
    self.paths = paths
    isInside = action.isFoundInside && paths.allSatisfy { setting.below($0).isInside }
    let absolute = paths.map { $0.absolute(setting) }
    guard case .execute(let command, let folder, _) = action else {
      (line, words, reach) = (nil, nil, nil)
      let written = named.map { PermissionPath($0, workspace: workspace).absolute(setting) }
      places = matching.restrictsPaths ? absolute + written + absolute.flatMap(matching.linked.others) : absolute
      secret = zip(action.paths, absolute).first { Self.isSecret($1, action) }?.0
      changesAutoruns = paths.contains { Self.isAutorun($0, action, matching) }
      return
    }
    let line = ShellLine(command)
    let words = WordPlaces(
      of: line, in: folder, workspace: workspace, others: setting.others.map { FileLookup.path($0) },
      links: matching.links)
    self.line = line
    self.words = words
    places = []
    reach =
      matching.restrictsPaths
      ? CommandReach(line, in: absolute.first ?? [], setting: setting, linked: matching.linked) : nil
    secret = Self.secret(in: line, words)
    changesAutoruns = false
  }

  /// The place on the network that it asks; `nil` when it asks none.
  var place: String? {
    if case .fetch(_, let place) = action { return place }
    return nil
  }

  /// A path counts from the root: where one works in a folder of secrets, what is in it holds some.
  private static func isSecret(_ path: [[UInt8]], _ action: PermissionAction) -> Bool {
    switch action {
    case .read: SecretFiles.isSecret(path)
    case .write, .move, .delete: SecretFiles.namesSecret(path)
    case .execute, .fetch, .lookAtWeb, .clientTool, .serverTool, .startServer, .trustSettings, .model: false
    }
  }

  private static func isAutorun(
    _ path: PermissionPath, _ action: PermissionAction, _ matching: RuleMatching
  ) -> Bool {
    let moves: Bool
    switch action {
    case .write: moves = false
    case .move, .delete: moves = true
    case .read, .execute, .fetch, .lookAtWeb, .clientTool, .serverTool, .startServer,
      .trustSettings, .model:
      return false
    }
    let below = matching.setting.below(path).names
    guard !AutorunFiles.concerns(below, movesFolders: moves) else { return true }
    let whole = path.absolute(matching.setting)
    return EmbeddedRepository.grows(by: whole, rootCount: whole.count - below.count, links: matching.links)
  }

  /// The file of secrets that a line plainly names.
  private static func secret(in line: ShellLine, _ words: WordPlaces) -> String? {
    for command in line.commands + line.suspects where !(command.words.first.map(ProgramHazards.isSilent) ?? false) {
      for word in command.words.dropFirst() {
        if let secret = word.literal.flatMap(words.secret) { return secret }
      }
    }
    return line.loose.lazy.compactMap { $0.word.literal.flatMap(words.secret) }.first
  }
}
