import Foundation
import OperatingSystem
import Protocol
import TestSupport
import Testing

/// Whom a day is played with: a model of today, at either service.
struct Company: Sendable, CustomTestStringConvertible {
  let model: StrictModel
  let service: Upstream.Service

  var testDescription: String { "\(model.name) over \(service == .bedrock ? "Bedrock" : "the API")" }

  /// The model's name at the service.
  var name: String { model.id(at: service) }

  /// The models that differ most in what they take, at both services.
  static let all: [Company] = [
    "claude-sonnet-5-5", "claude-opus-5-5", "claude-haiku-5-5", "claude-fable-5-2", "claude-opus-4-8",
    "claude-sonnet-5",
    "claude-sonnet-4-6", "claude-haiku-4-5",
  ].compactMap(StrictModel.named).flatMap { model in
    [Company(model: model, service: .anthropic), Company(model: model, service: .bedrock)]
  }

  /// One of each kind: sealed, sealed and able not to think, and neither.
  static let few = all.filter { ["claude-sonnet-5-5", "claude-haiku-5-5", "claude-haiku-4-5"].contains($0.model.name) }

  /// One model at both services, for what has nothing to do with it.
  static let some = Array(all.prefix(2))
}

/// An ordinary day of a session: a workspace under git, the whole server, and services that take nothing wrong.
final class Day {
  let company: Company
  let folder: TemporaryFolder
  let upstream: StrictUpstream
  let server: ServerInMemory
  private(set) var session = ""
  private var lastID = 100

  /// Begins it; without `opens` no session is made.
  init(_ company: Company, _ actions: [StrictAction] = [], arguments: [String] = [], opens: Bool = true) throws {
    self.company = company
    upstream = try StrictUpstream(actions)
    folder = try TemporaryFolder()
    for number in 0..<12 {
      let lines = String(repeating: "a line of text\n", count: 40)
      try folder.write("f\(number).txt", "file \(number)\n\(lines)")
    }
    try folder.write(".git/HEAD", "ref: refs/heads/main\n")
    server = try Self.server(company, upstream, folder, arguments)
    if opens { session = try makeSession(["model": .string(company.name)]) }
  }

  /// Another process in the same place.
  func anotherServer() throws -> ServerInMemory { try Self.server(company, upstream, folder, []) }

  private static func server(
    _ company: Company, _ upstream: StrictUpstream, _ folder: TemporaryFolder, _ arguments: [String]
  ) throws -> ServerInMemory {
    var variables = upstream.environment(company.service)
    variables["PATH"] = "/usr/local/bin:/usr/bin:/bin"
    return try ServerInMemory(arguments, environment: variables, folder: folder.path, time: .impatient)
  }

  /// Makes a session with these options.
  func makeSession(_ options: JSONObject = [:]) throws -> String {
    try ask("session/new", options, inSession: false)["sessionId"]?.string ?? ""
  }

  /// Asks the server, and gives the result; fails on an error.
  @discardableResult func ask(_ method: String, _ params: JSONObject = [:], inSession: Bool = true) throws -> JSON {
    var params = params
    if inSession, params["sessionId"] == nil { params["sessionId"] = .string(session) }
    lastID += 1
    let answer = try server.call(lastID, method, .object(params))
    guard let result = answer["result"] else {
      throw Client.Failure(description: "\(method): \(answer.text.prefix(400))")
    }
    return result
  }

  /// A whole run: why it stopped, or its error.
  func run(_ prompt: String = "hi", _ more: JSONObject = [:], in session: String? = nil) throws -> String {
    try end(of: try start(prompt, more, in: session))
  }

  /// Starts a run; its answer comes under the number that is given back.
  func start(_ prompt: String, _ more: JSONObject = [:], in session: String? = nil) throws -> Int {
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

  /// Waits for a run: why it stopped, or its error.
  func end(of number: Int) throws -> String {
    Self.reason(try server.receive(upTo: .number(JSONNumber(number))).last ?? .null)
  }

  /// Waits for an event of one of these types.
  func wait(for types: String...) throws {
    while true {
      let message = try server.receive()
      if types.contains(message["params"]?["type"]?.string ?? "") { return }
      if message["id"] != nil { throw Client.Failure(description: "came before \(types): \(message.text.prefix(400))") }
    }
  }

  /// Why a run stopped, or its error.
  static func reason(_ answer: JSON) -> String {
    answer["result"]?["stopReason"]?.string ?? "error: \(answer["error"]?["message"]?.string?.prefix(300) ?? "?")"
  }
}

extension TimeSource {
  /// The system's clocks with waits before another try that are over at once; deadlines stay.
  static var impatient: TimeSource {
    var source = TimeSource.system
    let sleep = source.sleep
    source.sleep = { milliseconds in
      if milliseconds <= 10_000 { try Task.checkCancellation() } else { try await sleep(milliseconds) }
    }
    return source
  }
}
