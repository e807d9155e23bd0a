import Foundation
import Protocol
import Synchronization
import TestSupport

/// A random walk through a conversation's life: prompts and tools, stops and breaks at any place, changes of all that a
/// prompt says of its surroundings, other models, summaries, forks, and moves into a new server, as a document or by a folder
/// of stored sessions.
///
/// The whole server asks the strict services. Chance belongs to the seed; only when a stop arrives does not.
final class LifeWalk {
  private let seed: UInt64
  private let company: Company
  private let folder: TemporaryFolder
  private let upstream: StrictUpstream
  private let mind: WalkingMind
  /// Where sessions are stored, in every other walk.
  private let kept: TemporaryFolder?
  private var server: ServerInMemory
  private var session = ""
  private var numbers: RandomNumbers
  private var lastID = 100
  private var words = 0
  private var exchanges = 0
  /// Whether the walk gave a reason why thinking may be left out.
  private var mayLose = false
  private var steps: [String] = []

  /// A walk in a folder of its own.
  init(seed: UInt64) throws {
    self.seed = seed
    company = Company.all[Int(seed % UInt64(Company.all.count))]
    numbers = RandomNumbers(seed: seed &* 0x9E37_79B9 &+ 7)
    folder = try TemporaryFolder()
    for name in ["a", "b", "c/d"] { try folder.write(name, "text of \(name)\n") }
    try folder.write(".git/HEAD", "ref: refs/heads/main\n")
    let mind = WalkingMind(seed: seed)
    self.mind = mind
    upstream = try StrictUpstream { mind.action(for: $0) }
    kept = seed % 2 == 0 ? nil : try TemporaryFolder()
    server = try Self.server(company, upstream, folder, kept)
  }

  /// How often a model was asked.
  var requests: Int { upstream.questions.count }

  /// Takes the steps.
  ///
  /// - Returns: The first thing that was wrong, with the seed and the steps up to it; `nil` when nothing was.
  func take() throws -> String? {
    try makeSession(["model": .string(company.name), "permissionMode": "acceptEdits"])
    for _ in 0..<Int.random(in: 4...9, using: &numbers) {
      if let flaw = try step() ?? flaw { return described(flaw) }
    }
    mind.calm()
    for _ in 0..<2 {
      let reason = try run("plainly \(nextWord())")
      if reason != "endTurn" { return described("the session cannot go on: \(reason)") }
    }
    if let flaw = try move() ?? flaw { return described(flaw) }
    let reason = try run("in another server \(nextWord())")
    return (reason == "endTurn" ? flaw : "the history cannot go on elsewhere: \(reason)").map(described)
  }

  private func described(_ flaw: String) -> String {
    "seed \(seed), \(company.testDescription), \(steps.joined(separator: ", ")): \(flaw)"
  }

  /// What is wrong with what the services were sent so far.
  private var flaw: String? {
    if let refused = upstream.refused.first { return "request \(refused.number ?? 0) was refused: \(refused.text)" }
    if let lost = upstream.missing.first {
      return "thinking was not sent back in \(lost.path) of request \(lost.number)"
    }
    guard !mayLose, let dropped = upstream.dropped.first else {
      return upstream.dropped.first { $0.reason == "prefix_binding_mismatch" }.map { "thinking was dropped: \($0)" }
    }
    return "thinking was left out at \(dropped.path) of request \(dropped.number): \(dropped.reason)"
  }

  // MARK: Steps

  private func step() throws -> String? {
    switch below(16) {
    case 0: return try setMode()
    case 1:
      steps.append("branch")
      try folder.write(".git/HEAD", "ref: refs/heads/branch-\(nextWord())\n")
    case 2:
      steps.append("instructions")
      try folder.write("AGENTS.md", "Rule \(nextWord()).\n")
    case 3: return try switchModel()
    case 4: return try compact()
    case 5: return try fork()
    case 6: return try move()
    case 7: return try rewind()
    default: return try prompt()
    }
    return nil
  }

  private func setMode() throws -> String? {
    let mode = ["ask", "acceptEdits", "readOnly", "bypass"][below(4)]
    steps.append("mode \(mode)")
    return try asked("session/setOptions", ["options": ["permissionMode": .string(mode)]])
  }

  private func switchModel() throws -> String? {
    let others = Company.all.filter { $0.service == company.service }
    let other = others[below(others.count)]
    steps.append("to \(other.model.name)")
    mayLose = true
    return try asked("agent/switchModel", ["model": .string(other.name)])
  }

  private func compact() throws -> String? {
    steps.append("summary")
    // Exchanges that were summarized count as one; how many there are then is asked.
    mind.begin()
    _ = try? call("session/compact")
    exchanges = try call("session/get")["exchanges"]?.int ?? 0
    return nil
  }

  private func fork() throws -> String? {
    let kept = below(exchanges + 1)
    steps.append("fork after \(kept)")
    let answer = try call("session/fork", ["exchanges": .number(JSONNumber(kept))])
    guard let fork = answer["sessionId"]?.string else { return "no fork" }
    if below(2) == 0 {
      session = fork
      exchanges = kept
    }
    return nil
  }

  private func rewind() throws -> String? {
    let kept = below(exchanges + 1)
    steps.append("back to \(kept)")
    exchanges = kept
    return try asked("session/rewind", ["exchanges": .number(JSONNumber(kept))])
  }

  /// Takes the history into a new server.
  private func move() throws -> String? {
    steps.append("move")
    let document = try call("session/export")["document"] ?? .null
    let isStored = kept != nil && exchanges > 0
    if isStored { _ = try call("session/close") }
    server = try Self.server(company, upstream, folder, kept)
    if isStored {
      _ = try call("session/load")
      let loaded = try call("session/export")["document"] ?? .null
      let parts = ["exchanges", "compacted", "prefix", "usage", "cost"]
      return parts.first { loaded[$0] != document[$0] }.map { "\($0) of the stored session is another than it was" }
    }
    lastID += 1
    let answer = try server.call(lastID, "session/import", ["document": document])
    guard let session = answer["result"]?["sessionId"]?.string else {
      return "what was exported is not imported: \(answer.text.prefix(400))"
    }
    self.session = session
    return nil
  }

  private func prompt() throws -> String? {
    var more: JSONObject = [:]
    switch below(12) {
    case 0: more["maxTurns"] = .number(JSONNumber(below(2) + 1))
    case 1: more["system"] = "Be brief."
    case 2: more["thinking"] = ["type": "disabled"]
    case 3: more["thinking"] = ["type": "enabled", "budgetTokens": 2_000]
    case 4: more["thinking"] = ["type": "adaptive"]
    default: break
    }
    let word = nextWord()
    steps.append("prompt \(word)\(more.isEmpty ? "" : " \(JSON.object(more).text)")")
    let send = server.sender
    let cancel: JSON = [
      "jsonrpc": "2.0", "id": "cancel", "method": "agent/cancel", "params": ["sessionId": .string(session)],
    ]
    mind.begin { try? send(cancel.text) }
    let reason = try run("word \(word)", more)
    let troubles = mind.troubles
    steps.append((troubles + [reason]).joined(separator: " "))
    exchanges = try call("session/get")["exchanges"]?.int ?? 0
    guard reason.hasPrefix("error") else { return nil }
    return troubles.isEmpty ? "a run failed for no reason: \(reason)" : nil
  }

  // MARK: The server

  private static func server(
    _ company: Company, _ upstream: StrictUpstream, _ folder: TemporaryFolder, _ kept: TemporaryFolder?
  ) throws -> ServerInMemory {
    var environment = upstream.environment(company.service)
    environment["WYN360_SESSIONS"] = kept?.path
    return try ServerInMemory(environment: environment, folder: folder.path, time: .impatient)
  }

  private func makeSession(_ options: JSONObject) throws {
    lastID += 1
    session = try server.call(lastID, "session/new", .object(options))["result"]?["sessionId"]?.string ?? ""
  }

  private func run(_ prompt: String, _ more: JSONObject = [:]) throws -> String {
    var params = more
    params["prompt"] = .string(prompt)
    params["sessionId"] = .string(session)
    lastID += 1
    return Day.reason(try server.call(lastID, "agent/run", .object(params)))
  }

  /// What is wrong with an answer that should have been a result.
  private func asked(_ method: String, _ params: JSONObject) throws -> String? {
    _ = try call(method, params)
    return nil
  }

  private func call(_ method: String, _ params: JSONObject = [:]) throws -> JSON {
    var params = params
    params["sessionId"] = .string(session)
    lastID += 1
    let answer = try server.call(lastID, method, .object(params))
    guard let result = answer["result"] else {
      throw Client.Failure(description: described("\(method): \(answer.text.prefix(400))"))
    }
    return result
  }

  private func below(_ end: Int) -> Int { Int.random(in: 0..<end, using: &numbers) }

  private func nextWord() -> Int {
    words += 1
    return words
  }
}
