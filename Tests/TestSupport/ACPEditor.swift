package import Protocol

/// An editor that drives the program by the Agent Client Protocol, over a pipe.
///
/// Every frame, of either side, is held against the protocol's schema, and a wrong one ends the test.
package final class ACPEditor {
  /// What came during a prompt, and its answer.
  package struct Turn {
    /// The updates of the session.
    package var updates: [JSON] = []
    /// The params of the questions.
    package var asked: [JSON] = []
    package var answer: JSON = .null
    /// Why it ended.
    package var stopReason: String? { answer["result"]?["stopReason"]?.string }
  }

  package let folder: TemporaryFolder
  package let model: AgentModel
  package let server: ServerProcess
  /// The session that was opened at the beginning.
  package private(set) var session: JSON = .null
  /// What `initialize` answered.
  package private(set) var greeting: JSON = .null
  /// Updates that came outside of prompts, oldest first; whoever reads them takes them away.
  package var idleUpdates: [JSON] = []
  private let schema: ACPSchema
  private var last = -1
  /// What is not answered yet, by id: requests of the editor's, and of the program's.
  private var open: [JSON: String] = [:]
  private var questions: [JSON: String] = [:]

  /// Starts the program, with a model that gives these answers.
  ///
  /// `capabilities` are the editor's; `opensSession` has it open a session in its folder.
  package init(
    _ turns: [AgentModel.Turn] = [.init(.text("done"))], model: AgentModel? = nil, capabilities: JSON? = nil,
    arguments: [String] = [], environment: [String: String] = [:], opensSession: Bool = true
  ) throws {
    guard let schema = ACPSchema.vendored else { throw Client.Failure(description: "there is no schema") }
    self.schema = schema
    folder = try TemporaryFolder()
    self.model = try model ?? AgentModel(turns)
    server = try ServerProcess(arguments, environment: self.model.environment().merging(environment) { $1 })
    var params: JSONObject = ["protocolVersion": 1]
    params["clientCapabilities"] = capabilities
    greeting = try result("initialize", .object(params))
    guard opensSession else { return }
    session = try result("session/new", ["cwd": .string(folder.path), "mcpServers": []])["sessionId"] ?? .null
  }

  // MARK: Sending

  /// Sends a request and gives its id, which count from 0; a `careless` one is not held against the schema.
  @discardableResult
  package func send(_ method: String, _ params: JSON, careless: Bool = false) throws -> JSON {
    last += 1
    let id: JSON = .number(JSONNumber(last))
    if !careless { try check(schema.flaws(method: method, params: params, from: .client, isRequest: true), params) }
    open[id] = method
    try server.send((["jsonrpc": "2.0", "id": id, "method": .string(method), "params": params] as JSON).text)
    return id
  }

  /// Sends a notification.
  package func notify(_ method: String, _ params: JSON) throws {
    try check(schema.flaws(method: method, params: params, from: .client, isRequest: false), params)
    try server.send((["jsonrpc": "2.0", "method": .string(method), "params": params] as JSON).text)
  }

  /// Answers a request of the program's; a `careless` answer is not held against the schema.
  package func reply(to request: JSON, _ result: JSON, careless: Bool = false) throws {
    let method = questions.removeValue(forKey: request["id"] ?? .null) ?? ""
    if !careless { try check(schema.flaws(result: result, of: method, from: .client), result) }
    try server.send((["jsonrpc": "2.0", "id": request["id"] ?? .null, "result": result] as JSON).text)
  }

  // MARK: Receiving

  /// The next frame, which is as the schema wants it.
  package func receive() throws -> JSON {
    let frame = try server.receive()
    let names = Set((frame.object ?? JSONObject()).map(\.key))
    guard frame["jsonrpc"] == "2.0", names.isSubset(of: ["jsonrpc", "id", "method", "params", "result", "error"]) else {
      throw Client.Failure(description: "no frame: \(frame.text)")
    }
    if let method = frame["method"]?.string {
      let flaws = schema.flaws(method: method, params: frame["params"], from: .agent, isRequest: frame["id"] != nil)
      try check(flaws, frame)
      if let id = frame["id"] { questions[id] = method }
      return frame
    }
    let method = open.removeValue(forKey: frame["id"] ?? .null)
    if let error = frame["error"] {
      try check(schema.flaws(error: error), frame)
    } else if let method {
      try check(schema.flaws(result: frame["result"] ?? .null, of: method, from: .agent), frame)
    }
    return frame
  }

  private func check(_ flaws: [String], _ frame: JSON) throws {
    guard !flaws.isEmpty else { return }
    throw Client.Failure(description: "\(flaws.joined(separator: "; ")) in \(frame.text)")
  }

  /// All frames up to and with the answer to a request.
  package func receive(upTo id: JSON) throws -> [JSON] {
    var frames: [JSON] = []
    while true {
      let frame = try receive()
      frames.append(frame)
      if frame["id"] == id, frame["method"] == nil { return frames }
      if let update = frame["params"]?["update"] { idleUpdates.append(update) }
    }
  }

  /// The answer to a request; updates before it are kept as ``idleUpdates``.
  package func answer(_ method: String, _ params: JSON, careless: Bool = false) throws -> JSON {
    try receive(upTo: try send(method, params, careless: careless)).last ?? .null
  }

  /// The result of a request, or what the error says.
  package func result(_ method: String, _ params: JSON, careless: Bool = false) throws -> JSON {
    let answer = try answer(method, params, careless: careless)
    guard let result = answer["result"] else { throw Client.Failure(description: answer.text) }
    return result
  }

  // MARK: Prompts

  /// Sends a prompt of one text.
  package func send(prompt text: String) throws -> JSON {
    try send("session/prompt", ["sessionId": session, "prompt": [["type": "text", "text": .string(text)]]])
  }

  /// Prompts and waits for the answer; `choice` is the option that questions are answered with, `nil` cancels them.
  package func prompt(_ text: String, choosing choice: String? = nil) throws -> Turn {
    try turn(of: try send(prompt: text), choosing: choice)
  }

  /// What comes up to the answer to a prompt.
  package func turn(of id: JSON, choosing choice: String? = nil) throws -> Turn {
    var turn = Turn()
    while true {
      let frame = try receive()
      switch frame["method"]?.string {
      case "session/update": turn.updates.append(frame["params"]?["update"] ?? .null)
      case "session/request_permission":
        turn.asked.append(frame["params"] ?? .null)
        let outcome: JSON = choice.map { ["outcome": "selected", "optionId": .string($0)] } ?? ["outcome": "cancelled"]
        try reply(to: frame, ["outcome": outcome])
      case nil where frame["id"] == id:
        turn.answer = frame
        return turn
      default: throw Client.Failure(description: "unexpected: \(frame.text)")
      }
    }
  }
}

extension [JSON] {
  /// The updates of a kind.
  package func kind(_ name: String) -> [JSON] { filter { $0["sessionUpdate"]?.string == name } }
  /// What the agent said, together.
  package var text: String {
    kind("agent_message_chunk").compactMap { $0["content"]?["text"]?.string }.joined()
  }
}
