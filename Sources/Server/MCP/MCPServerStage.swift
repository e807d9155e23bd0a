internal import Protocol

/// How a server of a session is doing.
enum MCPServerStage: Hashable, Sendable {
  case off(String?)
  /// A file of the project names it; with a reason when the person has refused it.
  case needsApproval(String?)
  case starting
  case ready
  case failed(String)
  case needsAuth(String)

  /// Whether it may be started.
  var isPermitted: Bool {
    if case .needsApproval = self { return false }
    return true
  }

  /// The stage of a server that failed so.
  init(_ failure: MCPFailure) {
    if case .unauthorized(let text) = failure { self = .needsAuth(text) } else { self = .failed(failure.words) }
  }
}

extension MCPFailure {
  /// What went wrong, for a person and the model.
  package var words: String {
    switch self {
    case .refused(let error): "\(error.code.rawValue): \(error.message)"
    case .gone(let why), .late(let why), .unauthorized(let why), .unusable(let why): why
    case .forgotten: "the server has forgotten its session"
    case .cancelled: "the person stopped this before it was done"
    }
  }
}

extension MCPServerInfo {
  /// What is told of a server.
  init(
    _ settings: MCPServerSettings, _ word: String, _ stage: MCPServerStage, _ greeting: MCPGreeting?, tools: Int?
  ) {
    let (transport, command, url): (String, [String]?, String?) =
      switch settings.written {
      case .command(let command, let arguments, _): ("stdio", [command] + arguments, nil)
      case .http(let url, _): ("http", nil, Self.shown(url))
      case .events(let url, _): ("sse", nil, Self.shown(url))
      }
    self.init(
      name: settings.name, source: Self.source(settings.source), state: stage.state, transport: transport,
      toolPrefix: "\(MCPToolName.beginning)\(word)__")
    (self.command, self.url, self.tools) = (command, url, tools)
    switch settings.source {
    case .user(let file), .project(let file): self.file = file
    case .session, .client: break
    }
    error = stage.reason
    guard stage == .ready, let greeting else { return }
    era = greeting.revision.isModern ? "modern" : "legacy"
    revision = greeting.revision.rawValue
    (serverName, serverVersion) = (greeting.name, greeting.version)
  }

  private static func source(_ source: MCPServerSettings.Source) -> Source {
    switch source {
    case .session: .session
    case .client: .client
    case .user: .user
    case .project: .project
    }
  }

  /// A URL without what may be secret: a name before the host, and what follows `?` or `#`.
  private static func shown(_ url: String) -> String {
    let plain = url.prefix { $0 != "?" && $0 != "#" }
    guard let scheme = plain.firstRange(of: "://") else { return String(plain) }
    let rest = plain[scheme.upperBound...]
    let host = rest.prefix { $0 != "/" }
    guard let sign = host.lastIndex(of: "@") else { return String(plain) }
    return String(plain[..<scheme.upperBound] + rest[host.index(after: sign)...])
  }
}

extension MCPServerStage {
  fileprivate var state: MCPServerInfo.State {
    switch self {
    case .off: .off
    case .needsApproval: .needsApproval
    case .starting: .starting
    case .ready: .ready
    case .failed: .failed
    case .needsAuth: .needsAuth
    }
  }

  fileprivate var reason: String? {
    switch self {
    case .starting, .ready: nil
    case .off(let why), .needsApproval(let why): why
    case .failed(let why), .needsAuth(let why): why
    }
  }
}
