/// What a call wants to do: the question a permission answers.
///
/// It is neutral: the tools tell their effects in these words, and permissions know no tool.
package struct PermissionSubject: Hashable, Sendable {
  /// The tool that is called, as the model names it.
  package var tool: String
  /// All that the call would do.
  ///
  /// A call that does nothing outside the program has none, and needs no permission.
  package var actions: [PermissionAction]
  /// The paths as the call has them, before links are followed; of a tool that is not ours, all its words.
  package var named: [String]

  /// Whether another program does it, which alone knows what its words mean.
  package var isForeign: Bool {
    actions.contains { action in
      switch action {
      case .clientTool, .serverTool: true
      default: false
      }
    }
  }

  /// A call and what it would do.
  package init(tool: String, actions: [PermissionAction], named: [String] = []) {
    self.tool = tool
    self.actions = actions
    self.named = named
  }
}

/// One thing that a call would do.
///
/// A path is as the tools write it once links are followed: within the workspace from its folder (`src/main.c`, the
/// folder itself is `.`), outside absolute. `isInside` is the tools' own finding; it is believed only where the path
/// does not contradict it.
package enum PermissionAction: Hashable, Sendable {
  /// A file's content or a folder's names are read.
  case read(path: String, isInside: Bool)
  /// A file or folder is made or changed.
  case write(path: String, isInside: Bool)
  /// A file or folder gets another path; nothing is lost by it. `isInside`: both paths are in the workspace.
  case move(source: String, destination: String, isInside: Bool)
  /// A file or folder goes.
  case delete(path: String, isInside: Bool)
  /// A line is given to `/bin/sh -c` in a folder; it can do whatever this program's user can.
  case execute(command: String, folder: String, isInside: Bool)
  /// Something is asked for on the network: `host`, or `host:port` where the port is not the usual one.
  case fetch(url: String, place: String)
  /// A model's service looks at the web by itself, during the whole session.
  case lookAtWeb
  /// Another model answers from now on; `cost` says what that means for the price, as the end of "it …". `isAskedFor`: the
  /// person named it.
  case model(name: String, cost: String, isAskedFor: Bool)
  /// The client does it: a tool that the client registered, which it runs, or refuses, itself.
  case clientTool
  /// An MCP server does it; `claim` is what it says of the effects of such calls.
  case serverTool(server: String, claim: String?)
  /// An MCP server that a project's file names is started, or reached.
  case startServer(command: String, file: String)
  /// A project's file of settings allows, runs or widens something from now on.
  case trustSettings(what: String, file: String)

  /// The paths it is about.
  package var paths: [String] {
    switch self {
    case .read(let path, _), .write(let path, _), .delete(let path, _), .execute(_, let path, _): [path]
    case .move(let source, let destination, _): [source, destination]
    case .clientTool, .serverTool, .startServer, .trustSettings, .fetch, .lookAtWeb, .model: []
    }
  }

  /// Whether the tools found all of it in the workspace.
  package var isFoundInside: Bool {
    switch self {
    case .read(_, let isInside), .write(_, let isInside), .delete(_, let isInside), .execute(_, _, let isInside),
      .move(_, _, let isInside):
      isInside
    case .clientTool, .serverTool, .startServer, .trustSettings, .fetch, .lookAtWeb, .model: true
    }
  }

  /// What it does, as the end of "wants to …".
  package var text: String {
    switch self {
    case .read(let path, _): "read \(path)"
    case .write(let path, _): "change \(path)"
    case .move(let source, let destination, _): "move \(source) to \(destination)"
    case .delete(let path, _): "delete \(path)"
    case .execute(let command, _, _): "run the command: \(command)"
    case .fetch(let url, _): "fetch \(url)"
    case .lookAtWeb: "let the model's service look at the web"
    case .model(let name, _, _): "switch to the model \(name)"
    case .clientTool: "call a tool of the client"
    case .startServer(let command, _): "start the MCP server: \(command)"
    case .trustSettings(let what, let file): "use what \(file) says: \(what)"
    case .serverTool(let server, _): "call a tool of the MCP server \(server)"
    }
  }

  /// Whether it is agreed to by itself: no rule and no mode spoke of that command, or that content.
  var isAgreedToByItself: Bool {
    switch self {
    case .startServer, .trustSettings: true
    default: false
    }
  }
}
