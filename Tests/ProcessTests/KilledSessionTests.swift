import Foundation
import OperatingSystem
import Protocol
import Synchronization
import TestSupport
import Testing

/// Processes that are killed at any moment of a run with tools, one after the other over one folder of sessions.
///
/// `KILLS` says how often; `Scripts/killed.sh` has it done two hundred times.
@Suite(.serialized, .ownThread) struct `Whenever a process is killed,` {
  private static let kills = ProcessInfo.processInfo.environment["KILLS"].flatMap { Int($0) } ?? 6
  private static let first = ProcessInfo.processInfo.environment["KILLS_FIRST"].flatMap { UInt64($0) } ?? 0
  private static let models = ["claude-fable-5-2", "claude-opus-5-5"]

  /// What a session is known to have said, by the answers that came out.
  private struct Known {
    var id: String
    var answered: [String] = []
    var asked: [String] = []
    /// How many results of tools the model was shown last: those of a run that was killed count as well.
    var results = 0
  }

  /// A model that reads or runs something now and then, and kills whoever asks it at one of its turns.
  private final class Killer: Sendable {
    private let state = Mutex<(numbers: RandomNumbers, turns: Int, victim: Int32)>((RandomNumbers(seed: 0), 0, 0))

    func aim(at victim: Int32, _ numbers: RandomNumbers, turns: Int) {
      state.withLock { $0 = (numbers, turns, victim) }
    }

    /// Kills it that many microseconds from now, wherever that finds it.
    static func strike(_ victim: Int32, in time: Int) {
      DispatchQueue.global().asyncAfter(deadline: .now() + .microseconds(time)) { _ = kill(victim, SIGKILL) }
    }

    func action(_ question: Upstream.Question) -> StrictAction {
      state.withLock { state in
        let roll = Int.random(in: 0..<5, using: &state.numbers)
        var action =
          switch roll {
          case 0, 1: StrictAction.call("read_file", ["path": "f.txt"])
          case 2: StrictAction.call("execute_command", ["command": "echo said"])
          default: StrictAction.text("Answer \(question.number).")
          }
        state.turns -= 1
        guard state.turns == 0 else { return action }
        let victim = state.victim
        switch Int.random(in: 0..<4, using: &state.numbers) {
        case 0:
          action.ending = .heldAfterEvents(Int.random(in: 0..<6, using: &state.numbers))
          action.whenHeld = { _ = kill(victim, SIGKILL) }
        case 1: _ = kill(victim, SIGKILL)
        default: Self.strike(victim, in: Int.random(in: 0..<6_000, using: &state.numbers))
        }
        return action
      }
    }
  }

  @Test func `each stored session loads, lists and goes on, and nothing is lost whose answer came out`() throws {
    let killer = Killer()
    let upstream = try StrictUpstream(otherwise: { killer.action($0) })
    let folder = try TemporaryFolder()
    try folder.write("f.txt", "some text\n")
    var environment = upstream.environment(.anthropic)
    environment["WYN360_SESSIONS"] = folder.path + "/kept"
    environment["PATH"] = "/usr/bin:/bin"
    var known: [Known] = []
    var lost = 0
    for number in 0..<UInt64(Self.kills) {
      var numbers = RandomNumbers(seed: Self.first + number)
      environment["ANTHROPIC_MODEL"] = Self.models[Int(number) % Self.models.count]
      let server = try ServerProcess(["--allow", "commands"], environment: environment, folder: folder.path)
      try check(known, server)
      if known.isEmpty || Int.random(in: 0..<4, using: &numbers) == 0 {
        killer.aim(at: server.id, numbers, turns: .max)
        let made = try #require(try server.call(1, "session/new")["result"]?["sessionId"]?.string)
        known.append(Known(id: made))
      }
      let place = Int.random(in: 0..<known.count, using: &numbers)
      let id = known[place].id
      let isHere = try server.call(2, "session/get", ["sessionId": .string(id)])["result"]?["stored"] == nil
      let opened = try server.call(3, isHere ? "session/get" : "session/load", ["sessionId": .string(id)])
      if opened["result"] == nil {
        // One that was killed before anything was answered has left nothing.
        #expect(known[place].answered.isEmpty, "\(id): \(opened.text.prefix(300))")
        known.remove(at: place)
        continue
      }
      // One kill comes from the clock of the machine, wherever that finds the process; the others from the model.
      let isTimed = Int.random(in: 0..<3, using: &numbers) == 0
      killer.aim(at: server.id, numbers, turns: isTimed ? .max : Int.random(in: 1..<7, using: &numbers))
      if isTimed {
        Killer.strike(server.id, in: Int.random(in: 0..<60_000, using: &numbers))
      }
      lost += try talk(to: server, in: place, &known)
      let body = upstream.questions.last { question in
        known[place].asked.last.map { question.body["messages"]?.text.contains($0) == true } ?? false
      }?.body
      known[place].results = body.map { Self.results(in: $0["messages"]) } ?? known[place].results
    }
    environment["ANTHROPIC_MODEL"] = Self.models[0]
    let last = try ServerProcess(["--allow", "commands"], environment: environment, folder: folder.path)
    killer.aim(at: 0, RandomNumbers(seed: 1), turns: .max)
    try check(known, last)
    for (number, one) in known.enumerated() where !one.answered.isEmpty {
      _ = try last.call(100 + 2 * number, "session/load", ["sessionId": .string(one.id)])
      let said = try last.call(
        101 + 2 * number, "agent/run", ["sessionId": .string(one.id), "prompt": "still there?"])
      #expect(said["result"]?["stopReason"] == "endTurn", "\(one.id): \(said.text.prefix(300))")
    }
    #expect(upstream.refused.isEmpty, "\(upstream.refused.first?.text ?? "")")
    #expect(upstream.dropped.isEmpty && lost <= Self.kills)
    // Who is never answered loses nothing.
    #expect(Self.kills < 50 || known.reduce(0) { $0 + $1.answered.count } >= Self.kills / 2)
  }

  /// Asks until the process is gone.
  ///
  /// - Returns: How many prompts were asked that were not answered.
  private func talk(to server: ServerProcess, in place: Int, _ known: inout [Known]) throws -> Int {
    for number in 4..<40 {
      let word = "prompt \(known[place].asked.count) of \(known[place].id)"
      known[place].asked.append(word)
      let request: JSON = ["sessionId": .string(known[place].id), "prompt": .string(word)]
      guard let answer = try? server.call(number, "agent/run", request) else { return 1 }
      if answer["result"] != nil { known[place].answered.append(word) }
    }
    server.signal(SIGKILL)
    return 0
  }

  /// How many results of tools stand in some messages.
  private static func results(in messages: JSON?) -> Int {
    (messages?.array ?? []).flatMap { $0["content"]?.array ?? [] }.count { $0["type"] == "tool_result" }
  }

  /// Holds what another process finds in the folder against what is known.
  private func check(_ known: [Known], _ server: ServerProcess) throws {
    let list = try server.call(50, "session/list", ["limit": 1_000])["result"]
    #expect(list?["problems"] == nil)
    let listed = Set((list?["sessions"]?.array ?? []).compactMap { $0["sessionId"]?.string })
    for (number, one) in known.enumerated() where !one.answered.isEmpty {
      #expect(listed.contains(one.id))
      let history = try server.call(51 + number, "session/history", ["sessionId": .string(one.id)])["result"]
      let prompts = (history?["exchanges"]?.array ?? []).compactMap { exchange in
        exchange["messages"]?.array?.first?["content"]?.array?.first {
          $0["text"]?.string?.hasPrefix("prompt") == true
        }?["text"]?.string
      }
      let results = (history?["exchanges"]?.array ?? []).reduce(0) { $0 + Self.results(in: $1["messages"]) }
      #expect(results >= one.results, "\(one.id): what tools have done is missing")
      // What was answered is there, once and in order; what was not may be, too.
      #expect(prompts.filter(one.answered.contains) == one.answered, "\(one.id)")
      #expect(prompts.allSatisfy(one.asked.contains) && Set(prompts).count == prompts.count)
    }
  }
}
