import OperatingSystem
import Synchronization
import TestSupport
import Testing

@Suite(.hangGuard) struct `A child process that is spoken with:` {
  /// Hands each line over as it comes.
  private struct Lines: ChildReader {
    var rest: [UInt8] = []
    let told: @Sendable (String) -> Bool

    mutating func receive(_ bytes: ArraySlice<UInt8>, from stream: ChildStream, now: Int) -> Bool {
      rest += bytes
      var goesOn = true
      while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        goesOn = told(String(decoding: rest[..<end], as: UTF8.self)) && goesOn
        rest.removeSubrange(...end)
      }
      return goesOn
    }
  }

  private static let thread = BlockingThread(name: "child", stack: 256 * 1024)
  private static let teardown = ChildOrder.Teardown(linger: 1_000, lateGrace: 2_000, grace: 2_000, gone: 2_000)

  private func run(
    _ arguments: [String], input: ChildInput?, told: @escaping @Sendable (String) -> Bool
  ) async throws -> ChildResult {
    var order = ChildOrder(arguments, teardown: Self.teardown)
    order.input = input
    let asked = order
    return try await Self.thread.run(orThrow: ChildFailure(reason: .otherDevice)) { cancellation throws(ChildFailure) in
      try ChildProcess.run(asked, reader: Lines(told: told), time: .system, cancellation: cancellation).0
    }
  }

  @Test func `it answers line by line, and ends when its input does`() async throws {
    let input = ChildInput()
    let lines = Mutex<[String]>([])
    input.write(Array("line 0\n".utf8))
    let result = try await run(["cat"], input: input) { line in
      let count = lines.withLock { lines in
        lines.append(line)
        return lines.count
      }
      // Each line is written only when the one before has come back.
      if count < 100 { input.write(Array("line \(count)\n".utf8)) } else { input.close() }
      return true
    }
    #expect(result.end == .exited(0))
    #expect(lines.withLock { $0 } == (0..<100).map { "line \($0)" })
    #expect(!input.write([0]), "nobody reads any more")
  }

  @Test func `other threads write to it while it waits`() async throws {
    let (input, lines) = (ChildInput(), Promise<Int>())
    let count = Mutex(0)
    async let result = run(["cat"], input: input) { _ in
      if count.withLock({
        $0 += 1; return $0 == 400
      }) {
        lines.set(400)
      }
      return true
    }
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 { group.addTask { for _ in 0..<100 { input.write(Array("a line of some length\n".utf8)) } } }
    }
    #expect(await lines.wait() == 400)
    input.close()
    #expect(try await result.end == .exited(0))
  }

  @Test func `more than a pipe holds goes in and comes out`() async throws {
    let long = String(repeating: "x", count: 1_000_000)
    let input = ChildInput(Array((long + "\n").utf8))
    let length = Mutex(0)
    let result = try await run(["cat"], input: input) { line in
      length.withLock { $0 = line.utf8.count }
      return true
    }
    #expect(result.end == .exited(0))
    #expect(length.withLock { $0 } == 1_000_000)
  }

  @Test func `one that does not read keeps nobody, and takes only so much`() async throws {
    let (input, ready) = (ChildInput(), Promise<Bool>())
    let running = Task {
      try await run(["/bin/sh", "-c", "echo ready; exec sleep 300"], input: input) { _ in ready.set(true) }
    }
    #expect(await ready.wait() == true)
    let piece = [UInt8](repeating: 0x61, count: 1024 * 1024)
    var taken = 0
    while input.write(piece) { taken += 1 }
    #expect(taken >= SystemLimits.childInputMax / piece.count - 1)
    running.cancel()
    #expect(try await running.value.end == .cancelled)
  }

  @Test func `one that closes its input and goes on is not held up`() async throws {
    let input = ChildInput([UInt8](repeating: 0x61, count: 700_000))
    let last = Mutex("")
    let result = try await run(["/bin/sh", "-c", "exec <&-; echo on"], input: input) { line in
      last.withLock { $0 = line }
      return true
    }
    #expect(result.end == .exited(0))
    #expect(last.withLock { $0 } == "on")
  }

  @Test func `a reader that has enough ends it`() async throws {
    let result = try await run(["/bin/sh", "-c", "while :; do echo more; done"], input: nil) { _ in false }
    #expect(result.end == .refused)
  }

  @Test func `what cannot be found is told by the system's reason`() async {
    await #expect(throws: ChildFailure(reason: .notThere)) {
      _ = try await run(["no-such-program-anywhere"], input: nil) { _ in true }
    }
  }
}
