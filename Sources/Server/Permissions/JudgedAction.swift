internal import OperatingSystem
internal import Protocol

/// An action with what is known of it.
struct JudgedAction {
  let action: PermissionAction
  let paths: [PermissionPath]
  /// The command as a shell would read it; `nil` when the action is no command.
  let line: ShellLine?
  /// Where the words of the command lead; `nil` when the action is no command.
  let words: WordPlaces?
  /// The file of secrets that it is about; `nil` when it is about none.
  let secret: String?
  /// Whether it changes what other programs run or follow by themselves.
  let changesAutoruns: Bool

  init(_ action: PermissionAction, workspace: String, links: LinkResolver) {
    self.action = action
    paths = action.paths.map { PermissionPath($0, workspace: workspace) }
    guard case .execute(let command, let folder, _) = action else {
      (line, words) = (nil, nil)
      secret = zip(action.paths, paths).first { Self.isSecret($1.absolute(workspace: workspace), action) }?.0
      changesAutoruns = paths.contains { Self.isAutorun($0, action, workspace, links) }
      return
    }
    let line = ShellLine(command)
    let words = WordPlaces(of: line, in: folder, workspace: workspace, links: links)
    self.line = line
    self.words = words
    secret = Self.secret(in: line, words)
    changesAutoruns = false
  }

  /// The place on the network that it asks; `nil` when it asks none.
  var place: String? {
    if case .fetch(_, let place) = action { return place }
    return nil
  }

  /// Whether all of it is in the workspace, by its paths and by the tools' finding.
  var isInside: Bool { action.isFoundInside && paths.allSatisfy(\.isInside) }

  /// A path counts from the root: where one works in a folder of secrets, what is in it holds some.
  private static func isSecret(_ path: [[UInt8]], _ action: PermissionAction) -> Bool {
    switch action {
    case .read: SecretFiles.isSecret(path)
    case .write, .move, .delete: SecretFiles.namesSecret(path)
    case .execute, .fetch, .clientTool, .model: false
    }
  }

  private static func isAutorun(
    _ path: PermissionPath, _ action: PermissionAction, _ workspace: String, _ links: LinkResolver
  ) -> Bool {
    let moves: Bool
    switch action {
    case .write: moves = false
    case .move, .delete: moves = true
    case .read, .execute, .fetch, .clientTool, .model: return false
    }
    guard !AutorunFiles.concerns(path.names, movesFolders: moves) else { return true }
    let whole = path.absolute(workspace: workspace)
    return EmbeddedRepository.grows(by: whole, rootCount: whole.count - path.names.count, links: links)
  }

  /// The file of secrets that a line plainly names.
  private static func secret(in line: ShellLine, _ words: WordPlaces) -> String? {
    for command in line.commands + line.suspects where !(command.words.first.map(ProgramHazards.isSilent) ?? false) {
      for word in command.words.dropFirst() {
        if let secret = word.literal.flatMap(words.secret) { return secret }
      }
    }
    return line.inputs.lazy.compactMap { $0.literal.flatMap(words.secret) }.first
  }
}
