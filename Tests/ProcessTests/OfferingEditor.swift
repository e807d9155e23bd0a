import Foundation
import OperatingSystem
import Protocol
import TestSupport

/// An editor of the Agent Client Protocol that offers what it has: buffers that are not saved, terminals, forms.
final class OfferingEditor {
  /// What it does with a request of the agent's.
  enum Answer {
    case result(JSON)
    case error(Int)
    /// A message in just these words, behind its id.
    case text(String)
    /// Nothing, ever.
    case silence
  }

  /// What came during a prompt.
  struct Turn {
    var updates: [JSON] = []
    /// The agent's requests, by method.
    var asked: [(method: String, params: JSON)] = []
    var answer: JSON = .null

    var stopReason: String? { answer["result"]?["stopReason"]?.string }

    /// The params of the requests of a method.
    func params(of method: String) -> [JSON] { asked.filter { $0.method == method }.map(\.params) }

    /// The updates of calls.
    var calls: [JSON] { updates.filter { $0["sessionUpdate"] == "tool_call_update" } }
  }

  let folder: TemporaryFolder
  let model: AgentModel
  let server: Client
  private(set) var session: JSON = .null
  /// Texts of files by their names in the folder, saved or not.
  var buffers: [String: String] = [:]
  /// What it makes of a text that it takes.
  var formats: (String) -> String = { $0 }
  private var last = 100
  private let schema: ACPSchema

  init(
    _ turns: [AgentModel.Turn], capabilities: JSON?, mode: String? = nil, cwd: String? = nil, others: [String] = [],
    environment: [String: String] = [:],
    time: TimeSource = .real
  ) throws {
    guard let schema = ACPSchema.vendored else { throw Client.Failure(description: "there is no schema") }
    self.schema = schema
    folder = try TemporaryFolder()
    model = try AgentModel(turns)
    var variables = model.environment().merging(environment) { $1 }
    variables["PATH"] = "/usr/local/bin:/usr/bin:/bin"
    server = try ServerInMemory(environment: variables, time: time)
    var params: JSONObject = ["protocolVersion": 1]
    params["clientCapabilities"] = capabilities
    _ = try server.call(0, "initialize", .object(params))
    var opening: JSONObject = ["cwd": .string(cwd ?? folder.path), "mcpServers": []]
    if !others.isEmpty { opening["additionalDirectories"] = .array(others.map { .string($0) }) }
    let opened = try server.call(1, "session/new", .object(opening))
    session = opened["result"]?["sessionId"] ?? .null
    if let mode { _ = try server.call(2, "session/set_mode", ["sessionId": session, "modeId": .string(mode)]) }
  }

  /// What it says of files, without anything special: what is in its buffers.
  func files(_ method: String, _ params: JSON) -> Answer {
    let path = params["path"]?.string ?? ""
    guard path.hasPrefix(folder.path + "/"), params["sessionId"] == session else { return .error(-32602) }
    let name = String(path.dropFirst(folder.path.count + 1))
    switch method {
    case "fs/read_text_file": return buffers[name].map { .result(["content": .string($0)]) } ?? .error(-32002)
    case "fs/write_text_file":
      buffers[name] = formats(params["content"]?.string ?? "")
      return .result([:])
    default: return .error(-32601)
    }
  }

  /// Prompts, and answers what is asked meanwhile: permissions with `choice`, all else by `answers` or as ``files(_:_:)``.
  func prompt(
    _ text: String = "go", choosing choice: String = "allow_once",
    answers: (_ method: String, _ params: JSON) throws -> Answer? = { _, _ in nil }
  ) throws -> Turn {
    let params: JSON = ["sessionId": session, "prompt": [["type": "text", "text": .string(text)]]]
    return try turn(of: "session/prompt", params, choosing: choice, answers)
  }

  /// Asks anything else, and gives the answer.
  func call(_ method: String, _ params: JSON) throws -> JSON {
    try turn(of: method, params, choosing: "allow_once") { _, _ in nil }.answer
  }

  private func turn(
    of method: String, _ params: JSON, choosing choice: String, _ answers: (String, JSON) throws -> Answer?
  ) throws -> Turn {
    last += 1
    let id: JSON = .number(JSONNumber(last))
    try server.send((["jsonrpc": "2.0", "id": id, "method": .string(method), "params": params] as JSON).text)
    var turn = Turn()
    while true {
      let message = try server.receive()
      guard let method = message["method"]?.string else {
        guard message["id"] == id else { continue }
        turn.answer = message
        return turn
      }
      let params = message["params"] ?? .null
      let flaws = schema.flaws(method: method, params: params, from: .agent, isRequest: message["id"] != nil)
      guard flaws.isEmpty else { throw Client.Failure(description: "\(flaws) in \(message.text)") }
      guard let number = message["id"] else {
        if let update = params["update"] { turn.updates.append(update) }
        if method == "$/cancel_request" { turn.asked.append((method, params)) }
        continue
      }
      turn.asked.append((method, params))
      var answer = try answers(method, params)
      if answer == nil, method == "session/request_permission" {
        answer = .result(["outcome": ["outcome": "selected", "optionId": .string(choice)]])
      }
      try reply(to: number, answer ?? files(method, params))
    }
  }

  private func reply(to id: JSON, _ answer: Answer) throws {
    switch answer {
    case .result(let result): try server.send((["jsonrpc": "2.0", "id": id, "result": result] as JSON).text)
    case .error(let code):
      let error: JSON = ["code": .number(JSONNumber(code)), "message": "not here"]
      try server.send((["jsonrpc": "2.0", "id": id, "error": error] as JSON).text)
    case .text(let rest): try server.send(#"{"jsonrpc":"2.0","id":\#(id.text)\#(rest)"#)
    case .silence: break
    }
  }

  /// Cancels what goes on.
  func cancel() throws {
    try server.send((["jsonrpc": "2.0", "method": "session/cancel", "params": ["sessionId": session]] as JSON).text)
  }

  /// What the model was told of its calls in a question, from 1.
  func told(_ number: Int) -> String { model.questions[number].resultTexts.joined(separator: "\n") }
}

extension ManualClock {
  /// Lets so many milliseconds pass as soon as somebody has slept for just that long `times` times.
  func passWhenSlept(_ milliseconds: Int, times: Int = 1) {
    while sleeps.count(where: { $0 == milliseconds }) < times { sched_yield() }
    pass(milliseconds)
  }
}
