import Foundation
import Protocol
import Server
import TestSupport
import Testing

/// A conversation as it stands in a file of `Transcripts/`, played against the built program.
///
/// A line with `>` is sent, one with `<` must come back, one with `!` is what the model does. Names of sessions and runs are
/// `s1`, `r1`, … in the order in which they appear, times and sizes are 0. With `RECORD=1` the `<` lines are written anew, as
/// many as there are.
private struct Transcript: CustomTestStringConvertible {
  var path: String
  var testDescription: String { path }

  static let all: [Transcript] = ((try? Repository.files(under: folder, endingWith: ".txt")) ?? []).map(Transcript.init)
  private static let folder = "Tests/ProcessTests/Transcripts"

  var lines: [String] { get throws { try Repository.text(path).components(separatedBy: "\n") } }

  /// The methods that a client calls in it.
  var methods: [String] {
    get throws {
      try lines.filter { $0.hasPrefix("> ") }.compactMap { try? JSON.parse(String($0.dropFirst(2)))["method"]?.string }
    }
  }

  /// Plays it: the lines as they should be, and as they are.
  func play() throws -> (expected: [String], actual: [String]) {
    let model = try ScriptedModel()
    let server = try ServerProcess(environment: model.environment)
    var mask = Mask()
    let lines = try lines
    var actual: [String] = []
    for line in lines {
      switch line.prefix(1) {
      case ">": try server.send(mask.named(String(line.dropFirst(2))))
      case "!": model.take(try step(String(line.dropFirst(2))))
      case "<":
        do {
          // Which shell there is, is the machine's.
          let text = mask.masked(try server.receive()).text
          actual.append("< " + text.replacing("Runs a command with sh -c", with: "Runs a command with bash -c"))
        } catch {
          let shown = actual.suffix(3).joined(separator: "\n")
          throw Client.Failure(description: "\(error) after line \(actual.count):\n\(shown)")
        }
        continue
      default: break
      }
      actual.append(line)
    }
    try server.closeInput()
    let rest = try server.receiveAll().map { "< " + mask.masked($0).text }
    #expect(rest == [], "more came than the transcript has")
    #expect(try server.waitForExit() == 0)
    #expect(model.flaws == [])
    return (lines, actual)
  }

  private func step(_ line: String) throws -> ScriptedModel.Step {
    let words = line.split(separator: " ", maxSplits: 1).map(String.init)
    switch (words[0], words.dropFirst().first) {
    case ("text", let text?): return .text(try #require(try JSON.parse(text).string))
    case ("tool", let call?):
      let json = try JSON.parse(call)
      return .tool(name: try #require(json["name"]?.string), input: try #require(json["input"]).text)
    case ("end", let reason): return .end(try reason.map { try JSON.parse($0).string ?? "" } ?? "end_turn")
    case ("refuse", let error?):
      let json = try JSON.parse(error)
      return .refuse(
        try #require(json["status"]?.int), type: json["type"]?.string ?? "api_error",
        message: json["message"]?.string ?? "no")
    case ("gone", nil): return .gone
    default: throw Client.Failure(description: "the model cannot '\(line)'")
    }
  }
}

/// Gives names that change from run to run a short form, and back.
private struct Mask {
  private var short: [String: String] = [:]
  private var long: [String: String] = [:]
  private static let changing: Set = [
    "at", "createdAt", "updatedAt", "checkedAt", "expiresAt", "ttftMs", "apiMs", "totalMs", "uptimeMs", "delayMs",
    "rssBytes", "outboxBytes", "bytesIn", "bytesOut",
  ]

  /// What is sent, with the real names in place of the short ones.
  func named(_ text: String) -> String {
    long.reduce(text) { text, name in text.replacing("\"\(name.key)\"", with: "\"\(name.value)\"") }
  }

  mutating func masked(_ json: JSON) -> JSON {
    switch json {
    case .string(let text): return .string(masked(text))
    case .array(let elements): return .array(elements.map { masked($0) })
    case .object(let object):
      return .object(
        JSONObject(
          object.map { name, value in
            // What models are told first depends on the day, the folder and the machine.
            if name == "prefix", value.object != nil { return (name, "prefix") }
            guard Self.changing.contains(name), value.int != nil else { return (name, masked(value)) }
            return (name, 0)
          }))
    default: return json
    }
  }

  private mutating func masked(_ text: String) -> String {
    var text = text
    for match in text.matches(of: #/(session|run)-[0-9a-z]{16}|http://127\.0\.0\.1:\d+/#).reversed() {
      let name = String(match.output.0)
      if short[name] == nil {
        let kind = match.output.1.map { String($0.prefix(1)) } ?? "http://model"
        let number = short.values.count { $0.hasPrefix(kind) } + 1
        short[name] = "\(kind)\(number)"
        long["\(kind)\(number)"] = name
      }
      text.replaceSubrange(match.range, with: short[name] ?? "")
    }
    return text
  }
}

@Suite(.ownThread) struct `The transcripts` {
  @Test(arguments: Transcript.all) fileprivate func `are what the program says`(transcript: Transcript) throws {
    let (expected, actual) = try transcript.play()
    guard ProcessInfo.processInfo.environment["RECORD"] != "1" else {
      try actual.joined(separator: "\n").write(
        to: Repository.root.appendingPathComponent(transcript.path), atomically: true, encoding: .utf8)
      return
    }
    #expect(expected.count == actual.count)
    for (expected, actual) in zip(Self.settled(expected), Self.settled(actual)) { #expect(expected == actual) }
  }

  /// The lines with the answers that come together behind what is told: two requests' answers have no order.
  private static func settled(_ lines: [String]) -> [String] {
    var settled: [String] = []
    var answers: [String] = []
    for line in lines {
      if line.hasPrefix(#"< {"jsonrpc":"2.0","id""#) {
        answers.append(line)
      } else {
        if !line.hasPrefix("<") {
          settled += answers.sorted()
          answers = []
        }
        settled.append(line)
      }
    }
    return settled + answers.sorted()
  }

  @Test func `have every method that a client may call`() throws {
    let called = Set(try Transcript.all.flatMap { try $0.methods })
    let methods =
      Catalog.clientRequests.map { $0.method as String } + Catalog.clientNotifications.map { $0.method as String }
    #expect(Set(methods).subtracting(called) == [])
  }
}
