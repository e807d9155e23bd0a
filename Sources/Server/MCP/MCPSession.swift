internal import OperatingSystem
package import Protocol
internal import Providers
internal import Synchronization

/// The MCP servers of one session: started side by side when they are first needed, listed, and ended with it.
///
/// A server that is slow, broken or gone costs its tools, and nothing else.
package final class MCPSession: Sendable {
  private struct State {
    var folders: [String] = []
    var members: [MCPMember] = []
    var words = MCPServerWords()
    /// What the names of tools are, by server and tool; they stay while the session lives.
    var names: [String: String] = [:]
    var takenNames: Set<String> = []
    var notices = MCPNotices()
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
  package func takeNotices() -> [String] { state.withLock { $0.notices.take() } }

  func note(_ notices: [String]) { state.withLock { $0.notices.add(notices) } }
}

// MARK: - Which there are

extension MCPSession {
  /// These are the servers from now on; those that are there already, with the same settings in the same folders, stay.
  ///
  /// `stage` says whether a server may be started, under the lock.
  func use(_ wanted: [MCPServerSettings], in folders: [String], stage: (MCPServerSettings) -> MCPServerStage) {
    let changed = state.withLock { state -> [String] in
      guard !state.isClosed else { return [] }
      var former = state.folders == folders ? state.members : []
      var gone = state.folders == folders ? [] : state.members
      var (members, changed): ([MCPMember], [String]) = ([], [])
      for settings in wanted {
        let next = stage(settings)
        if let place = former.firstIndex(where: { $0.settings == settings }) {
          var member = former.remove(at: place)
          // What was not agreed to may be by now, and the other way round.
          if member.server == nil || !next.isPermitted {
            if !Self.isSame(member.stage, next) { changed.append(settings.name) }
            if !next.isPermitted, member.server != nil {
              gone.append(member)
              member.leave()
            }
            if !next.isPermitted || !member.stage.isPermitted { member.stage = next }
          }
          members.append(member)
        } else {
          members.append(MCPMember(settings: settings, word: state.words.word(of: settings.name), stage: next))
          // What may be started tells of itself when it is.
          if !next.isPermitted { changed.append(settings.name) }
        }
      }
      (state.members, state.folders) = (members, folders)
      for server in (gone + former).compactMap(\.server) { parts.endings.add { await server.shutDown() } }
      return changed
    }
    for name in changed { tell(of: name) }
  }

  private static func isSame(_ one: MCPServerStage, _ other: MCPServerStage) -> Bool {
    one.isPermitted == other.isPermitted || one == other
  }

  /// The servers that wait for a person's first word, and what a rule for all tools of each calls them.
  package var waiting: [(settings: MCPServerSettings, toolName: String)] {
    state.withLock { state in
      state.members.filter { $0.stage == .needsApproval(nil) }.map { ($0.settings, MCPToolName.beginning + $0.word) }
    }
  }
}

// MARK: - Starting and ending

extension MCPSession {
  /// Starts all that may be, and waits for a while: whoever is slower comes later.
  package func start() async {
    let all = state.withLock { state -> [(String, Promise<Bool>)] in
      state.members.filter { $0.stage.isPermitted }.map { ($0.settings.name, $0.tried) }
    }
    guard !all.isEmpty else { return }
    for (name, _) in all { begin(name) }
    _ = await parts.time.limited(to: MCPClientLimits.firstWaitMs) {
      for (_, tried) in all where await tried.wait() == nil { return }
    }
  }

  /// Starts a server that was never started.
  private func begin(_ name: String) {
    let start = state.withLock { state -> (MCPServer, Promise<Bool>)? in
      guard !state.isClosed, let place = state.members.firstIndex(where: { $0.settings.name == name }),
        state.members[place].server == nil, let folder = state.folders.first
      else { return nil }
      let server = makeServer(for: state.members[place], in: folder, of: state.folders)
      (state.members[place].server, state.members[place].stage) = (server, .starting)
      return (server, state.members[place].tried)
    }
    guard let (server, tried) = start else { return }
    tell(of: name)
    Task {
      await meet(server)
      tried.set(true)
    }
  }

  private func makeServer(for member: MCPMember, in folder: String, of folders: [String]) -> MCPServer {
    let (settings, tried) = (member.settings, member.tried)
    var host = parts.host(folders)
    host.ask = MCPQuestions(sessionId: id, desk: parts.questions).ask
    host.listChanged = { [weak self] name, list in if list != .resources { self?.relist(name) } }
    host.stateChanged = { [weak self] name, state in self?.take(state, of: name, tried) }
    let open = parts.open
    return MCPServer(settings, host: host) { inbox async throws(MCPFailure) in
      try await open(settings, folder, inbox)
    }
  }

  /// Starts a server when it is its turn, and lists its tools.
  private func meet(_ server: MCPServer) async {
    // Why it cannot be started is what whoever asks it is told. A place is for starting alone: a list may take long.
    _ = await parts.places(of: server.settings).pass { _ = try? await server.start() }
    do throws(MCPFailure) {
      try await list(server)
    } catch {
      fail(server, error)
    }
  }

  /// Starts a server anew, and waits for it.
  ///
  /// - Throws: ``Failure/Reason/invalidParams`` when there is none of that name, or it may not be started.
  package func restart(_ name: String) async throws(Failure) -> MCPServerInfo {
    let former = state.withLock { state -> (ending: Task<Void, Never>?, isPermitted: Bool)? in
      guard let place = state.members.firstIndex(where: { $0.settings.name == name }) else { return nil }
      guard state.members[place].stage.isPermitted else { return (nil, false) }
      let ending = state.members[place].server.map { server in parts.endings.add { await server.shutDown() } }
      state.members[place].leave()
      return (ending, true)
    }
    guard let former else { throw .invalidParams("the session has no MCP server '\(name)'; mcp/list names them") }
    guard former.isPermitted else {
      throw .invalidParams("the MCP server '\(name)' waits for the person's word; a prompt asks for it")
    }
    await former.ending?.value
    begin(name)
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
  private func take(_ new: MCPServerState, of name: String, _ tried: Promise<Bool>) {
    let isMeant = { (member: MCPMember) in member.isKnown && member.tried === tried }
    switch new {
    case .off, .closed: break
    case .starting: set(.starting, where: isMeant)
    case .failed(let failure):
      set(MCPServerStage(failure.shown), notice: "the MCP server '\(name)' is gone: ", where: isMeant)
    case .ready: if state.withLock({ $0.members.contains(where: isMeant) }) { relist(name) }
    }
  }

  private func fail(_ server: MCPServer, _ failure: MCPFailure) {
    guard failure != .cancelled else { return }
    set(MCPServerStage(failure.shown), notice: "the MCP server '\(server.settings.name)' is not there: ") {
      $0.server === server
    }
  }

  private func set(_ stage: MCPServerStage, notice: String? = nil, where isMeant: (MCPMember) -> Bool) {
    let changed = state.withLock { state -> String? in
      guard !state.isClosed, let place = state.members.firstIndex(where: isMeant) else { return nil }
      defer { state.members[place].stage = stage }
      return state.members[place].stage != stage ? state.members[place].settings.name : nil
    }
    guard let name = changed else { return }
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
        try await list(server)
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

  private func list(_ server: MCPServer) async throws(MCPFailure) {
    let greeting = try await server.greeting()
    let tools = try await server.listTools()
    let prompts = greeting.capabilities.prompts ? (try? await server.listPrompts()) ?? [] : []
    put(tools, prompts, greeting, of: server)
  }

  /// Keeps what a server is and has.
  private func put(
    _ list: MCPToolList, _ prompts: [MCPPrompt], _ greeting: MCPGreeting, of server: MCPServer
  ) {
    let own = list.tools.map { (kind: MCPNamedTool.Kind.tool, tool: $0) }
    let offered = own + (greeting.capabilities.resources ? MCPNamedTool.ofResources : [])
    let settings = server.settings
    let names = state.withLock { state -> [String] in
      guard let member = state.members.first(where: { $0.server === server }) else { return [] }
      return offered.map { kind, tool in
        let key = "\(settings.name)\0\(kind == .tool ? "" : "\0")\(tool.name)"
        let name =
          state.names[key]
          ?? MCPToolName.name(of: tool.name, server: settings.name, word: member.word) {
            state.takenNames.contains($0)
          }
        (state.names[key], _) = (name, state.takenNames.insert(name))
        return name
      }
    }
    // Outside the lock: schemas may be large.
    var (tools, taken, notices): ([MCPNamedTool], Set<String>, [String]) = ([], [], list.notices)
    for ((kind, tool), name) in zip(offered, names) where !taken.contains(name) {
      do throws(MCPTool.Misfit) {
        tools.append(try MCPNamedTool(tool, name: name, server: settings, kind: kind))
        taken.insert(name)
      } catch {
        notices.append("\(error.reason), is left out")
      }
    }
    let isNew = state.withLock { [tools] state -> Bool in
      guard !state.isClosed, let place = state.members.firstIndex(where: { $0.server === server }) else { return false }
      let isSame =
        state.members[place].tools == tools && state.members[place].stage == .ready
        && state.members[place].greeting == greeting && state.members[place].prompts == prompts
      state.members[place].prompts = prompts
      state.members[place].tools = tools
      state.members[place].greeting = greeting
      (state.members[place].stage, state.members[place].isKnown) = (.ready, true)
      return !isSame
    }
    note(MCPNotices.few(notices).map { "the MCP server '\(server.settings.name)': \($0)" })
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
    state.withLock { state in
      state.members.map {
        MCPServerInfo($0.settings, $0.word, $0.stage, $0.greeting, tools: $0.isKnown ? $0.tools.count : nil)
      }
    }
  }

  /// All tools that can be called now, with whom to ask for them; a call of a server's that is started again waits for it.
  var live: [(tool: MCPNamedTool, server: MCPServer)] {
    state.withLock { state in
      state.members.flatMap { member -> [(MCPNamedTool, MCPServer)] in
        guard member.stage == .ready || member.stage == .starting && member.isKnown, let server = member.server
        else { return [] }
        return member.tools.map { ($0, server) }
      }
    }
  }

  /// The server that is being started, by the names of the tools that it had before.
  var awaited: [String: String] {
    state.withLock { state in
      let starting = state.members.filter { $0.stage == .starting && !$0.isKnown }.map(\.settings.name)
      guard !starting.isEmpty else { return [:] }
      let names = state.names.flatMap { key, name in
        starting.filter { key.hasPrefix("\($0)\0") }.map { (name, $0) }
      }
      return Dictionary(names) { one, _ in one }
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
