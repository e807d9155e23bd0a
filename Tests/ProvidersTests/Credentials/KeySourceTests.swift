import Protocol
import Providers
import Synchronization
import TestSupport
import Testing

@Suite(.hangGuard) struct KeySourceTests {
  private let time = ManualClock()

  private func key(_ output: @escaping @Sendable (_ run: Int) async throws(CredentialsError) -> String) -> KeptKey {
    let counter = Counter()
    return KeyCommand.source(
      "print the key",
      runner: { command throws(CredentialsError) in
        guard command == "print the key" else { throw CredentialsError(.configuration, "another command") }
        return Array(try await output(counter.next()).utf8)
      }, time: time.source)
  }

  private final class Counter: Sendable {
    private let number = Mutex(0)
    func next() -> Int {
      number.withLock { number in
        number += 1
        return number
      }
    }
  }

  @Test func `what the command prints is the key, for five minutes`() async throws {
    let key = key { "  sk-\($0)\r\n" }
    #expect(try await key.key().reveal() == "sk-1")
    time.pass(299_999)
    #expect(try await key.key().reveal() == "sk-1")
    time.pass(1)
    #expect(try await key.key().reveal() == "sk-2")
  }

  @Test func `a refused key is replaced by one run, however many were refused`() async throws {
    let key = key { run in
      await Task.yield()
      return "sk-\(run)"
    }
    let rejected = try await key.key()
    let keys = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<100 { group.addTask { try await key.refreshed(after: rejected).reveal() } }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(keys == ["sk-2"])
    #expect(try await key.refreshed(after: rejected).reveal() == "sk-2")
  }

  @Test(arguments: ["", " \n", "canary one", "canary\ncanary", "canary\u{1B}", "canaryü"])
  func `what is no key is not quoted`(output: String) async throws {
    let key = key { _ in output }
    let error = await credentialsError { () throws(CredentialsError) in try await key.key() }
    #expect(error?.kind == .configuration)
    #expect(hides(error, "canary"))
  }

  @Test func `a failure is told and not kept, and ends no waiter's turn for others`() async throws {
    let gate = Latch()
    let started = Latch()
    let key = key { run throws(CredentialsError) in
      started.open()
      try? await gate.wait()
      guard run > 1 else { throw CredentialsError(.denied, "locked") }
      return "sk-\(run)"
    }
    let first = Task { await credentialsError { () throws(CredentialsError) in try await key.key() } }
    try await started.wait()
    let second = Task { await credentialsError { () throws(CredentialsError) in try await key.key() } }
    first.cancel()
    #expect(await first.value?.kind == .cancelled)
    gate.open()
    let told = await second.value
    #expect(told == nil || told == CredentialsError(.denied, "locked"))
    #expect(try await key.key().reveal() == "sk-2")
  }
}
