import Protocol
import Providers
import Synchronization
import TestSupport
import Testing

@Suite(.hangGuard) struct RenewalCommandTests {
  private let time = ManualClock()
  private let commands = CommandLog()

  private final class CommandLog: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func note(_ line: String) { lines.withLock { $0.append(line) } }
  }

  private func kept(
    _ answer: @escaping @Sendable (_ isLoggedIn: Bool) throws(CredentialsError) -> AWSCredentials?,
    fails: Bool = false
  ) -> RefreshingCredentials {
    let login = RenewalCommand(
      "log me in",
      runner: { [commands] command throws(CredentialsError) in
        await Task.yield()
        commands.note(command)
        if fails { throw CredentialsError(.denied, "the command failed") }
        return Array("canary output".utf8)
      }, time: time.source)
    let source = CountingSource { [commands] _ throws(CredentialsError) in try answer(!commands.all.isEmpty) }
    return RefreshingCredentials(source, login: login, time: time.source)
  }

  @Test func `whoever has no credentials is logged in once, and the source asked again`() async throws {
    let kept = kept { $0 ? .numbered(1) : nil }
    let found = try await withThrowingTaskGroup(of: String?.self) { group in
      for _ in 0..<100 { group.addTask { try await kept.current()?.accessKeyID } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(found == Array(repeating: "AKID1", count: 100))
    #expect(commands.all == ["log me in"])
  }

  @Test func `a source that asks for a login gets one`() async throws {
    let kept = kept { isLoggedIn throws(CredentialsError) in
      guard isLoggedIn else { throw CredentialsError(.expired, "log in") }
      return .numbered(1)
    }
    #expect(try await kept.current()?.accessKeyID == "AKID1")
    #expect(commands.all.count == 1)
  }

  @Test func `credentials that have ended are renewed by a login`() async throws {
    let now = time.now
    let kept = kept { $0 ? .numbered(2) : .numbered(1, expiresAt: now - 1) }
    #expect(try await kept.current()?.accessKeyID == "AKID2")
  }

  @Test func `refused credentials that the source gives again are renewed by a login`() async throws {
    let kept = kept { $0 ? .numbered(2) : .numbered(1) }
    let rejected = try #require(try await kept.current())
    #expect(commands.all.isEmpty)
    #expect(try await kept.refreshed(after: rejected)?.accessKeyID == "AKID2")
    #expect(commands.all.count == 1)
  }

  @Test func `other failures are no reason to log in`() async throws {
    let kept = kept { _ throws(CredentialsError) in throw CredentialsError(.configuration, "a loop") }
    let error = await credentialsError { () throws(CredentialsError) in try await kept.current() }
    #expect(error?.kind == .configuration)
    #expect(commands.all.isEmpty)
  }

  @Test func `a login that did not help is not repeated for half a minute`() async throws {
    let kept = kept { _ in nil }
    #expect(try await kept.current() == nil)
    #expect(try await kept.current() == nil)
    #expect(commands.all.count == 1)
    time.pass(30_000)
    #expect(try await kept.current() == nil)
    #expect(commands.all.count == 2)
  }

  @Test func `a command that fails is the failure`() async throws {
    let kept = kept({ _ in nil }, fails: true)
    let error = await credentialsError { () throws(CredentialsError) in try await kept.current() }
    #expect(error == CredentialsError(.denied, "the command failed"))
  }
}
