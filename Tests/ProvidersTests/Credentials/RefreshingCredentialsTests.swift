import Protocol
import Providers
import Synchronization
import TestSupport
import Testing

@Suite(.hangGuard) struct RefreshingCredentialsTests {
  private let time = ManualClock()

  private func ending(in milliseconds: Int, _ number: Int) -> AWSCredentials {
    .numbered(number, expiresAt: time.now + milliseconds)
  }

  /// Credentials that have been got once, and end so many milliseconds from now.
  private func kept(endingIn milliseconds: Int, source: CountingSource) async throws -> RefreshingCredentials {
    let kept = RefreshingCredentials(source, time: time.source)
    #expect(try await kept.current()?.accessKeyID == "AKID1")
    time.pass(3_600_000 - milliseconds)
    return kept
  }

  private func hundred(_ body: @escaping @Sendable () async throws(CredentialsError) -> AWSCredentials?) async throws
    -> [String?]
  {
    try await withThrowingTaskGroup(of: String?.self) { group in
      for _ in 0..<100 { group.addTask { try await body()?.accessKeyID } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }

  @Test(arguments: [0, -1, -86_400_000], ["environment", "profile dev (credential_process)"])
  func `what has ended is not handed out`(left: Int, origin: String) async throws {
    let end = time.now + left
    let source = CountingSource { number in
      var credentials = AWSCredentials.numbered(number, expiresAt: end)
      credentials.source = origin
      return number == 1 ? credentials : .numbered(number)
    }
    let kept = RefreshingCredentials(source, time: time.source)
    let error = await credentialsError { () throws(CredentialsError) in try await kept.current() }
    #expect(error?.kind == .expired)
    #expect(error?.message.contains(origin) == true)
    #expect(error?.hint?.contains("renew") == true)
    #expect(try await kept.current()?.accessKeyID == "AKID2", "the next look counts")
  }

  @Test func `a hundred callers make one search`() async throws {
    let source = CountingSource { number in
      await Task.yield()
      return .numbered(number)
    }
    let kept = RefreshingCredentials(source, time: time.source)
    let found = try await hundred { () throws(CredentialsError) in try await kept.current() }
    #expect(found == Array(repeating: "AKID1", count: 100))
    #expect(source.count == 1)
  }

  @Test func `a hundred callers on ended credentials make one search`() async throws {
    let source = CountingSource { [time] number in
      await Task.yield()
      return .numbered(number, expiresAt: time.now + 3_600_000)
    }
    let kept = try await kept(endingIn: -1, source: source)
    let found = try await hundred { () throws(CredentialsError) in try await kept.current() }
    #expect(found == Array(repeating: "AKID2", count: 100))
    #expect(source.count == 2)
  }

  @Test func `credentials without an end are never asked for again`() async throws {
    let source = CountingSource { .numbered($0) }
    let kept = RefreshingCredentials(source, time: time.source)
    _ = try await kept.current()
    time.pass(1_000_000_000)
    #expect(try await kept.current()?.accessKeyID == "AKID1")
    #expect(source.count == 1)
  }

  @Test func `the search outlives its first caller, who goes at once`() async throws {
    let gate = Latch()
    let source = CountingSource { number in
      try? await gate.wait()
      return .numbered(number)
    }
    let kept = RefreshingCredentials(source, time: time.source)
    let first = Task { await credentialsError { () throws(CredentialsError) in try await kept.current() } }
    try await HangGuard.wait { source.count == 1 }
    let second = Task { try await kept.current()?.accessKeyID }
    first.cancel()
    // The gate is still shut.
    #expect(await first.value?.kind == .cancelled)
    gate.open()
    #expect(try await second.value == "AKID1")
    #expect(source.count == 1)
  }

  @Test func `a search that all have left is there for the next`() async throws {
    let gate = Latch()
    let source = CountingSource { number in
      try? await gate.wait()
      return .numbered(number)
    }
    let kept = RefreshingCredentials(source, time: time.source)
    let only = Task { await credentialsError { () throws(CredentialsError) in try await kept.current() } }
    try await HangGuard.wait { source.count == 1 }
    only.cancel()
    #expect(await only.value?.kind == .cancelled)
    gate.open()
    #expect(try await kept.current()?.accessKeyID == "AKID1")
    #expect(source.count == 1)
  }

  @Test func `a caller who is cancelled already waits for nothing`() async throws {
    let source = CountingSource { _ in
      try? await Latch().wait()
      return nil
    }
    let kept = RefreshingCredentials(source, time: time.source)
    let task = Task {
      unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
      return await credentialsError { () throws(CredentialsError) in try await kept.current() }
    }
    #expect(await task.value?.kind == .cancelled)
  }

  // The windows

  @Test func `until five minutes before the end nothing is asked`() async throws {
    let source = CountingSource { ending(in: 3_600_000, $0) }
    let kept = try await kept(endingIn: 300_001, source: source)
    #expect(try await kept.current()?.accessKeyID == "AKID1")
    #expect(source.count == 1)
  }

  @Test func `in the last five minutes one searches, and nobody waits`() async throws {
    let gate = Latch()
    let source = CountingSource { number in
      if number == 2 { try? await gate.wait() }
      return ending(in: 3_600_000, number)
    }
    let kept = try await kept(endingIn: 300_000, source: source)
    let found = try await hundred { () throws(CredentialsError) in try await kept.current() }
    #expect(found == Array(repeating: "AKID1", count: 100))
    try await HangGuard.wait { source.count == 2 }
    gate.open()
    try await HangGuard.wait { try await kept.current()?.accessKeyID == "AKID2" }
    #expect(try await kept.current()?.accessKeyID == "AKID2")
    #expect(source.count == 2)
  }

  @Test func `a failure in the background costs nothing but a pause`() async throws {
    let failed = Latch()
    let source = CountingSource { number throws(CredentialsError) in
      if number == 1 { return ending(in: 3_600_000, 1) }
      if number == 2 { failed.open() }
      throw CredentialsError(.unavailable, "down")
    }
    let kept = try await kept(endingIn: 200_000, source: source)
    #expect(try await kept.current()?.accessKeyID == "AKID1")
    try await failed.wait()
    // The failure has been noted when a search can be waited for, which shows in the pause.
    for _ in 0..<1_000 {
      #expect(try await kept.current()?.accessKeyID == "AKID1")
      await Task.yield()
    }
    #expect(source.count == 2)
    time.pass(30_000)
    #expect(try await kept.current()?.accessKeyID == "AKID1")
    try await HangGuard.wait { source.count == 3 }
  }

  @Test func `in the last minute everyone waits for the new ones`() async throws {
    let source = CountingSource { number in
      await Task.yield()
      return ending(in: 3_600_000, number)
    }
    let kept = try await kept(endingIn: 60_000, source: source)
    let found = try await hundred { () throws(CredentialsError) in try await kept.current() }
    #expect(found == Array(repeating: "AKID2", count: 100))
    #expect(source.count == 2)
  }

  @Test func `what has not ended is better than a failure, and nothing else is`() async throws {
    let source = CountingSource { number throws(CredentialsError) in
      guard number > 1 else { return ending(in: 3_600_000, 1) }
      throw CredentialsError(.expired, "log in")
    }
    let kept = try await kept(endingIn: 1, source: source)
    #expect(try await kept.current()?.accessKeyID == "AKID1")
    time.pass(1)
    let error = await credentialsError { () throws(CredentialsError) in try await kept.current() }
    #expect(error == CredentialsError(.expired, "log in"))
    // Nor is the failure kept.
    _ = await credentialsError { () throws(CredentialsError) in try await kept.current() }
    #expect(source.count == 4)
  }

  @Test func `that there are none is not kept`() async throws {
    let source = CountingSource { $0 == 1 ? nil : .numbered($0) }
    let kept = RefreshingCredentials(source, time: time.source)
    #expect(try await kept.current() == nil)
    #expect(try await kept.current()?.accessKeyID == "AKID2")
  }

  // Refusals

  @Test func `refused credentials are replaced by one search, however many were refused`() async throws {
    let source = CountingSource { number in
      await Task.yield()
      return .numbered(number)
    }
    let kept = RefreshingCredentials(source, time: time.source)
    let rejected = try #require(try await kept.current())
    let found = try await hundred { () throws(CredentialsError) in try await kept.refreshed(after: rejected) }
    #expect(found == Array(repeating: "AKID2", count: 100))
    #expect(source.count == 2)
    #expect(try await kept.current()?.accessKeyID == "AKID2")
  }

  @Test func `a failure to replace refused credentials is told, and they are gone`() async throws {
    let source = CountingSource { number throws(CredentialsError) in
      guard number != 2 else { throw CredentialsError(.expired, "log in") }
      return .numbered(number)
    }
    let kept = RefreshingCredentials(source, time: time.source)
    let rejected = try #require(try await kept.current())
    let error = await credentialsError { () throws(CredentialsError) in try await kept.refreshed(after: rejected) }
    #expect(error?.kind == .expired)
    #expect(try await kept.current()?.accessKeyID == "AKID3")
  }

  @Test func `a search that does not end is ended`() async throws {
    let left = Latch()
    let source = CountingSource { _ in
      try? await Latch().wait()
      left.open()
      return nil
    }
    let kept = RefreshingCredentials(source, time: time.source)
    let waiting = Task { await credentialsError { () throws(CredentialsError) in try await kept.current() } }
    try await HangGuard.wait { source.count == 1 }
    try await time.sleeper()
    time.pass(RemoteCredentialLimits.resolveMax)
    #expect(await waiting.value?.kind == .unavailable)
    try await left.wait()
  }
}
