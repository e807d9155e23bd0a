import Foundation
import Protocol
import OperatingSystem
import TestSupport

/// The server at work: a model that says what a test wants, a workspace, a session in it.
final class AgentBench {
  let folder: TemporaryFolder
  let model: AgentModel
  let server: Client
  let session: String
  private var lastID = 100

  /// What the client answers to a request of the server's; `nil` leaves it unanswered.
  typealias Answers = (_ method: String, _ params: JSON) throws -> JSON?

  convenience init(
    _ provider: String = "anthropic", arguments: [String] = [], capabilities: JSON? = nil, options: JSONObject = [:],
    environment: [String: String] = [:], usesHeaders: Bool = false, model: AgentModel,
    time: TimeSource = .patient
  ) throws {
    try self.init(
      provider, capabilities: capabilities, options: options, environment: environment, usesHeaders: usesHeaders,
      model: model
    ) { try ServerInMemory(arguments, environment: $0, usesHeaders: usesHeaders, time: time) }
  }

  /// The same with a server that is started otherwise, as a process for what only a process can do.
  init(
    _ provider: String = "anthropic", capabilities: JSON? = nil, options: JSONObject = [:],
    environment: [String: String] = [:], usesHeaders: Bool = false, model: AgentModel,
    server start: (_ environment: [String: String]) throws -> Client
  ) throws {
    self.model = model
    folder = try TemporaryFolder()
    var variables = model.environment(provider)
    variables["PATH"] = "/usr/local/bin:/usr/bin:/bin"
    for (name, value) in environment { variables[name] = value }
    server = try start(variables)
    if let capabilities {
      _ = try server.call(1, "initialize", ["capabilities": capabilities])
    } else if usesHeaders {
      _ = try server.call(1, "initialize")
    }
    var options = options
    options["cwd"] = .string(folder.path)
    let info = try server.call(2, "session/new", .object(options))
    guard let session = info["result"]?["sessionId"]?.string else {
      throw Client.Failure(description: "no session: \(info.text)")
    }
    self.session = session
  }

  /// The session's name as params have it.
  var id: JSON { .string(session) }

  /// Starts a run; its answer comes under the number that is given back.
  func start(_ prompt: String, session: String? = nil, _ more: JSONObject = [:]) throws -> Int {
    var params = more
    params["prompt"] = .string(prompt)
    params["sessionId"] = .string(session ?? self.session)
    lastID += 1
    let request: JSON = [
      "jsonrpc": "2.0", "id": .number(JSONNumber(lastID)), "method": "agent/run", "params": .object(params),
    ]
    try server.send(request.text)
    return lastID
  }

  /// Sends a request whose answer is not waited for.
  func request(_ id: String, _ method: String, _ params: JSON) throws {
    try server.send((["jsonrpc": "2.0", "id": .string(id), "method": .string(method), "params": params] as JSON).text)
  }

  /// Asks, and gives the answer's result; fails on an error.
  func ask(_ method: String, _ params: JSONObject = [:], inSession: Bool = true) throws -> JSON {
    var params = params
    if inSession { params["sessionId"] = id }
    lastID += 1
    let answer = try server.call(lastID, method, .object(params))
    guard let result = answer["result"] else { throw Client.Failure(description: answer.text) }
    return result
  }

  /// All messages up to the answer to a request; the client answers what it is asked meanwhile.
  func messages(upTo id: Int, client: Answers = { _, _ in nil }) throws -> [JSON] {
    var messages: [JSON] = []
    while true {
      let message = try server.receive()
      messages.append(message)
      if message["id"] == .number(JSONNumber(id)), message["method"] == nil { return messages }
      try answer(message, client)
    }
  }

  /// The next message that fits; the client answers what it is asked meanwhile.
  func next(client: Answers = { _, _ in nil }, where fits: (JSON) -> Bool) throws -> JSON {
    while true {
      let message = try server.receive()
      if fits(message) { return message }
      try answer(message, client)
    }
  }

  /// Answers a request of the server's.
  func reply(to message: JSON, _ result: JSON) throws {
    try server.send((["jsonrpc": "2.0", "id": message["id"] ?? .null, "result": result] as JSON).text)
  }

  private func answer(_ message: JSON, _ client: Answers) throws {
    guard let method = message["method"]?.string, message["id"] != nil else { return }
    if let result = try client(method, message["params"] ?? .null) { try reply(to: message, result) }
  }

  /// A whole run: what came, and its result.
  func run(_ prompt: String, _ more: JSONObject = [:], client: Answers = { _, _ in nil }) throws -> (
    messages: [JSON], result: JSON
  ) {
    let messages = try messages(upTo: try start(prompt, more), client: client)
    guard let last = messages.last, let result = last["result"] else {
      throw Client.Failure(description: messages.last?.text ?? "nothing")
    }
    return (messages, result)
  }
}

extension [JSON] {
  /// The events of a type, or of any.
  func events(_ type: String? = nil) -> [JSON] {
    filter { $0["method"] == "run/event" }.compactMap { $0["params"] }.filter {
      type == nil || $0["type"]?.string == type
    }
  }

  /// The params of notifications and requests of a method.
  func params(of method: String) -> [JSON] { filter { $0["method"]?.string == method }.compactMap { $0["params"] } }
}

/// An answer to a permission.
func option(_ id: String) -> JSON { ["optionId": .string(id)] }
