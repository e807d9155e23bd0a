import Protocol
import Providers
import Synchronization
import TestSupport
import Testing

/// What the program puts right by itself: once, at once, and with word of what it could not.
@Suite(.hangGuard) struct BedrockRepairTests {
  let wire = BedrockWireTests()
  static let expired = BedrockWireTests.refuse(
    "ExpiredTokenException", "The security token included in the request is expired")

  /// Refuses the first keys and takes the second.
  static let renewing: LoopbackServer.Handler = { request, connection in
    if request["authorization"]?.contains("AKID1/") == true { return try expired(request, connection) }
    try BedrockWireTests.checked(secret: 2)(request, connection)
  }

  @Test func `an expired key is renewed once, and the question asked again without a wait`() async throws {
    let authorization = TestAuthorization(TestAuthorization.keys(1), TestAuthorization.keys(2))
    let server = try LoopbackServer(Self.renewing)
    #expect(try await wire.ask(server, authorization).stopReason == "end_turn")
    #expect(authorization.refreshes == 1)
    #expect(wire.time.sleeps.isEmpty)
    #expect(wire.log.retries.isEmpty)
    #expect(wire.log.text == "Hello!")
    #expect(server.requests.count == 2)
    #expect(server.requests.last?["amz-sdk-request"] == "attempt=2; max=3")
    _ = try await wire.ask(server, authorization)
    #expect(server.requests.count == 3)
  }

  @Test(arguments: ["ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException", "RequestExpired"])
  func `keys that stay refused are renewed once, and the fix is told at once`(code: String) async throws {
    let authorization = TestAuthorization(
      TestAuthorization.keys(1), TestAuthorization.keys(2), TestAuthorization.keys(3))
    let server = try LoopbackServer(BedrockWireTests.refuse(code, "no"))
    let failure = await #expect(throws: ProviderError.self) { try await wire.ask(server, authorization) }
    #expect(failure?.kind == (code == "UnrecognizedClientException" ? .authRequired : .authExpired))
    #expect(failure?.hint?.contains("dev") == true)
    #expect(failure?.attempts == 2)
    #expect(authorization.refreshes == 1)
    #expect(wire.time.sleeps.isEmpty)
    #expect(server.requests.count == 2)
  }

  @Test func `keys that cannot be renewed are not tried again`() async throws {
    let authorization = TestAuthorization(TestAuthorization.keys())
    let server = try LoopbackServer(Self.expired)
    let failure = await #expect(throws: ProviderError.self) { try await wire.ask(server, authorization) }
    #expect(failure?.kind == .authExpired)
    #expect(failure?.hint?.contains("aws sso login --profile dev") == true)
    #expect(failure?.attempts == 1)
    #expect(authorization.refreshes == 1)
    #expect(server.requests.count == 1)
  }

  @Test func `a renewal that fails tells why, and for which call`() async throws {
    let reason = ProviderError(.authExpired, "the SSO session has ended", hint: "aws sso login --profile dev")
    let authorization = TestAuthorization(TestAuthorization.keys(), refreshFailure: reason)
    let server = try LoopbackServer(Self.expired)
    let failure = await #expect(throws: ProviderError.self) { try await wire.ask(server, authorization) }
    #expect(failure?.message == "the SSO session has ended")
    #expect(failure?.hint == "aws sso login --profile dev")
    #expect(failure?.requestID == "id-9")
    #expect(failure?.attempts == 1)
    #expect(server.requests.count == 1)
  }

  @Test func `a renewal takes none of the tries away`() async throws {
    let authorization = TestAuthorization(TestAuthorization.keys(1), TestAuthorization.keys(2))
    let number = Mutex(0)
    let server = try LoopbackServer { request, connection in
      let count = number.withLock { number -> Int in
        number += 1
        return number
      }
      let busy = BedrockWireTests.refuse("ServiceUnavailableException", "busy", status: 503)
      try (count == 2 ? Self.expired : busy)(request, connection)
    }
    let failure = await #expect(throws: ProviderError.self) { try await wire.ask(server, authorization) }
    #expect(failure?.kind == .overloaded)
    #expect(failure?.attempts == 4)
    #expect(server.requests.count == 4)
    #expect(wire.time.sleeps == [500, 1_000])
    #expect(wire.log.retries.map(\.attempt) == [2, 4])
    #expect(wire.log.retries.map(\.of) == [3, 4])
  }

  @Test func `a wrong clock is corrected, for this call and those after it`() async throws {
    // 1_800_000_000 is 08:00 by our clock, and 09:00 by the server's.
    let date = "Fri, 15 Jan 2027 09:00:00 GMT"
    let right = CompactDate.text(1_800_003_600_000)
    let server = try LoopbackServer { request, connection in
      guard request["x-amz-date"] == right else {
        return try BedrockWireTests.refuse("InvalidSignatureException", "Signature expired", date: date)(
          request, connection)
      }
      try BedrockWireTests.checked(date: right)(request, connection)
    }
    let authorization = TestAuthorization(TestAuthorization.keys())
    let provider = wire.provider(server, authorization)
    #expect(try await provider.answer(BedrockWireTests.hello()) { _ in }.stopReason == "end_turn")
    #expect(server.requests.count == 2)
    #expect(try await provider.answer(BedrockWireTests.hello()) { _ in }.stopReason == "end_turn")
    #expect(server.requests.count == 3)
    #expect(authorization.refreshes == 0)
    #expect(wire.time.sleeps.isEmpty)
  }

  @Test func `a signature that stays wrong is refused twice, then told`() async throws {
    let server = try LoopbackServer(
      BedrockWireTests.refuse("InvalidSignatureException", "no match", date: "Fri, 15 Jan 2027 09:00:00 GMT"))
    let failure = await #expect(throws: ProviderError.self) { try await wire.ask(server) }
    #expect(failure?.kind == .authRequired)
    #expect(failure?.hint?.contains("secret access key") == true)
    #expect(failure?.attempts == 2)
    #expect(wire.time.sleeps.isEmpty)
  }

  @Test func `a verification is repaired like a question`() async throws {
    let authorization = TestAuthorization(TestAuthorization.keys(1), TestAuthorization.keys(2))
    let server = try LoopbackServer { request, connection in
      if request["authorization"]?.contains("AKID1/") == true { return try Self.expired(request, connection) }
      try LoopbackServer.json("{}", headers: [("x-amzn-requestid", "id-2")])(request, connection)
    }
    #expect(try await wire.provider(server, authorization).verify(model: "m") == "id-2")
    #expect(authorization.refreshes == 1)
  }

  @Test func `what needs another model is not repaired here`() async throws {
    for (code, message) in [
      ("ValidationException", BedrockErrorsTests.onDemand), ("ResourceNotFoundException", "no"),
      ("AccessDeniedException", BedrockErrorsTests.marketplace),
    ] {
      let authorization = TestAuthorization(TestAuthorization.keys(1), TestAuthorization.keys(2))
      let server = try LoopbackServer(BedrockWireTests.refuse(code, message, status: 400))
      _ = await #expect(throws: ProviderError.self) { try await wire.ask(server, authorization) }
      #expect(server.requests.count == 1)
      #expect(authorization.refreshes == 0)
    }
  }

  // MARK: Secrets

  /// All that was sent to authorise a request, as a careless server might send it back.
  static func echo(_ request: LoopbackRequest) -> String {
    let token = request["x-amz-security-token"] ?? ""
    let number = request["authorization"]?.contains("AKID1/") == true ? 1 : 2
    let bearer = request["authorization"]?.hasPrefix("Bearer ") == true ? request["authorization"] ?? "" : ""
    return "token \(token) key canary-secret/\(number)+x= or canary-secret%2F\(number)%2Bx%3D \(bearer)"
  }

  @Test(arguments: [
    ("InvalidSignatureException", 403), ("ExpiredTokenException", 403), ("ValidationException", 400), ("", 502),
  ])
  func `secrets that a server echoes are masked, those of earlier tries too`(code: String, status: Int) async throws {
    let first = Mutex("")
    let server = try LoopbackServer { request, connection in
      let said = first.withLock { first -> String in
        let said = "\(Self.echo(request)); before: \(first)"
        first = said
        return said
      }
      guard !code.isEmpty else {
        return try connection.reply(status, [("content-type", "text/html")], body: Array("<p>\(said)</p>".utf8))
      }
      try BedrockWireTests.refuse(code, said, status: status)(request, connection)
    }
    for authorization in [
      TestAuthorization(TestAuthorization.keys(1), TestAuthorization.keys(2)),
      TestAuthorization(.bearer(Secret("canary-bearer-1")), .bearer(Secret("canary-bearer-2"))),
    ] {
      first.withLock { $0 = "" }
      let log = EventLog()
      let failure = await #expect(throws: ProviderError.self) {
        try await wire.provider(server, authorization).answer(BedrockWireTests.hello()) { log.note($0) }
      }
      let shown = "\(String(describing: failure)) \(log.events)"
      #expect(shown.contains("•••"))
      if case .keys = try await authorization.current() { #expect(!shown.contains("canary-secret")) }
      #expect(!shown.contains("canary-token"))
      #expect(!shown.contains("canary-bearer"))
    }
  }

  @Test func `secrets in an exception frame are masked`() async throws {
    let server = try LoopbackServer { request, connection in
      let message: JSON = ["message": .string(Self.echo(request))]
      let frame = EventStreamFrames.exception("validationException", message.text)
      try connection.reply(200, BedrockWireTests.stream, body: frame)
    }
    let failure = await #expect(throws: ProviderError.self) { try await wire.ask(server) }
    #expect(failure?.message.contains("•••") == true)
    #expect(!"\(String(describing: failure))".contains("canary"))
  }
}
