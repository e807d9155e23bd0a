package import OperatingSystem
package import Protocol
internal import Providers

/// The server as a whole: its beginning, its end, and how it is doing.
package struct Greeting: Sendable {
  private let connection: NativeConnection
  private let backend: Backend
  private let time: TimeSource
  private let startedMs: Int

  /// A server that began then, by the steady clock.
  package init(_ connection: NativeConnection, backend: Backend, time: TimeSource, startedMs: Int) {
    self.connection = connection
    self.backend = backend
    self.time = time
    self.startedMs = startedMs
  }

  /// Answers `initialize`.
  ///
  /// - Throws: ``RPCError/Code/invalidParams`` when it is of another protocol, or asks for what makes no sense.
  package func initialize(_ request: Initialize) throws -> Initialize.Response {
    let options = request.initializationOptions
    if let model = options?.model { try Check.model(model) }
    try options?.timeouts?.check()
    let servers = try MCPConfiguration.servers(options?.mcpServers, from: .client)
    try check(request)
    try backend.engine.sandbox.require(options?.sandbox)
    let kept = try StoreRules(keep: options?.sessionsKeep, bytes: options?.sessionsMax)
    backend.engine.servers.client = servers
    connection.handshake.open(
      parent: request.processId?.number, trace: request.trace ?? .off, endOfInput: options?.endOfInput)
    connection.client.capabilities = request.capabilities ?? ClientCapabilities()
    connection.events.optOut(of: request.capabilities?.optOut ?? [])
    if let timeouts = options?.timeouts { backend.models.use(timeouts: timeouts) }
    if let overrides = options?.modelOverrides { backend.models.use(overrides: overrides.values) }
    if let problem = backend.storing.use(options?.sessions, kept, for: backend.sessions) {
      connection.events.notify(LogMessage(warning: problem))
    }
    backend.sessions.choose(model: options?.model, provider: options?.provider)
    let defaults = backend.sessions.defaults
    note(options)
    backend.auth.active = defaults.provider
    if let mode = options?.permissionMode { backend.engine.desk.defaultMode = mode }
    for line in backend.models.banner(of: defaults) { connection.events.notify(LogMessage(information: line)) }
    return Initialize.Response(
      serverInfo: PeerInfo(name: Version.name, version: Version.number), protocolVersion: Version.protocolVersion,
      capabilities: ServerCapabilities(
        methods: (Catalog.clientRequests.map { $0.method } + Catalog.clientNotifications.map { $0.method }).sorted(),
        notifications: Catalog.serverNotifications.map { $0.method }.sorted(),
        prompt: ContentBlock.Kind.allCases.map(\.rawValue)),
      limits: ServerLimits.report, auth: backend.auth.known())
  }

  /// Has `config/get` tell what the client chose.
  private func note(_ options: InitializationOptions?) {
    var client = Settings()
    (client.model, client.provider, client.mode) = (options?.model, options?.provider, options?.permissionMode)
    client.sessions = options?.sessions
    (client.sessionsKeep, client.sessionsMax) = (options?.sessionsKeep, options?.sessionsMax)
    client.mcpServers = JSONObject((options?.mcpServers?.values ?? [:]).keys.sorted().map { ($0, [:]) })
    backend.engine.settings?.client = client
  }

  private func check(_ request: Initialize) throws(RPCError) {
    switch request.protocolVersion {
    case nil, .null?: break
    case .string?:
      throw .invalidParams(
        "protocolVersion is a string, as MCP sends it; that is spoken where such an initialize is the first message: "
          + "leave protocolVersion out, or begin anew")
    case .number?:
      throw .invalidParams(
        "protocolVersion is a number, as ACP sends it; that is spoken where such an initialize is the first message: "
          + "leave protocolVersion out, or begin anew")
    case let other?:
      throw .invalidParams("protocolVersion is \(other.kindName); leave it out")
    }
  }

  /// Answers `shutdown`: all runs are cancelled, and answered before this is.
  package func shutDown(_ request: Shutdown) async -> NoResult {
    connection.handshake.shutDown()
    backend.runs.cancelAll()
    for run in backend.runs.open { _ = await run.result() }
    await backend.engine.servers.closeAll()
    return NoResult()
  }

  /// Answers `server/ping`.
  package func ping(_ request: ServerPing) -> ServerPing.Response {
    ServerPing.Response(payload: request.payload, uptimeMs: time.monotonic() - startedMs)
  }

  /// Answers `server/stats`.
  package func stats() -> ServerStats.Response {
    ServerStats.Response(
      uptimeMs: time.monotonic() - startedMs, sessions: backend.sessions.count, inFlight: connection.peer.count,
      runs: backend.runs.counts, outboxBytes: connection.traffic.bytesWaiting,
      rssBytes: CurrentProcess.residentBytes, counters: connection.traffic.counters)
  }
}
