import OperatingSystem
import Protocol
import Providers
import Server
import Synchronization
import TestSupport

/// A real MCP server over HTTP that a test writes: what its script leaves alone is answered as a server of its era does,
/// and all that comes is held against the protocol.
final class MCPSite: Sendable {
  /// One request that came.
  struct Ask: Sendable {
    let request: LoopbackRequest
    /// The message; `null` where there is no body.
    let message: JSON
    /// How many of its kind have come, this one included.
    let count: Int

    /// The method of the message, `answer` for one of ours, else that of HTTP.
    var kind: String {
      message.isNull ? request.method : message["method"]?.string ?? "answer"
    }
    var id: JSON { message["id"] ?? .null }
    /// An answer to it.
    func result(_ result: JSON = [:]) -> JSON { ["jsonrpc": "2.0", "id": id, "result": result] }
    /// An error in answer to it.
    func error(_ code: Int, _ message: String, data: JSON? = nil, id: JSON? = nil) -> JSON {
      var error: JSONObject = ["code": .number(JSONNumber(code)), "message": .string(message)]
      error["data"] = data
      return ["jsonrpc": "2.0", "id": id ?? self.id, "error": .object(error)]
    }
    /// Progress of it.
    func progress(_ done: Int) -> JSON {
      [
        "jsonrpc": "2.0", "method": "notifications/progress",
        "params": [
          "progressToken": message["params"]?["_meta"]?["progressToken"] ?? .null,
          "progress": .number(JSONNumber(done)),
        ],
      ]
    }
  }

  /// Answers a request, or leaves it alone.
  typealias Script = @Sendable (Ask, LoopbackConnection) throws -> Bool

  private struct State {
    var asks: [Ask] = []
    var faults: [String] = []
  }

  let server: LoopbackServer
  let inbox = MCPInboxDouble()
  private let state: Box

  private final class Box: Sendable { let state = Mutex(State()) }

  /// The session that its default answer to `initialize` begins.
  static let session = "s-1"

  init(_ script: @escaping Script = { _, _ in false }) throws {
    let box = Box()
    state = box
    server = try LoopbackServer { request, connection in
      let message = (try? JSON.parse(request.body)) ?? .null
      let ask = box.state.withLock { state in
        let kind = Ask(request: request, message: message, count: 0).kind
        let ask = Ask(request: request, message: message, count: state.asks.count { $0.kind == kind } + 1)
        state.asks.append(ask)
        state.faults += Self.faults(of: ask)
        return ask
      }
      guard try !script(ask, connection) else { return }
      switch ask.kind {
      case "initialize":
        let result: JSON = ["protocolVersion": "2025-11-25", "capabilities": [:], "serverInfo": ["name": "site"]]
        try connection.send(ask.result(result), [("Mcp-Session-Id", Self.session)])
      case "GET": try connection.reply(405, body: [])
      case "DELETE": try connection.reply(200, body: [])
      case _ where ask.id.isNull || ask.kind == "answer": try connection.reply(202, body: [])
      default: try connection.send(ask.result(["asked": .string(ask.kind)]))
      }
    }
  }

  /// What came so far.
  var asks: [Ask] { state.state.withLock { $0.asks } }
  /// What came of a kind.
  func asks(_ kind: String) -> [Ask] { asks.filter { $0.kind == kind } }
  /// What was wrong with it.
  var faults: [String] { state.state.withLock { $0.faults } }

  /// What the protocol wants of every request.
  private static func faults(of ask: Ask) -> [String] {
    let request = ask.request
    var faults: [String] = []
    func want(_ isSo: Bool, _ what: String) { if !isSo { faults.append("\(ask.kind): \(what)") } }
    want(request["origin"] == nil, "origin")
    want(request["user-agent"]?.hasPrefix("wyn360/") == true, "who asks")
    let accept = request["accept"] ?? ""
    guard request.method == "POST" else {
      if request.method == "GET" { want(accept == "text/event-stream", "accept") }
      return faults
    }
    want(accept.contains("application/json") && accept.contains("text/event-stream"), "accept")
    want(request["content-type"] == "application/json", "content type")
    want(ask.message["jsonrpc"] == "2.0", "version of JSON-RPC")
    let modern = ask.message["params"]?["_meta"]?["io.modelcontextprotocol/protocolVersion"]?.string
    if let modern {
      want(request["mcp-protocol-version"] == modern, "revision")
      want(request["mcp-method"] == ask.kind, "method")
      want(request["mcp-session-id"] == nil, "session")
    } else if ask.kind == "initialize" {
      want(request["mcp-protocol-version"] == nil, "revision before it is agreed")
      want(request["mcp-session-id"] == nil, "session before it begins")
      want(request["mcp-method"] == nil, "method")
    }
    return faults
  }

  /// The way to it.
  func way(
    _ path: String = "/mcp", headers: [MCPServerSettings.Variable] = [], isOld: Bool = false,
    time: TimeSource = .patient,
    lookUp: @escaping @Sendable (String) -> [HostAddress] = HostAddress.all, log: Log = Log(level: .off) { _ in }
  ) throws -> any MCPTransport {
    let network = MCPNetwork(CurlTransport(), time: time, log: log, lookUp: lookUp)
    let url = server.url + path
    return try network.open(
      MCPServerSettings(
        name: "site", way: isOld ? .events(url: url, headers: headers) : .http(url: url, headers: headers),
        source: .session),
      inbox: inbox)
  }

  /// A way that has made the handshake.
  func session(headers: [MCPServerSettings.Variable] = [], time: TimeSource = .patient) async throws -> any MCPTransport
  {
    let way = try way(headers: headers, time: time)
    try await way.greet()
    return way
  }
}

extension MCPTransport {
  /// Makes the handshake.
  @discardableResult
  func greet() async throws -> JSON {
    let answer = try await ask(.legacy("initialize", ["protocolVersion": "2025-11-25", "capabilities": [:]]))
    agree(on: MCPRevision(rawValue: answer["protocolVersion"]?.string ?? ""))
    try await tell("notifications/initialized", [:])
    return answer
  }

  /// Why a request fails.
  func failure(_ request: MCPRequest) async -> MCPFailure? {
    do throws(MCPFailure) {
      _ = try await ask(request)
      return nil
    } catch {
      return error
    }
  }
}

extension MCPRequest {
  /// A request of a session.
  static func legacy(
    _ method: String, _ params: JSONObject = [:], totalMax: Int = 600_000, idleMax: Int = 300_000,
    onProgress: (@Sendable (JSON) -> Void)? = nil
  ) -> MCPRequest {
    MCPRequest(
      method, params, totalMax: totalMax, idleMax: idleMax, isRepeatable: method.hasSuffix("/list"),
      onProgress: onProgress)
  }

  /// A request of the modern era.
  static func modern(
    _ method: String, _ params: JSONObject = [:], onProgress: (@Sendable (JSON) -> Void)? = nil
  ) -> MCPRequest {
    var params = params
    params["_meta"] = [
      "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": [:],
    ]
    return .legacy(method, params, onProgress: onProgress)
  }
}

/// Notes what a server says, and answers what it asks.
final class MCPInboxDouble: MCPInbox {
  private struct State {
    var taken: [(method: String, params: JSON?)] = []
    var ends: [MCPFailure] = []
    var answers: @Sendable (String, JSON?) async -> Result<JSON, RPCError> = { method, _ in
      .success(["did": .string(method)])
    }
  }

  private let state = Mutex(State())

  var methods: [String] { state.withLock { $0.taken.map(\.method) } }
  var taken: [(method: String, params: JSON?)] { state.withLock { $0.taken } }
  var ends: [MCPFailure] { state.withLock { $0.ends } }

  func onQuestion(_ answer: @escaping @Sendable (String, JSON?) async -> Result<JSON, RPCError>) {
    state.withLock { $0.answers = answer }
  }

  func take(_ method: String, _ params: JSON?) { state.withLock { $0.taken.append((method, params)) } }
  func answer(_ method: String, _ params: JSON?) async -> Result<JSON, RPCError> {
    await state.withLock { $0.answers }(method, params)
  }
  func ended(_ reason: MCPFailure) { state.withLock { $0.ends.append(reason) } }
}

extension LoopbackConnection {
  /// A message as JSON.
  func send(_ json: JSON, _ headers: [(String, String)] = [], status: Int = 200) throws {
    try reply(status, [("Content-Type", "application/json")] + headers, body: json.serialized)
  }

  /// Begins a stream of events.
  func beginEvents() throws { try beginChunks(200, [("Content-Type", "text/event-stream")]) }

  /// A message as an event.
  func event(_ json: JSON, id: String? = nil) throws {
    try chunk("\(id.map { "id: \($0)\n" } ?? "")data: \(String(decoding: json.serialized, as: UTF8.self))\n\n")
  }

  /// A stream of some messages, whole.
  func events(_ messages: JSON...) throws {
    try beginEvents()
    for message in messages { try event(message) }
    try endChunks()
  }
}
