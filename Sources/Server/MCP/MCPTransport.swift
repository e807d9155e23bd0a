package import Protocol

/// How messages go to one MCP server and come back: over the pipes of a child process, or over HTTP.
///
/// Ids are the way's own matter: an answer over pipes is found by its id, one over HTTP by its exchange. Cancelling the
/// task of an `ask` takes the request back as the way and the revision do it, and ends the wait at once.
package protocol MCPTransport: Sendable {
  /// Sends a request and waits for the `result` of its answer.
  ///
  /// - Throws: A ``MCPFailure``; ``MCPFailure/cancelled`` when the task was cancelled.
  func ask(_ request: MCPRequest) async throws(MCPFailure) -> JSON
  /// Sends a notification; the modern era over HTTP has none, and drops it.
  ///
  /// - Throws: A ``MCPFailure`` when it cannot be sent.
  func tell(_ method: String, _ params: JSONObject) async throws(MCPFailure)
  /// Says which revision holds from now on: what has headers or a session by it, begins with them.
  func agree(on revision: MCPRevision)
  /// Ends the connection: what waits fails, a child ends (end of input, SIGTERM, SIGKILL of its group), a session is
  /// deleted. May come twice.
  func close() async
}

/// A request to an MCP server, before it has an id.
package struct MCPRequest: Sendable {
  /// What is asked, as it stands on the wire.
  package var method: String
  /// Its params, with what the revision wants in `_meta`.
  package var params: JSONObject
  /// How long all of it may take, in milliseconds; nothing extends it.
  package var totalMax: Int
  /// How long nothing of it may come, in milliseconds; progress and every byte begin it anew.
  package var idleMax: Int
  /// Whether it may be sent again after a connection broke: lists may, calls of tools may not.
  package var isRepeatable: Bool
  /// Headers of the modern era made of its arguments (`Mcp-Param-…`), by name.
  package var argumentHeaders: [(name: String, value: String)] = []
  /// Takes the `params` of `notifications/progress` for it, in order.
  ///
  /// Where there is one, the way asks for progress: it sets `_meta.progressToken` to the request's id.
  package var onProgress: (@Sendable (JSON) -> Void)?

  /// A request; one that says no more is a question that needs no work and changes nothing.
  package init(
    _ method: String, _ params: JSONObject = JSONObject(), totalMax: Int = MCPLimits.listMs,
    idleMax: Int = MCPLimits.listMs, isRepeatable: Bool = true, onProgress: (@Sendable (JSON) -> Void)? = nil
  ) {
    self.method = method
    self.params = params
    self.totalMax = totalMax
    self.idleMax = idleMax
    self.isRepeatable = isRepeatable
    self.onProgress = onProgress
  }
}

extension MCPRequest {
  /// The params, with the token by which progress is told.
  package func params(token: JSON?) -> JSONObject {
    guard let token else { return params }
    var (params, meta) = (params, params["_meta"]?.object ?? JSONObject())
    meta["progressToken"] = token
    params["_meta"] = .object(meta)
    return params
  }
}

extension MCPFailure {
  /// The same in words that a person may be shown: one line, in which nothing hides, of a length that is read.
  var shown: MCPFailure {
    func line(_ text: String) -> String { VisibleText.line(text, most: MCPLimits.failureShownMax) }
    switch self {
    case .refused(let error): return .refused(RPCError(error.code, line(error.message), data: error.data))
    case .gone(let reason): return .gone(line(reason))
    case .late(let reason): return .late(line(reason))
    case .unauthorized(let reason): return .unauthorized(line(reason))
    case .unusable(let reason): return .unusable(line(reason))
    case .forgotten, .cancelled: return self
    }
  }

  /// What went wrong, for a person and the model.
  package var message: String {
    switch self {
    case .refused(let error): "\(error.code.rawValue): \(error.message)"
    case .gone(let reason), .late(let reason), .unauthorized(let reason), .unusable(let reason): reason
    case .forgotten: "the server has forgotten the session"
    case .cancelled: "cancelled"
    }
  }
}

/// Who takes what a server says and asks of itself.
package protocol MCPInbox: Sendable {
  /// Takes a notification, in order; must not block.
  func take(_ method: String, _ params: JSON?)
  /// Answers a request of the server's; reading goes on meanwhile.
  func answer(_ method: String, _ params: JSON?) async -> Result<JSON, RPCError>
  /// Told once, when the connection ended though nobody closed it, before what waits fails by it: a process that is gone.
  ///
  /// A way that connects anew for each request has no such end.
  func ended(_ reason: MCPFailure)
}

/// Why a server did not do what it was asked.
package enum MCPFailure: Error, Hashable, Sendable {
  /// It answered with a JSON-RPC error.
  case refused(RPCError)
  /// It is gone, or cannot be reached: what is known, for a person and the model.
  case gone(String)
  /// It has forgotten the session (HTTP): the handshake is to be made again, and what may be repeated is.
  case forgotten
  /// It took longer than it may: which limit.
  case late(String)
  /// It wants credentials that are not there: what to set.
  case unauthorized(String)
  /// What it says is not MCP: what came.
  case unusable(String)
  /// The task was cancelled.
  case cancelled
}
