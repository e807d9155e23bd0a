package import OperatingSystem
package import Protocol

/// The server as a whole: its beginning, its end, and how it is doing.
package struct Lifecycle: Sendable {
  private let connection: Connection
  private let calls: Calls
  private let client: ClientCalls
  private let outbox: Outbox
  private let sink: OutboxSink
  private let sessions: Sessions
  private let runs: Runs
  private let auth: Auth
  private let connectors: Connectors
  private let desk: PermissionDesk
  private let time: TimeSource
  private let startedMs: Int

  /// A server that begins now.
  package init(
    connection: Connection, calls: Calls, client: ClientCalls, outbox: Outbox, sink: OutboxSink,
    backend: Program.Backend, time: TimeSource
  ) {
    self.connection = connection
    self.calls = calls
    self.client = client
    self.outbox = outbox
    self.sink = sink
    sessions = backend.sessions
    runs = backend.runs
    auth = backend.auth
    connectors = backend.connectors
    desk = backend.agent.desk
    self.time = time
    startedMs = time.monotonic()
  }

  /// Answers `initialize`.
  package func initialize(_ request: Initialize) throws(RPCError) -> Initialize.Response {
    let options = request.initializationOptions
    if let model = options?.model { try Check.model(model) }
    try connection.open(request)
    client.capabilities = request.capabilities ?? ClientCapabilities()
    sink.optOut(of: request.capabilities?.optOut ?? [])
    if let overrides = options?.modelOverrides { connectors.use(overrides: overrides.values) }
    var defaults = sessions.defaults
    defaults.provider = options?.provider ?? defaults.provider
    if let model = options?.model { (defaults.model, defaults.isModelChosen) = (model, true) }
    sessions.defaults = defaults
    auth.active = defaults.provider
    if let mode = options?.permissionMode { desk.defaultMode = mode }
    for line in connectors.banner(of: defaults) { sink.tell(LogMessage(information: line)) }
    return Initialize.Response(
      serverInfo: PeerInfo(name: Version.name, version: Version.number), protocolVersion: Version.protocolVersion,
      capabilities: ServerCapabilities(
        methods: (Catalog.clientRequests.map { $0.method } + Catalog.clientNotifications.map { $0.method }).sorted(),
        notifications: Catalog.serverNotifications.map { $0.method }.sorted(), prompt: ["text", "image"]),
      limits: ServerLimits.report, auth: auth.known())
  }

  /// Answers `shutdown`: all runs are cancelled, and answered before this is.
  package func shutDown(_ request: Shutdown) async -> NoResult {
    connection.shutDown()
    runs.cancelAll()
    for run in runs.open { _ = await run.result() }
    return NoResult()
  }

  /// Answers `server/ping`.
  package func ping(_ request: ServerPing) -> ServerPing.Response {
    ServerPing.Response(payload: request.payload, uptimeMs: time.monotonic() - startedMs)
  }

  /// Answers `server/stats`.
  package func stats() -> ServerStats.Response {
    ServerStats.Response(
      uptimeMs: time.monotonic() - startedMs, sessions: sessions.count, inFlight: calls.count, runs: runs.counts,
      outboxBytes: outbox.totals.waiting, rssBytes: CurrentProcess.residentBytes,
      counters: connection.counters)
  }
}

/// What this program is.
package enum Version {
  /// The program's name.
  package static let name = "wyn360"
  /// The program's version, the roadmap's target.
  package static let number = "0.3.45"
  /// The version of the protocol: its first number changes when a client must.
  package static let protocolVersion = "1.0"
}
