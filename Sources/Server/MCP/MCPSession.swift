internal import OperatingSystem
package import Protocol
internal import Providers
internal import Synchronization

/// The MCP servers of one session: started side by side when they are first needed, listed, and ended with it.
///
/// A server that is slow, broken or gone costs its tools, and nothing else.
package final class MCPSession: Sendable {
  /// A server, and what is known of it.
  private struct Member {
    let settings: MCPServerSettings
    /// Its part of its tools' names.
    let word: String
    var server: MCPServer?
    var stage: Stage
    var greeting: MCPGreeting?
    var tools: [MCPNamedTool] = []
    var prompts: [MCPPrompt] = []
    /// Whether it was listed.
    var isKnown = false
    /// Set when the first try is over, however it ended.
    let tried = Promise<Bool>()
    /// Whether it is being listed, and whether it is to be listed again afterwards.
    var listing = (isOn: false, again: false)
  }

  /// How a server is doing.
  enum Stage: Hashable, Sendable {
    case off(String?)
    case needsApproval(String?)
    case starting
    case ready
    case failed(String)
    case needsAuth(String)
  }

  private struct State {
    var folder: String?
    var members: [Member] = []
    /// What the names of tools are, by server and tool; they stay while the session lives.
    var names: [String: String] = [:]
    var takenNames: Set<String> = []
    var notices: [String] = []
    /// Notices that were told already.
    var told: Set<String> = []
    var isClosed = false
  }

  private let id: String
  private let parts: MCPServers.Parts
  /// The clocks.
  var time: TimeSource { parts.time }
  private let state = Mutex(State())

  init(id: String, parts: MCPServers.Parts) {
    self.id = id
    self.parts = parts
  }

  /// Whether it has any.
  package var isEmpty: Bool { state.withLock { $0.members.isEmpty } }

  /// Takes what a person should know, once each.
  package func takeNotices() -> [String] {
    state.withLock { state in
      defer { state.notices = [] }
      return state.notices
    }
  }

  func note(_ notices: [String]) {
    state.withLock { state in
      for notice in notices where state.told.insert(notice).inserted { state.notices.append(notice) }
    }
  }
}

// MARK: - Which there are

extension MCPSession {
  /// These are the servers from now on; those that are there already, with the same settings in the same folder, stay.
  ///
  /// `stage` says whether a server may be started.
  func use(_ wanted: [MCPServerSettings], in folder: String, stage: (MCPServerSettings) -> Stage) {
    let (gone, changed) = state.withLock { state -> ([MCPServer], [String]) in
      guard !state.isClosed else { return ([], []) }
      var former = state.folder == folder ? state.members : []
      var gone = state.folder == folder ? [] : state.members
      var (members, changed): ([Member], [String]) = ([], [])
      var words: Set<String> = []
      for settings in wanted {
        let word = MCPToolName.word(of: settings.name)
        let isOwn = words.insert(word).inserted
        let next = stage(settings)
        if let place = former.firstIndex(where: { $0.settings == settings }) {
          var member = former.remove(at: place)
          // What was not agreed to may be by now, and the other way round.
          if member.server == nil || !Self.isPermitted(next) {
            if !Self.isSame(member.stage, next) { changed.append(settings.name) }
            if !Self.isPermitted(next), member.server != nil {
              gone.append(member)
              (member.server, member.tools) = (nil, [])
            }
            if !Self.isPermitted(next) || !Self.isPermitted(member.stage) { member.stage = next }
          }
          members.append(member)
        } else {
          members.append(
            Member(settings: settings, word: isOwn ? word : MCPToolName.word(of: settings.name + "\0"), stage: next))
          // What may be started tells of itself when it is.
          if !Self.isPermitted(next) { changed.append(settings.name) }
        }
      }
      (state.members, state.folder) = (members, folder)
      return ((gone + former).compactMap(\.server), changed)
    }
    for server in gone { Task { await server.shutDown() } }
    for name in changed { tell(of: name) }
  }

  private static func isPermitted(_ stage: Stage) -> Bool {
    if case .needsApproval = stage { return false }
    return true
  }

  private static func isSame(_ one: Stage, _ other: Stage) -> Bool {
    isPermitted(one) == isPermitted(other) || one == other
  }

  /// The servers that wait for a person's word.
  package var waiting: [MCPServerSettings] {
    state.withLock { state in state.members.filter { !Self.isPermitted($0.stage) }.map(\.settings) }
  }
}

// MARK: - Starting and ending

extension MCPSession {
  /// Starts all that may be, and waits for a while: whoever is slower comes later.
  package func start() async {
    let all = state.withLock { state -> [(String, Promise<Bool>)] in
      state.members.filter { Self.isPermitted($0.stage) }.map { ($0.settings.name, $0.tried) }
    }
    guard !all.isEmpty else { return }
    for (name, _) in all { begin(name) }
    await withTaskGroup(of: Bool.self) { group in
      group.addTask { [parts] in
        try? await parts.time.sleep(MCPClientLimits.firstWaitMs)
        return false
      }
      group.addTask {
        for (_, tried) in all where await tried.wait() == nil { return false }
        return true
      }
      _ = await group.next()
      group.cancelAll()
    }
  }

  /// Starts a server that was never started.
  private func begin(_ name: String) {
    let server = state.withLock { state -> MCPServer? in
      guard !state.isClosed, let place = state.members.firstIndex(where: { $0.settings.name == name }),
        state.members[place].server == nil, let folder = state.folder
      else { return nil }
      let server = makeServer(state.members[place].settings, in: folder)
      (state.members[place].server, state.members[place].stage) = (server, .starting)
      return server
    }
    guard let server else { return }
    tell(of: name)
    Task { await meet(server) }
  }

  private func makeServer(_ settings: MCPServerSettings, in folder: String) -> MCPServer {
    var host = parts.host(folder)
    host.ask = ask()
    host.listChanged = { [weak self] name, list in if list != .resources { self?.relist(name) } }
    host.stateChanged = { [weak self] name, state in self?.take(state, of: name) }
    let open = parts.open
    return MCPServer(settings, host: host) { inbox async throws(MCPFailure) in
      try await open(settings, folder, inbox)
    }
  }

  /// Who asks a person for a server, which is named in the question; `nil` where nobody can be asked.
  private func ask() -> MCPHost.Ask? {
    guard let desk = parts.questions, desk.canAsk else { return nil }
    return { [id] server, elicitation in
      var (message, form) = (elicitation.message, JSON.object([:]))
      switch elicitation.way {
      case .form(let schema): form = .object(schema)
      case .url(let url): message += "\n\nIt wants you to open: \(VisibleText.line(url, most: .max))"
      }
      let question = PersonQuestion(sessionId: id, asker: server, message: message, form: form)
      switch await desk.ask(question) {
      case .accepted(let values): return .accept(values)
      case .declined: return .decline
      case .cancelled, .expired: return .cancel
      }
    }
  }

  /// Starts a server and lists its tools, when it is its turn.
  private func meet(_ server: MCPServer) async {
    let name = server.settings.name
    await parts.gate(of: server.settings).pass {
      do throws(MCPFailure) {
        let greeting = try await server.start()
        let list = try await server.listTools()
        let prompts = greeting.capabilities.prompts ? (try? await server.listPrompts()) ?? [] : []
        put(list, prompts, greeting, of: server)
      } catch {
        fail(server, error)
      }
    }
    let tried = state.withLock { state in state.members.first { $0.settings.name == name }?.tried }
    tried?.set(true)
  }

  /// Starts a server anew, and waits for it.
  ///
  /// - Throws: ``Failure/Reason/invalidParams`` when there is none of that name, or it may not be started.
  package func restart(_ name: String) async throws(Failure) -> MCPServerInfo {
    let former = state.withLock { state -> (server: MCPServer?, isPermitted: Bool)? in
      guard let place = state.members.firstIndex(where: { $0.settings.name == name }) else { return nil }
      defer { state.members[place].server = nil }
      return (state.members[place].server, Self.isPermitted(state.members[place].stage))
    }
    guard let former else { throw .invalidParams("the session has no MCP server '\(name)'; mcp/list names them") }
    guard former.isPermitted else {
      throw .invalidParams("the MCP server '\(name)' waits for the person's word; a prompt asks for it")
    }
    await former.server?.shutDown()
    begin(name)
    let server = state.withLock { state in state.members.first { $0.settings.name == name }?.server }
    _ = try? await server?.start()
    // Whoever started it lists it, too.
    let tried = state.withLock { state in state.members.first { $0.settings.name == name }?.tried }
    _ = await tried?.wait()
    guard let info = infos.first(where: { $0.name == name }) else { throw .invalidParams("the session is closed") }
    return info
  }

  /// Ends all servers, for good.
  func close() async {
    let servers = state.withLock { state -> [MCPServer] in
      state.isClosed = true
      for member in state.members { member.tried.set(false) }
      return state.members.compactMap(\.server)
    }
    await withTaskGroup(of: Void.self) { group in
      for server in servers { group.addTask { await server.shutDown() } }
    }
  }
}

// MARK: - What servers say

extension MCPSession {
  /// Takes a server's word of how it is doing, once it was met.
  private func take(_ new: MCPServerState, of name: String) {
    let isKnown = state.withLock { state in state.members.first { $0.settings.name == name }?.isKnown ?? false }
    switch new {
    case .off, .closed: break
    case .starting: if isKnown { set(.starting, of: name) }
    case .failed(let failure):
      if isKnown { set(Self.stage(of: failure), of: name, notice: "the MCP server '\(name)' is gone: ") }
    case .ready: if isKnown { relist(name) }
    }
  }

  private func fail(_ server: MCPServer, _ failure: MCPFailure) {
    guard failure != .cancelled else { return }
    set(Self.stage(of: failure), of: server.settings.name, notice: "the MCP server '\(server.settings.name)' is not there: ")
  }

  private static func stage(of failure: MCPFailure) -> Stage {
    if case .unauthorized(let text) = failure { return .needsAuth(text) }
    return .failed(failure.words)
  }

  private func set(_ stage: Stage, of name: String, notice: String? = nil) {
    let isNew = state.withLock { state -> Bool in
      guard !state.isClosed, let place = state.members.firstIndex(where: { $0.settings.name == name }) else { return false }
      defer { state.members[place].stage = stage }
      return state.members[place].stage != stage
    }
    guard isNew else { return }
    switch stage {
    case .failed(let why), .needsAuth(let why): if let notice { note([notice + why]) }
    default: break
    }
    tell(of: name)
  }

  /// Lists a server's tools again; what comes meanwhile is done afterwards, once.
  private func relist(_ name: String) {
    let server = state.withLock { state -> MCPServer? in
      guard !state.isClosed, let place = state.members.firstIndex(where: { $0.settings.name == name }),
        state.members[place].isKnown
      else { return nil }
      guard !state.members[place].listing.isOn else {
        state.members[place].listing.again = true
        return nil
      }
      state.members[place].listing = (true, false)
      return state.members[place].server
    }
    guard let server else { return }
    Task {
      do throws(MCPFailure) {
        let greeting = try await server.start()
        let list = try await server.listTools()
        let prompts = greeting.capabilities.prompts ? (try? await server.listPrompts()) ?? [] : []
        put(list, prompts, greeting, of: server)
      } catch {
        fail(server, error)
      }
      let again = state.withLock { state -> Bool in
        guard let place = state.members.firstIndex(where: { $0.server === server }) else { return false }
        defer { state.members[place].listing = (false, false) }
        return state.members[place].listing.again
      }
      if again { relist(name) }
    }
  }

  /// Keeps what a server is and has.
  private func put(
    _ list: MCPToolList, _ prompts: [MCPPrompt], _ greeting: MCPGreeting, of server: MCPServer
  ) {
    var notices = list.notices
    let isNew = state.withLock { state -> Bool in
      guard !state.isClosed, let place = state.members.firstIndex(where: { $0.server === server }) else { return false }
      let settings = state.members[place].settings
      var tools: [MCPNamedTool] = []
      let own = list.tools.map { (kind: MCPNamedTool.Kind.tool, tool: $0) }
      for (kind, tool) in own + (greeting.capabilities.resources ? MCPNamedTool.ofResources : []) {
        let key = "\(settings.name)\0\(kind == .tool ? "" : "\0")\(tool.name)"
        let name =
          state.names[key]
          ?? MCPToolName.name(of: tool.name, server: settings.name, word: state.members[place].word) {
            state.takenNames.contains($0)
          }
        guard !tools.contains(where: { $0.name == name }) else { continue }
        do throws(MCPNamedTool.Misfit) {
          tools.append(try MCPNamedTool(tool, name: name, server: settings, kind: kind))
          (state.names[key], _) = (name, state.takenNames.insert(name))
        } catch {
          notices.append("\(error.reason), is left out")
        }
      }
      let isSame =
        state.members[place].tools == tools && state.members[place].stage == .ready
        && state.members[place].greeting == greeting && state.members[place].prompts == prompts
      state.members[place].prompts = prompts
      state.members[place].tools = tools
      state.members[place].greeting = greeting
      (state.members[place].stage, state.members[place].isKnown) = (.ready, true)
      return !isSame
    }
    note(notices.map { "the MCP server '\(server.settings.name)': \($0)" })
    if isNew { tell(of: server.settings.name) }
  }

  private func tell(of name: String) {
    guard let info = infos.first(where: { $0.name == name }) else { return }
    parts.sink.tell(.mcpServerChanged(MCPServerChanged(sessionId: id, server: info)))
  }
}

// MARK: - What there is

extension MCPSession {
  /// What is known of the servers, without what may be secret.
  package var infos: [MCPServerInfo] {
    state.withLock { state in state.members.map { MCPServerInfo($0.settings, $0.word, $0.stage, $0.greeting, tools: $0.isKnown ? $0.tools.count : nil) } }
  }

  /// All tools that can be called now, with whom to ask for them.
  var live: [(tool: MCPNamedTool, server: MCPServer)] {
    state.withLock { state in
      state.members.flatMap { member -> [(MCPNamedTool, MCPServer)] in
        guard case .ready = member.stage, let server = member.server else { return [] }
        return member.tools.map { ($0, server) }
      }
    }
  }

  /// The prompts that can be called now.
  package var prompts: [MCPNamedPrompt] {
    state.withLock { state in
      state.members.flatMap { member -> [MCPNamedPrompt] in
        guard case .ready = member.stage else { return [] }
        var taken: Set<String> = []
        return member.prompts.map { prompt in
          let name = MCPToolName.name(of: prompt.name, server: member.settings.name, word: member.word) {
            taken.contains($0)
          }
          taken.insert(name)
          return MCPNamedPrompt(name: name, server: member.settings.name, prompt: prompt)
        }
      }
    }
  }

  /// What a prompt says, filled in.
  package func fill(
    _ known: MCPNamedPrompt, _ arguments: [String: String]
  ) async -> Result<[ContentBlock], MCPFailure> {
    let server = state.withLock { state in state.members.first { $0.settings.name == known.server }?.server }
    guard let server else { return .failure(.gone("it is not there now")) }
    do throws(MCPFailure) {
      return .success(try await server.prompt(known.prompt.name, arguments).map(\.block))
    } catch {
      return .failure(error)
    }
  }

  /// Whether more tools may come than there are, or others.
  var mayChange: Bool {
    state.withLock { state in
      state.members.contains { member in
        switch member.stage {
        case .ready: member.greeting?.capabilities.toolsChange ?? false
        case .starting, .needsApproval(nil), .failed, .needsAuth: true
        case .off, .needsApproval: false
        }
      }
    }
  }

  /// What servers that answer say of themselves, by name.
  var greetings: [(server: String, greeting: MCPGreeting)] {
    state.withLock { state in
      state.members.compactMap { member in
        guard case .ready = member.stage else { return nil }
        return member.greeting.map { (member.settings.name, $0) }
      }
    }
  }

  /// Has a server listed again that does not know a tool which it has named.
  func doubt(_ server: String) { relist(server) }
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
  fileprivate init(
    _ settings: MCPServerSettings, _ word: String, _ stage: MCPSession.Stage, _ greeting: MCPGreeting?, tools: Int?
  ) {
    let (transport, command, url): (String, [String]?, String?) =
      switch settings.way {
      case .command(let command, let arguments, _): ("stdio", [command] + arguments, nil)
      case .http(let url, _): ("http", nil, Self.shown(url))
      case .events(let url, _): ("sse", nil, Self.shown(url))
      }
    self.init(
      name: settings.name, source: Self.source(settings.source), state: stage.state, transport: transport,
      toolPrefix: "\(MCPToolName.beginning)\(word)__")
    (self.command, self.url, self.tools) = (command, url, tools)
    if case .project(let file) = settings.source { self.file = file }
    error = stage.reason
    guard stage == .ready, let greeting else { return }
    era = greeting.revision.isModern ? "modern" : "legacy"
    revision = greeting.revision.rawValue
    serverInfo = PeerInfo(name: greeting.name, version: greeting.version)
  }

  private static func source(_ source: MCPServerSettings.Source) -> Source {
    switch source {
    case .session: .session
    case .client: .client
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

extension MCPSession.Stage {
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
