package import OperatingSystem
internal import Protocol
internal import Providers
internal import Synchronization

/// The MCP servers of all sessions: who named them, who agreed to them, and how they are reached.
package final class MCPServers: Sendable {
  /// Opens a way to a server of a session in that folder.
  package typealias Open =
    @Sendable (MCPServerSettings, _ folder: String, any MCPInbox) async throws(MCPFailure)
    -> any MCPTransport

  /// What servers are started and heard with.
  struct Parts: Sendable {
    let open: Open
    let host: @Sendable (_ folders: [String]) -> MCPHost
    let sink: any EventSink
    let time: TimeSource
    /// Who asks the person for servers.
    let questions: QuestionDesk?
    /// The servers that are being shut down.
    let endings = MCPEndings()
    fileprivate let local = Places(MCPClientLimits.localStartsMax)
    fileprivate let remote = Places(MCPClientLimits.remoteStartsMax)

    /// Where a server waits for its turn to start.
    func places(of settings: MCPServerSettings) -> Places {
      if case .command = settings.way { return local }
      return remote
    }
  }

  private struct State {
    var client: [MCPServerSettings] = []
    var given: [String: [MCPServerSettings]] = [:]
    var sessions: [String: MCPSession] = [:]
    var isOver = false
  }

  private let parts: Parts
  /// The variables that a project's file may name.
  package let variables: MCPVariables
  private let state = Mutex(State())
  /// What the person has said of servers of projects, by fingerprint; before that by session, where it is for one alone.
  ///
  /// A lock of their own, as a session asks for them under its lock: under this one no other is taken.
  private let answers = Mutex<[String: Bool]>([:])

  /// No servers; `log` takes what they say, and `sink` how they are doing.
  package init(
    sink: any EventSink, log: Log, time: TimeSource, variables: MCPVariables,
    questions: QuestionDesk? = nil, open: @escaping Open
  ) {
    self.variables = variables
    let host = { @Sendable (folders: [String]) in
      MCPHost(name: Version.name, version: Version.number, roots: folders, log: log, time: time)
    }
    parts = Parts(open: open, host: host, sink: sink, time: time, questions: questions)
  }

  /// The servers that all sessions have, as the client named them.
  package var client: [MCPServerSettings] {
    get { state.withLock { $0.client } }
    set { state.withLock { $0.client = newValue } }
  }

  /// Gives a session servers of its own, in the place of those that it was given before.
  package func give(_ reading: MCPConfiguration.Reading, to sessionId: String) {
    state.withLock { $0.given[sessionId] = reading.servers.isEmpty ? nil : reading.servers }
    if !reading.notices.isEmpty { opened(sessionId) { false }?.note(reading.notices) }
  }

  /// Gives a session the servers that another was given.
  package func give(ofSession other: String, to sessionId: String) {
    state.withLock { $0.given[sessionId] = $0.given[other] }
  }

  /// The servers of a session; `nil` where it was not asked yet which it has, or they were ended.
  package func session(_ id: String) -> MCPSession? { state.withLock { $0.sessions[id] } }

  /// The servers of a session, from its first to its end; `nil` when the program ends.
  private func opened(_ id: String, unless isClosed: () -> Bool) -> MCPSession? {
    state.withLock { state in
      // Asked under the lock: a session says that it is closed before its servers are ended, which finds what is made
      // here.
      guard !state.isOver, !isClosed() else { return nil }
      if let known = state.sessions[id] { return known }
      let session = MCPSession(id: id, parts: parts)
      state.sessions[id] = session
      return session
    }
  }

  /// Begins to end the servers of a session that is closed.
  ///
  /// - Returns: What ends them; `nil` where there are none.
  @discardableResult
  package func close(_ id: String) -> Task<Void, Never>? {
    state.withLock { state in
      state.given[id] = nil
      return state.sessions.removeValue(forKey: id).map { session in parts.endings.add { await session.close() } }
    }
  }

  /// Whether any session has some, or some are being ended.
  package var areThere: Bool {
    // Sessions are asked outside the lock: under theirs they may want something of here.
    let sessions = state.withLock { Array($0.sessions.values) }
    return parts.endings.areThere || sessions.contains { !$0.isEmpty }
  }

  /// Ends all servers, and waits for those that are being ended already; none is started any more.
  package func closeAll() async {
    state.withLock { state in
      state.isOver = true
      for session in state.sessions.values { parts.endings.add { await session.close() } }
      state.sessions = [:]
    }
    await parts.endings.wait()
  }

  private func answer(to fingerprint: String, in id: String) -> Bool? {
    answers.withLock { $0["\(id) \(fingerprint)"] ?? $0[fingerprint] }
  }
}

// MARK: - Which a session has

extension MCPServers {
  /// Finds out which servers a session has: its own go before the client's, and those before the project's.
  ///
  /// They run in the first of the session's folders, are told of all, and kept to `confinement`. `isClosed` says whether the session is closed by
  /// now: nobody would end what came to it then.
  ///
  /// - Returns: The session's servers, of which some may wait for a person's word; `nil` when it is closed, or the program
  ///   ends.
  package func prepare(
    _ id: String, in folders: [String], project: MCPConfiguration.Reading?, confinement: Confinement? = nil,
    isClosed: () -> Bool = { false }
  ) -> MCPSession? {
    guard let session = opened(id, unless: isClosed) else { return nil }
    let (given, client) = state.withLock { ($0.given[id] ?? [], $0.client) }
    var (all, notices): ([MCPServerSettings], [String]) = ([], project?.notices ?? [])
    for settings in given + client + (project?.servers ?? []) {
      if let other = all.first(where: { $0.name == settings.name }) {
        notices.append(
          "the MCP server '\(settings.name)' of \(settings.source.words) gives way to that of \(other.source.words)")
      } else if all.count < MCPClientLimits.serversMax {
        all.append(settings)
      } else {
        notices.append("the MCP server '\(settings.name)' is left out: there are too many")
      }
    }
    session.note(notices)
    for place in all.indices { all[place].confinement = confinement }
    session.use(all, in: folders) { settings in
      guard case .project = settings.source else { return .off(nil) }
      switch answer(for: settings, in: folders.first ?? "", of: id) {
      case true?: return .off(nil)
      case false?: return .needsApproval("the person refused it")
      case nil: return .needsApproval(nil)
      }
    }
    return session
  }

  /// What a person has said, for a session or for all, of whether a server of a project may be started in a folder.
  package func answer(for settings: MCPServerSettings, in folder: String, of id: String) -> Bool? {
    answer(to: MCPProject.fingerprint(of: settings, in: folder), in: id)
  }

  /// Keeps what a person has said of a server of a project: it holds for exactly that server, a command in that folder, in
  /// a session or as long as this process lives.
  package func answer(
    _ mayStart: Bool, for settings: MCPServerSettings, in folder: String, isForAll: Bool, of id: String
  ) {
    let fingerprint = MCPProject.fingerprint(of: settings, in: folder)
    answers.withLock { $0[isForAll ? fingerprint : "\(id) \(fingerprint)"] = mayStart }
  }
}

extension MCPServerSettings.Source {
  /// Who it is, for a person.
  fileprivate var words: String {
    switch self {
    case .session: "the session"
    case .client: "the client"
    case .user(let file), .project(let file): file
    }
  }
}
