import Foundation
import Protocol
import Providers
import TestSupport
import Testing

/// What a client learns of credentials, and what it can do about them.
@Suite(.ownThread, .hangGuard) struct `The methods for credentials` {
  private let user: BedrockUser

  init() throws { user = try BedrockUser(bearers: ["canary-bearer"]) }

  private func bedrock(_ result: JSON?) -> JSON? { result?["providers"]?.array?.first { $0["id"] == "bedrock" } }

  private func logIn(_ key: BedrockGate.Key) -> JSON {
    [
      "provider": "bedrock", "method": "awsKeys",
      "values": [
        "accessKeyId": .string(key.id), "secretAccessKey": .string(key.secret),
        "sessionToken": .string(key.token ?? ""),
      ],
    ]
  }

  /// Calls, and gives the answer and the states that `auth/changed` told of Bedrock before it.
  private func call(_ id: Int, _ method: String, _ params: JSON, _ server: ServerProcess) throws
    -> (answer: JSON, told: [String])
  {
    let request: JSON = [
      "jsonrpc": "2.0", "id": .number(JSONNumber(id)), "method": .string(method), "params": params,
    ]
    try server.send(request.text)
    let messages = try server.receive(upTo: .number(JSONNumber(id)))
    let told = messages.filter { $0["method"] == "auth/changed" }
      .compactMap { bedrock($0["params"]?["status"])?["state"]?.string }
    return (try #require(messages.last), told)
  }

  @Test func `tell of keys from log-in to log-out`() throws {
    let server = try user.server()
    let first = try call(1, "auth/status", ["provider": "bedrock"], server)
    #expect(bedrock(first.answer["result"])?["state"] == "none")
    #expect(bedrock(first.answer["result"])?["missing"] == ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
    #expect(first.answer["result"]?["authenticated"] == false)

    let login = try call(2, "auth/login", logIn(user.good), server)
    #expect(login.told == ["configured"])
    #expect(login.answer["result"]?["authenticated"] == true)
    #expect(bedrock(login.answer["result"])?["source"] == "auth/login")

    let run = try call(3, "agent/run", ["prompt": "hello"], server)
    #expect(run.answer["result"]?["text"] == "fine")
    #expect(run.told == [])
    let good = try call(31, "auth/status", [:], server)
    #expect(bedrock(good.answer["result"])?["state"] == "verified")
    #expect(bedrock(good.answer["result"])?["checkedAt"]?.int ?? 0 > 0)
    #expect(try call(4, "agent/run", ["prompt": "hello"], server).told == [])

    let other = try call(5, "auth/login", logIn(user.expired), server)
    #expect(other.told == [])
    #expect(bedrock(other.answer["result"])?["state"] == "configured")
    let late = try call(6, "agent/run", ["prompt": "hello"], server)
    #expect(late.answer["error"]?["data"]?["kind"] == "authExpired")
    #expect(late.told == ["expired"])
    let expired = try call(7, "auth/status", [:], server)
    #expect(expired.answer["result"]?["authenticated"] == false)
    #expect(bedrock(expired.answer["result"])?["error"]?.string?.contains("ExpiredTokenException") == true)

    let logout = try call(8, "auth/logout", ["provider": "bedrock"], server)
    #expect(logout.told == ["none"])
    #expect(logout.answer["result"]?["authenticated"] == false)
    user.expectNoSecrets(server)
  }

  @Test func `forget that nothing was found when something is, but not what a server has said`() throws {
    let server = try user.server()
    #expect(try call(1, "agent/run", ["prompt": "hello"], server).answer["error"] != nil)
    try user.folder.write(".aws/credentials", user.file(user.expired))
    let found = try call(2, "auth/status", [:], server)
    #expect(found.answer["result"]?["authenticated"] == true)
    #expect(found.told == ["configured"])
    #expect(try call(3, "agent/run", ["prompt": "hello"], server).told == ["expired"])
    #expect(try call(4, "auth/status", [:], server).answer["result"]?["authenticated"] == false)
    try user.folder.write(".aws/credentials", user.file(user.good))
    let mended = try call(5, "agent/run", ["prompt": "hello"], server)
    #expect(mended.answer["result"]?["text"] == "fine")
    #expect(mended.told == ["verified"])
  }

  @Test func `verify by one call to the model`() throws {
    let server = try user.server(["AWS_BEARER_TOKEN_BEDROCK": "canary-wrong"])
    let denied = try call(1, "auth/status", ["provider": "bedrock", "verify": true], server)
    #expect(bedrock(denied.answer["result"])?["state"] == "denied")
    #expect(user.bedrock.callers == ["canary-wrong"])
    #expect(denied.answer["result"]?["authenticated"] == false)
    user.expectNoSecrets(server)
  }

  @Test func `look for credentials anew when they are told to`() throws {
    let server = try user.server()
    #expect(try call(1, "auth/status", ["provider": "bedrock"], server).answer["result"]?["authenticated"] == false)
    try user.folder.write(".aws/credentials", user.file(user.expired))
    let found = try call(2, "auth/refresh", ["provider": "bedrock"], server)
    #expect(found.answer["result"]?["authenticated"] == true)
    #expect(bedrock(found.answer["result"])?["source"] == "profile default")
    #expect(found.told == ["configured"])
    try user.folder.write(".aws/credentials", user.file(user.good))
    #expect(try call(3, "auth/refresh", ["provider": "bedrock"], server).answer["result"]?["authenticated"] == true)
    #expect(try call(4, "agent/run", ["prompt": "hello"], server).answer["result"]?["text"] == "fine")
    #expect(user.bedrock.callers == [user.good.id])
    try user.folder.write(".aws/credentials", "[default\n")
    let broken = try call(5, "auth/refresh", ["provider": "bedrock"], server)
    #expect(broken.answer["error"]?["code"] == -32803)
    #expect(broken.answer["error"]?["message"]?.string?.contains(".aws/credentials") == true)
    user.expectNoSecrets(server)
  }

  @Test func `put what a client hands over before all else, and take it back`() throws {
    try user.folder.write(".aws/credentials", user.file(user.good))
    let server = try user.server(["AWS_BEARER_TOKEN_BEDROCK": "canary-bearer"])
    #expect(try call(1, "agent/run", ["prompt": "hello"], server).answer["result"]?["text"] == "fine")
    _ = try call(2, "auth/login", logIn(user.good), server)
    #expect(try call(3, "agent/run", ["prompt": "hello"], server).answer["result"]?["text"] == "fine")
    _ = try call(4, "auth/logout", [:], server)
    #expect(try call(5, "agent/run", ["prompt": "hello"], server).answer["result"]?["text"] == "fine")
    let profile: JSON = ["provider": "bedrock", "method": "awsProfile", "values": ["profile": "default"]]
    _ = try call(6, "auth/login", profile, server)
    #expect(try call(7, "agent/run", ["prompt": "hello"], server).answer["result"]?["text"] == "fine")
    #expect(user.bedrock.callers == ["canary-bearer", user.good.id, "canary-bearer", user.good.id])
    user.expectNoSecrets(server)
  }

  @Test func `refuse a profile and a region that make no sense, and keep what was`() throws {
    let server = try user.server()
    _ = try call(1, "auth/login", logIn(user.good), server)
    for (number, values) in [
      ["profile": ""], ["region": "us-east-1.evil.example", "profile": "default"], [:],
    ].enumerated() as EnumeratedSequence<[JSON]> {
      let params: JSON = ["provider": "bedrock", "method": "awsProfile", "values": values]
      #expect(try call(number + 2, "auth/login", params, server).answer["error"]?["code"] == -32602)
    }
    #expect(try call(9, "agent/run", ["prompt": "hello"], server).answer["result"]?["text"] == "fine")
    user.expectNoSecrets(server)
  }
}
