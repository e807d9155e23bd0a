internal import OperatingSystem
package import Protocol
internal import Synchronization

/// One MCP server of a session: met in either era of the protocol when it is first needed, asked, and started again when
/// it ends.
///
/// Whoever asks waits for its start. What was in flight when it ended fails and is not repeated: nobody knows what it did.
package final class MCPServer: Sendable {
  /// Opens a way to the server; what it says of itself goes to the inbox.
  package typealias Open = @Sendable (any MCPInbox) async throws(MCPFailure) -> any MCPTransport

  /// One start, and what comes of it.
  private final class Start: Sendable {
    let outcome = Promise<Result<MCPConnection, MCPFailure>>()
    /// Why the connection ended by itself.
    let end = Mutex<MCPFailure?>(nil)
  }

  private enum Phase {
    case off
    case starting(Start)
    case ready(Start, MCPConnection)
    case failed(MCPFailure)
    case closed
  }

  private struct State {
    var phase = Phase.off {
      didSet { untold.append(MCPServer.state(phase)) }
    }
    /// States that nobody was told of yet, and whether somebody tells: they are told one after the other.
    var untold: [MCPServerState] = []
    var isTelling = false
    /// What works for the phase: a start under way, or listening.
    var work: Task<Void, Never>?
    /// When it was started again because it had ended.
    var restarts: [Int] = []
    /// When it was last met anew at once, as it had forgotten the session.
    var renewedAt: Int?
    /// What each tool's arguments say in headers.
    var headers: [String: MCPParameterHeaders] = [:]
  }

  /// How it is reached.
  package let settings: MCPServerSettings
  private let host: MCPHost
  private let open: Open
  private let desk: MCPDesk
  private let life = Mutex(State())

  /// A server that is not started yet.
  package init(_ settings: MCPServerSettings, host: MCPHost, open: @escaping Open) {
    self.settings = settings
    self.host = host
    self.open = open
    desk = MCPDesk(settings, host: host)
  }
}

// MARK: - Its life

extension MCPServer {
  /// How it is doing.
  package var state: MCPServerState { life.withLock { Self.state($0.phase) } }

  private static func state(_ phase: Phase) -> MCPServerState {
    switch phase {
    case .off: .off
    case .starting: .starting
    case .ready(_, let connection): .ready(connection.greeting)
    case .failed(let failure): .failed(failure)
    case .closed: .closed
    }
  }

  /// Starts it, or waits for a start under way; one that has failed, or whose restarts are used up, is started again.
  ///
  /// - Throws: A ``MCPFailure``: it cannot be started or reached, is too slow, is no MCP server, or speaks another revision.
  @discardableResult
  package func start() async throws(MCPFailure) -> MCPGreeting {
    try await connection(startingAgain: true).greeting
  }

  /// What it has said of itself: waits for a start under way, and begins none anew that has failed.
  ///
  /// - Throws: A ``MCPFailure``.
  func greeting() async throws(MCPFailure) -> MCPGreeting { try await connection().greeting }

  /// Ends it for good; may come twice.
  package func shutDown() async {
    let (phase, work) = life.withLock { state in
      defer { (state.phase, state.work) = (.closed, nil) }
      return (state.phase, state.work)
    }
    work?.cancel()
    switch phase {
    case .off, .failed, .closed: break
    case .starting(let start):
      // What it has opened is closed by the start itself.
      start.outcome.set(.failure(Self.isShutDown))
      await work?.value
    case .ready(_, let connection): await connection.close()
    }
    tell()
  }

  /// Tells of the states there were, in order.
  private func tell() {
    let isFirst = life.withLock { state in
      defer { state.isTelling = true }
      return !state.isTelling
    }
    guard isFirst else { return }
    while true {
      let next = life.withLock { state -> MCPServerState? in
        state.isTelling = !state.untold.isEmpty
        return state.isTelling ? state.untold.removeFirst() : nil
      }
      guard let next else { return }
      host.stateChanged(settings.name, next)
    }
  }

  private static let isShutDown = MCPFailure.gone("the server was shut down")

  /// The connection there is, or the one that comes within a time.
  private func connection(
    startingAgain: Bool = false, within waitMax: Int? = nil
  ) async throws(MCPFailure) -> MCPConnection {
    let (start, isNew) = try life.withLock { state throws(MCPFailure) -> (Start, Bool) in
      switch state.phase {
      case .ready(let start, _), .starting(let start): return (start, false)
      case .closed: throw Self.isShutDown
      case .failed(let failure):
        guard startingAgain else { throw failure }
        state.restarts = []
        return (begin(&state), true)
      case .off: return (begin(&state), true)
      }
    }
    if isNew { tell() }
    if let waitMax, start.outcome.value == nil {
      let isThere = await host.time.limited(to: waitMax) { await start.outcome.wait() != nil }
      guard isThere != nil || Task.isCancelled else {
        throw .late("it is being started, and was not there within \(MCPLimits.words(waitMax)); try again later")
      }
    }
    guard let outcome = await start.outcome.wait() else { throw .cancelled }
    return try outcome.get()
  }

  /// Begins a start, at once or after a pause; under the lock.
  private func begin(_ state: inout State, after pause: Int = 0, isAgain: Bool = false) -> Start {
    let start = Start()
    state.phase = .starting(start)
    state.work = Task {
      if pause > 0 { do { try await host.time.sleep(pause) } catch { return } }
      await run(start, isAgain: isAgain)
    }
    return start
  }

  private func run(_ start: Start, isAgain: Bool) async {
    let meeting = MCPMeeting(
      settings: settings, host: host, inbox: Inbox(desk: desk) { [weak self] in self?.ended($0, start) }, open: open,
      deadline: host.time.monotonic() + startMs)
    do throws(MCPFailure) {
      let connection = MCPConnection(try await meeting.meet(), settings, host, desk)
      let isWanted = life.withLock { state in
        guard case .starting(let current) = state.phase, current === start else { return false }
        state.phase = .ready(start, connection)
        state.work = Task { await connection.listen() }
        return true
      }
      guard isWanted else { return await connection.close() }
      start.outcome.set(.success(connection))
      tell()
      // It may have ended before anybody waited for that.
      if let end = start.end.withLock({ $0 }) { ended(end, start) }
    } catch {
      if isAgain { again(after: error, start) } else { fail(error, start) }
    }
  }

  /// How long it may take until it has said hello: commands that load what they run from a network take longer.
  private var startMs: Int {
    guard case .command(let command, _, _) = settings.way else { return MCPLimits.startMs }
    let name = command.split(separator: "/").last.map(String.init) ?? ""
    return ["npx", "uvx", "pnpx", "bunx", "docker"].contains(name) ? MCPLimits.loadingStartMs : MCPLimits.startMs
  }

  private func fail(_ failure: MCPFailure, _ start: Start) {
    life.withLock { state in
      guard Self.isOf(start, state.phase) else { return }
      (state.phase, state.work) = (.failed(failure), nil)
    }
    start.outcome.set(.failure(failure))
    tell()
  }

  private static func isOf(_ start: Start, _ phase: Phase) -> Bool {
    switch phase {
    case .starting(let current), .ready(let current, _): current === start
    case .off, .failed, .closed: false
    }
  }

  /// Takes the end of a connection that nobody closed.
  private func ended(_ reason: MCPFailure, _ start: Start) {
    start.end.withLock { $0 = reason }
    let isReady = life.withLock { state in
      if case .ready(let current, _) = state.phase { current === start } else { false }
    }
    // A start under way learns it from what it asks.
    guard isReady else { return }
    host.log.info("MCP server \(settings.name): \(reason.message)")
    again(after: reason, start)
  }

  /// Starts it again after a pause, unless that was done too often.
  private func again(after reason: MCPFailure, _ start: Start) {
    let now = host.time.monotonic()
    let (former, isOver) = life.withLock { state -> (Task<Void, Never>?, Bool) in
      guard Self.isOf(start, state.phase) else { return (nil, false) }
      let work = state.work
      state.restarts.removeAll { now - $0 >= MCPLimits.restartWindowMs }
      guard state.restarts.count < MCPLimits.restartsMax else { return (work, true) }
      let pause = min(MCPLimits.restartPauseMs << state.restarts.count, MCPLimits.restartPauseMaxMs)
      state.restarts.append(now)
      _ = begin(&state, after: pause, isAgain: true)
      return (work, false)
    }
    start.outcome.set(.failure(reason))
    former?.cancel()
    if isOver {
      let limit = "\(MCPLimits.restartsMax) restarts within \(MCPLimits.words(MCPLimits.restartWindowMs)) did not help"
      fail(.gone("\(reason.message); \(limit)"), start)
    } else {
      tell()
    }
  }

  /// Meets a server anew that has forgotten the session, unless somebody else does.
  ///
  /// That happens at once, but once a minute at most: what is forgotten again by then counts as a restart, as the next may be
  /// forgotten, too.
  private func renew(_ forgetful: MCPConnection) {
    let now = host.time.monotonic()
    let found = life.withLock { state -> (start: Start, work: Task<Void, Never>?, isAtOnce: Bool)? in
      guard case .ready(let start, let current) = state.phase, current === forgetful else { return nil }
      let isAtOnce = state.renewedAt.map { now - $0 >= MCPLimits.restartPauseMaxMs } ?? true
      let work = state.work
      if isAtOnce {
        state.renewedAt = now
        _ = begin(&state, isAgain: true)
      }
      return (start, work, isAtOnce)
    }
    guard let found else { return }
    Task { await forgetful.close() }
    guard found.isAtOnce else { return again(after: .forgotten, found.start) }
    found.work?.cancel()
    tell()
  }

  /// What a connection tells its server.
  private struct Inbox: MCPInbox {
    let desk: MCPDesk
    let whenEnded: @Sendable (MCPFailure) -> Void

    init(desk: MCPDesk, whenEnded: @escaping @Sendable (MCPFailure) -> Void) {
      (self.desk, self.whenEnded) = (desk, whenEnded)
    }

    func take(_ method: String, _ params: JSON?) { desk.take(method, params) }
    func answer(_ method: String, _ params: JSON?) async -> Result<JSON, RPCError> {
      await desk.answer(method, params)
    }
    func ended(_ reason: MCPFailure) { whenEnded(reason) }
  }
}

// MARK: - What it is asked

extension MCPServer {
  /// Does something with the connection, and once more when it turns out to have been forgotten and it may be repeated.
  private func asking<Value>(
    isRepeatable: Bool = true, within waitMax: Int? = nil,
    _ body: (MCPConnection) async throws(MCPFailure) -> Value
  ) async throws(MCPFailure) -> Value {
    let first = try await connection(within: waitMax)
    do throws(MCPFailure) { return try await body(first) } catch {
      guard error == .forgotten else { throw error }
      renew(first)
      guard isRepeatable else {
        throw .gone("the server had forgotten the session; whether it did anything is not known")
      }
      return try await body(try await connection())
    }
  }

  /// All its tools; those that cannot be called are left out.
  ///
  /// - Throws: A ``MCPFailure`` when no page came. A server without tools has none.
  package func listTools() async throws(MCPFailure) -> MCPToolList {
    try await asking { connection throws(MCPFailure) in
      let (elements, notices) = try await connection.list("tools/list", "tools")
      var (list, names, headers) = (MCPToolList(notices: notices), Set<String>(), [String: MCPParameterHeaders]())
      for element in elements.prefix(MCPLimits.toolsMax) {
        do throws(MCPTool.Misfit) {
          let tool = try MCPTool(element).bounded
          guard names.insert(tool.name).inserted else {
            throw MCPTool.Misfit(reason: "a second tool '\(MCPLimits.shown(tool.name))'")
          }
          if saysHeaders(connection) { headers[tool.name] = try MCPParameterHeaders(tool) }
          list.tools.append(tool)
        } catch {
          list.notices.append("\(error.reason), is left out")
        }
      }
      life.withLock { $0.headers = headers }
      return list
    }
  }

  /// Whether arguments stand in headers, too.
  private func saysHeaders(_ connection: MCPConnection) -> Bool {
    if case .http = settings.way { connection.greeting.revision.isModern } else { false }
  }

  /// Calls a tool, and answers what the server asks on the way.
  ///
  /// Cancelling the task takes the call back. `meta` is told beside it, such as a trace's context.
  ///
  /// - Throws: A ``MCPFailure``; ``MCPFailure/late(_:)`` when the settings' limit, or that of silence, is over.
  package func call(
    _ tool: String, _ arguments: JSONObject, meta: JSONObject = JSONObject(),
    onProgress: @escaping @Sendable (MCPProgress) -> Void = { _ in }
  ) async throws(MCPFailure) -> MCPToolResult {
    let limit = max(settings.callMax ?? MCPLimits.callMs, MCPLimits.callLeastMs)
    let began = host.time.monotonic()
    return try await asking(isRepeatable: false, within: limit) { connection throws(MCPFailure) in
      var call = MCPRequest("tools/call", ["name": .string(tool), "arguments": .object(arguments)])
      if !meta.isEmpty { call.params["_meta"] = .object(meta) }
      // What the start has taken is of the same time.
      call.totalMax = max(1, limit - (host.time.monotonic() - began))
      call.idleMax = if case .command = settings.way { MCPLimits.localIdleMs } else { MCPLimits.remoteIdleMs }
      call.isRepeatable = false
      call.argumentHeaders = life.withLock { $0.headers[tool] }?.headers(of: arguments) ?? []
      call.onProgress = { if let progress = MCPProgress($0) { onProgress(progress) } }
      return MCPToolResult(try await connection.ask(call))
    }
  }

  /// What it lets others read; with `templates` the families of such things.
  ///
  /// - Throws: A ``MCPFailure``. A server without resources has none.
  package func listResources(templates: Bool = false) async throws(MCPFailure) -> [MCPResource] {
    try await asking { connection throws(MCPFailure) in
      guard connection.greeting.capabilities.resources else { return [] }
      let (method, name) =
        templates ? ("resources/templates/list", "resourceTemplates") : ("resources/list", "resources")
      return try await connection.list(method, name).elements.compactMap(MCPResource.init)
    }
  }

  /// Reads what stands behind a name.
  ///
  /// - Throws: A ``MCPFailure``.
  package func read(_ uri: String) async throws(MCPFailure) -> [MCPResourceContents] {
    try await asking { connection throws(MCPFailure) in
      MCPResource.contents(try await connection.ask(MCPRequest("resources/read", ["uri": .string(uri)])))
    }
  }

  /// The prompts that it has ready.
  ///
  /// - Throws: A ``MCPFailure``. A server without prompts has none.
  package func listPrompts() async throws(MCPFailure) -> [MCPPrompt] {
    try await asking { connection throws(MCPFailure) in
      guard connection.greeting.capabilities.prompts else { return [] }
      return try await connection.list("prompts/list", "prompts").elements.compactMap(MCPPrompt.init)
    }
  }

  /// A prompt, filled in.
  ///
  /// - Throws: A ``MCPFailure``.
  package func prompt(
    _ name: String, _ arguments: [String: String]
  ) async throws(MCPFailure) -> [MCPPromptMessage] {
    try await asking { connection throws(MCPFailure) in
      let values = JSONObject(arguments.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
      let params: JSONObject = ["name": .string(name), "arguments": .object(values)]
      let result = try await connection.ask(MCPRequest("prompts/get", params))
      return (result["messages"]?.array ?? []).map(MCPPromptMessage.init)
    }
  }
}
