import CSystem
import Foundation
import Protocol
import TestSupport
import Testing

/// The program asked once at a terminal: a pair of descriptors that behaves as one, with the test as the person.
private final class Terminal {
  private let person: Int32
  private let process = Process()
  private let answer = Pipe()
  private var shown = ""

  init(_ arguments: [String], environment: [String: String], folder: String) throws {
    var ends: (person: Int32, program: Int32) = (0, 0)
    guard unsafe openpty(&ends.person, &ends.program, nil, nil, nil) == 0 else {
      throw Client.Failure(description: "the system gives no terminal")
    }
    person = ends.person
    process.executableURL = try ServerProcess.executable()
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = environment.merging(["HOME": "/nonexistent"]) { one, _ in one }
    let program = FileHandle(fileDescriptor: ends.program, closeOnDealloc: true)
    process.standardInput = program
    process.standardError = program
    process.standardOutput = answer
    try process.run()
    try program.close()
    try answer.fileHandleForWriting.close()
  }

  deinit {
    if process.isRunning { process.terminate() }
    close(person)
  }

  /// Reads what is shown until a text comes.
  func wait(for text: String) throws {
    while !shown.contains(text) {
      var poller = pollfd(fd: person, events: Int16(POLLIN), revents: 0)
      var chunk = [UInt8](repeating: 0, count: 4_096)
      guard unsafe poll(&poller, 1, HangGuard.milliseconds) == 1,
        case let count = unsafe chunk.withUnsafeMutableBytes({ unsafe read(person, $0.baseAddress, $0.count) }),
        count > 0
      else { throw Client.Failure(description: "'\(text)' did not come, but: \(shown)") }
      shown += String(decoding: chunk[..<count], as: UTF8.self)
    }
  }

  /// Types a line; what was shown before it is past.
  func type(_ line: String) throws {
    shown = ""
    let bytes = Array((line + "\n").utf8)
    guard unsafe bytes.withUnsafeBytes({ unsafe write(person, $0.baseAddress, $0.count) }) == bytes.count else {
      throw Client.Failure(description: "the terminal takes nothing")
    }
  }

  /// The answer on stdout, and the exit status.
  func end() throws -> (answer: String, status: Int32) {
    let data = try answer.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (String(decoding: data, as: UTF8.self), process.terminationStatus)
  }
}

@Suite(.ownThread) struct `A person at a terminal` {
  private static func calls(_ commands: String...) throws -> AgentModel {
    let turns = commands.map { AgentModel.Turn(.call("execute_command", ["command": .string($0)])) }
    return try AgentModel(turns + [.init(.text("done"))])
  }

  private func terminal(_ model: AgentModel, _ folder: TemporaryFolder, _ arguments: [String] = []) throws -> Terminal {
    var variables = model.environment()
    variables["PATH"] = "/usr/local/bin:/usr/bin:/bin"
    return try Terminal(arguments + ["go"], environment: variables, folder: folder.path)
  }

  @Test func `is asked before a command runs, as often as the answer is none`() throws {
    let (model, folder) = (try Self.calls("touch one", "touch two", "touch three"), try TemporaryFolder())
    let terminal = try terminal(model, folder)
    try terminal.wait(for: "Run touch one")
    try terminal.wait(for: "Allow? [y/a/n/never/?] ")
    #expect(folder.names == [])
    try terminal.type("")
    try terminal.wait(for: "Allow? [y/a/n/never/?] ")
    try terminal.type("?")
    try terminal.wait(for: "Always allow execute_command(touch one)")
    try terminal.wait(for: "Allow? [y/a/n/never/?] ")
    #expect(folder.names == [])
    try terminal.type("y")
    try terminal.wait(for: "Run touch two")
    try terminal.wait(for: "Allow? ")
    #expect(folder.names == ["one"])
    try terminal.type("n")
    try terminal.wait(for: "Run touch three")
    try terminal.wait(for: "Allow? ")
    try terminal.type("yes")
    let (answer, status) = try terminal.end()
    #expect(answer == "done\n")
    #expect(status == 0)
    #expect(folder.names == ["one", "three"])
    #expect(model.questions[2].resultTexts.first?.hasPrefix("The person refused this.") == true)
  }

  @Test func `is asked once where the answer is always`() throws {
    let (model, folder) = (try Self.calls("mkdir x", "mkdir x", "mkdir x"), try TemporaryFolder())
    let terminal = try terminal(model, folder)
    try terminal.wait(for: "Allow? ")
    try terminal.type("a")
    #expect(try terminal.end().answer == "done\n")
    #expect(model.questions.count == 4)
    #expect(model.questions[2].resultTexts.first?.contains("exist") == true)
  }

  @Test func `is not asked in readOnly, nor for what a flag allows`() throws {
    for arguments in [["--permission-mode", "readOnly"], ["--allow", "commands"]] {
      let (model, folder) = (try Self.calls("touch one"), try TemporaryFolder())
      let terminal = try terminal(model, folder, arguments)
      #expect(try terminal.end().answer == "done\n")
      #expect(folder.names == (arguments[0] == "--allow" ? ["one"] : []))
    }
  }

  @Test func `cannot be deceived by what a command looks like`() throws {
    let (model, folder) = (try Self.calls("touch a\u{1B}[2K\rls \u{202E}"), try TemporaryFolder())
    let terminal = try terminal(model, folder)
    try terminal.wait(for: #"touch a\u{1B}[2K\u{D}ls \u{202E}"#)
    try terminal.wait(for: "Allow? ")
    try terminal.type("n")
    #expect(try terminal.end().answer == "done\n")
    #expect(folder.names == [])
  }
}
