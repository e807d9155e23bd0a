import Foundation
import OperatingSystem
import TestSupport
import Testing

@Suite(.hangGuard, .ownThread) struct `Programs that are run:` {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(
    _ script: String, _ change: (inout ProcessRequest) -> Void = { _ in }
  ) async throws -> ProcessOutcome {
    var request = ProcessRequest(["/bin/sh", "-c", script])
    change(&request)
    return try await ProcessRunner.system.run(request)
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func `what they write and how they end comes back`() async throws {
    let outcome = try await run("echo out; echo err >&2; exit 7")
    #expect(outcome.ending == .exited(7))
    #expect(text(outcome.output) == "out\n")
    #expect(text(outcome.errors) == "err\n")
    #expect(try await run("kill -9 $$").ending == .signalled(9))
    #expect("\(outcome)" == "it ended with status 7")
  }

  @Test func `what they get is what was asked for`() async throws {
    let outcome = try await run("cat; printf '%s %s' \"$NAME\" \"$HOME\"; pwd") { request in
      request.input = Array("input ".utf8)
      request.environment = ["NAME": "a value"]
      request.folder = folder.path
    }
    let real = URL(fileURLWithPath: folder.path).resolvingSymlinksInPath().path
    #expect(text(outcome.output) == "input a value \(real)\n")
    let arguments = try await ProcessRunner.system.run(ProcessRequest(["printf", "[%s]", "", "two words", "'"]))
    #expect(text(arguments.output) == "[][two words][']")
  }

  @Test func `without input there is none to wait for, and all variables are there`() async throws {
    let outcome = try await run("cat; printf '%s' \"$PATH\"")
    #expect(text(outcome.output) == ProcessInfo.processInfo.environment["PATH"])
  }

  @Test func `much input and output cross each other`() async throws {
    let input = [UInt8](repeating: 0x61, count: 700_000)
    let outcome = try await run("cat") { $0.input = input }
    #expect(outcome.ending == .exited(0))
    #expect(outcome.output == input)
  }

  @Test func `input that nobody reads is dropped`() async throws {
    let outcome = try await run("exec <&-; echo done") { $0.input = [UInt8](repeating: 0x61, count: 700_000) }
    #expect(outcome.ending == .exited(0))
    #expect(text(outcome.output) == "done\n")
  }

  @Test func `they get none of this process's descriptors`() async throws {
    let open = (0..<20).map { _ in dup(1) }  // which children would get
    defer { for descriptor in open { close(descriptor) } }
    let outcome = try await ProcessRunner.system.run(ProcessRequest(["ls", "/proc/self/fd"]))
    // The fourth is the folder that it lists.
    #expect(text(outcome.output) == "0\n1\n2\n3\n")
  }

  @Test func `they have a group of their own, and no signal blocked or ignored`() async throws {
    let outcome = try await run("grep -E '^Sig(Blk|Ign)' /proc/self/status; ps -o pgid= -p $$; echo $$")
    let lines = text(outcome.output).split(separator: "\n").map { $0.filter { $0 != " " && $0 != "\t" } }
    try #require(lines.count == 4, "\(text(outcome.output))")
    #expect(lines[0] == "SigBlk:0000000000000000")
    // The two signals above 31 are the C library's own, which ignores them itself.
    let ignored = try #require(UInt64(lines[1].dropFirst("SigIgn:".count), radix: 16))
    #expect(ignored & 0x7FFF_FFFF == 0)
    #expect(lines[2] == lines[3])
  }

  @Test func `what cannot be started says why, and not with which arguments`() async throws {
    let error = await #expect(throws: ProcessFailure.self) {
      try await ProcessRunner.system.run(ProcessRequest([folder.path + "/nothing", "--password=canary-argument"]))
    }
    #expect(error?.message.contains("No such file") == true)
    #expect(error?.message.contains("canary") == false)
    await #expect(throws: ProcessFailure.self) { try await ProcessRunner.system.run(ProcessRequest([])) }
    await #expect(throws: ProcessFailure.self) { try await ProcessRunner.system.run(ProcessRequest(["sh\0"])) }
    await #expect(throws: ProcessFailure.self) { try await run("true") { $0.folder = folder.path + "/nothing" } }
    #expect("\(ProcessRequest(["sh", "canary"]))" == "sh •••")
  }

  @Test func `output beyond the limit ends them, errors beyond it are dropped`() async throws {
    let much = try await run("while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done") { $0.outputMax = 10_000 }
    #expect(much.ending == .tooMuchOutput)
    #expect(much.output.count == 10_000)
    let fits = try await run("printf 0123456789") { $0.outputMax = 10 }
    #expect(fits.ending == .exited(0))
    #expect(text(fits.output) == "0123456789")
    let errors = try await run("head -c 100000 /dev/zero >&2; echo done") { $0.errorsMax = 100 }
    #expect(errors.ending == .exited(0))
    #expect(errors.errors.count == 100)
  }

  /// A program that starts another, both deaf to SIGTERM, and says their numbers before it hangs.
  private static let hanging =
    "trap '' TERM; sh -c 'trap \"\" TERM; echo $$; exec sleep 300' & echo $$; wait; sleep 300"

  private func numbers(_ output: [UInt8]) throws -> [Int32] {
    let numbers = text(output).split(separator: "\n").compactMap { Int32($0) }
    try #require(numbers.count == 2)
    return numbers
  }

  /// Waits for processes that init has to bury.
  private func areGone(_ numbers: [Int32]) async throws {
    try await HangGuard.wait { numbers.allSatisfy(ProcessState.isGone) }
  }

  @Test(.tags(.realTime)) func `what hangs in real time is ended with all that it has started`() async throws {
    // So long that it has started both on a busy machine.
    let outcome = try await run(Self.hanging) { $0.timeoutMs = 3_000 }
    #expect(outcome.ending == .timedOut)
    try await areGone(try numbers(outcome.output))
  }

  @Test func `a cancelled task ends them, grandchildren too`() async throws {
    let ready = folder.path + "/ready"
    let script = "trap '' TERM; sleep 300 & echo $! $$ > \(ready).new; mv \(ready).new \(ready); wait; sleep 300"
    let task = Task { try await run(script) }
    try await HangGuard.wait { FileManager.default.contents(atPath: ready) != nil }
    task.cancel()
    #expect(try await task.value.ending == .cancelled)
    let numbers = try #require(folder.text("ready")).split(separator: " ").compactMap { Int32($0.filter(\.isNumber)) }
    try #require(numbers.count == 2)
    try await areGone(numbers)
  }

  @Test func `a task that is cancelled already ends them at once`() async throws {
    let task = Task {
      unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
      return try await run("sleep 300")
    }
    #expect(try await task.value.ending == .cancelled)
  }

  @Test func `one that leaves something running is not waited for long`() async throws {
    let outcome = try await run("sleep 300 & echo $!")
    #expect(outcome.ending == .exited(0))
    let number = try #require(Int32(text(outcome.output).filter(\.isNumber)))
    #expect(!ProcessState.isGone(number))
    _ = kill(number, SIGKILL)
  }

  @Test func `many at once do not mix`() async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<20 {
        group.addTask { try await text(run("echo \(number)").output) == "\(number)\n" }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }
}
