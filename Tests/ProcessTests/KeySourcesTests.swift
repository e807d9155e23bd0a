import Foundation
import Protocol
import Providers
import Synchronization
import TestSupport
import Testing

/// Keys of the Anthropic API that have to be fetched, against an API that takes only the newest one.
@Suite(.ownThread, .hangGuard) struct `A key of the Anthropic API comes` {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// An API that lets in who has that key, and the keys it was shown.
  private final class API: Sendable {
    private let shown = Mutex<[String]>([])
    private let accepted = Mutex("")
    private let running = Mutex<LoopbackServer?>(nil)

    init(accepts key: String) throws {
      accepted.withLock { $0 = key }
      let server = try LoopbackServer { [weak self] request, connection in
        let key = request["x-api-key"] ?? ""
        self?.shown.withLock { $0.append(key) }
        guard key == self?.accepted.withLock({ $0 }) else {
          let error =
            #"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key: \#(key)"}}"#
          return try connection.reply(401, [("content-type", "application/json")], body: Array(error.utf8))
        }
        try MessagesServer.stream(MessagesServer.answer(["fine"]), to: connection)
      }
      running.withLock { $0 = server }
    }

    var url: String { running.withLock { $0?.url ?? "" } }
    var keys: [String] { shown.withLock { $0 } }
    func accept(_ key: String) { accepted.withLock { $0 = key } }
  }

  private func server(
    _ api: API, _ variables: [String: String] = [:], _ arguments: [String] = [], folder place: String? = nil
  ) throws -> ServerProcess {
    let own = [
      "ANTHROPIC_BASE_URL": api.url, "HOME": folder.path, "PATH": "/usr/bin:/bin",
      "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    ]
    return try ServerProcess(
      ["--log", "debug", "--record", folder.path + "/record.jsonl"] + arguments,
      environment: own.merging(variables) { $1 }, folder: place)
  }

  private func expectNoSecrets(_ server: ServerProcess) {
    #expect(!String(decoding: server.output, as: UTF8.self).contains("canary"))
    #expect(!server.errors.contains("canary"))
    #expect(folder.text("record.jsonl")?.contains("canary") != true)
  }

  private func say(_ id: Int, to server: ServerProcess) throws -> JSON {
    try server.call(id, "agent/run", ["prompt": "hello"])
  }

  @Test func `from a command, which is run again when the key is refused`() throws {
    let api = try API(accepts: "sk-ant-canary-1")
    let script = try folder.write(
      "key.sh", "echo x >> \(folder.path)/runs\necho \"  sk-ant-canary-$(grep -c x \(folder.path)/runs)\"\n")
    let server = try server(api, [:], ["--api-key-helper", "/bin/sh \(script)"])
    #expect(try say(1, to: server)["result"]?["text"] == "fine")
    #expect(try say(2, to: server)["result"]?["text"] == "fine")
    #expect(api.keys == ["sk-ant-canary-1", "sk-ant-canary-1"])
    api.accept("sk-ant-canary-2")
    #expect(try say(3, to: server)["result"]?["text"] == "fine")
    #expect(api.keys.suffix(2) == ["sk-ant-canary-1", "sk-ant-canary-2"])
    #expect(folder.text("runs") == "x\nx\n")
    let status = try server.call(4, "auth/status")["result"]
    #expect(status?["authenticated"] == true)
    #expect(status?["providers"]?.array?.first?["source"] == "apiKeyHelper")
    expectNoSecrets(server)
  }

  @Test func `from a command that the person's settings name, after an option's, and from none of a project's`() throws
  {
    let api = try API(accepts: "sk-ant-canary-own")
    try folder.write(".config/wyn360/settings.json", #"{"apiKeyHelper": "echo sk-ant-canary-own"}"#)
    try folder.write("project/.wyn360/settings.json", #"{"apiKeyHelper": "touch ran; echo sk-ant-other"}"#)
    let server = try server(api, folder: folder.path + "/project")
    let result = try say(1, to: server)["result"]
    #expect(result?["text"] == "fine")
    let waits = "project/.wyn360/settings.json would set apiKeyHelper; that does nothing until you trust it"
    #expect(result?["notices"]?.array?.contains { $0.string?.contains(waits) == true } == true)
    #expect(try say(1, to: self.server(api, [:], ["--api-key-helper", "echo no"]))["error"] != nil)
    #expect(api.keys == ["sk-ant-canary-own", "no"])
    #expect(folder.text("project/ran") == nil)
    let values = try server.call(2, "config/get")["result"]?["settings"]?.array
    #expect(values?.first { $0["name"] == "apiKeyHelper" }?["value"] == "given")
    expectNoSecrets(server)
  }

  @Test func `from a command once for each refusal, and the failure is told at last`() throws {
    let api = try API(accepts: "another")
    let server = try server(api, [:], ["--api-key-helper", "echo x >> \(folder.path)/runs; echo sk-ant-canary"])
    let error = try say(1, to: server)["error"]
    #expect(error?["data"]?["kind"] == "authRequired")
    #expect(error?["data"]?["httpStatus"] == 401)
    #expect(api.keys == ["sk-ant-canary"])
    #expect(folder.text("runs") == "x\nx\n")
    expectNoSecrets(server)
  }

  @Test(arguments: [
    ("exit 7", "status 7"), ("kill -9 $$", "signal 9"), ("true", "printed nothing"),
    ("echo canary one; echo canary two", "more than one word"),
  ])
  func `not from a command that fails, and which one is said`(command: String, reason: String) throws {
    let api = try API(accepts: "x")
    let server = try server(api, [:], ["--api-key-helper", command])
    let error = try say(1, to: server)["error"]
    #expect(error?["message"]?.string?.contains("apiKeyHelper") == true)
    #expect(error?["message"]?.string?.contains(reason) == true)
    #expect(error?["data"]?["hint"]?.string?.isEmpty == false)
    #expect(api.keys == [])
    expectNoSecrets(server)
  }

  @Test func `from Secrets Manager, and anew when it was rotated`() throws {
    let api = try API(accepts: "sk-ant-canary-1")
    let stored = Mutex("sk-ant-canary-1")
    let manager = try LoopbackServer { request, connection in
      let flaw = RequestSignature.flaw(
        in: request, secret: "canary/aws+secret=", region: "us-east-2", service: "secretsmanager")
      let isRight = flaw == nil && request["x-amz-target"] == "secretsmanager.GetSecretValue"
      let key: JSON = ["ANTHROPIC_API_KEY": .string(stored.withLock { $0 })]
      let body: JSON =
        isRight ? ["SecretString": .string(key.text)] : ["__type": "AccessDeniedException", "message": "no"]
      try connection.reply(isRight ? 200 : 400, [("content-type", "application/x-amz-json-1.1")], body: body.serialized)
    }
    let server = try server(
      api,
      [
        "ANTHROPIC_API_KEY_SECRET_ID": "arn:aws:secretsmanager:us-east-2:123456789012:secret:key-AbCdEf",
        "AWS_ENDPOINT_URL_SECRETS_MANAGER": manager.url, "AWS_ACCESS_KEY_ID": "AKIAUSER",
        "AWS_SECRET_ACCESS_KEY": "canary/aws+secret=",
      ])
    #expect(try say(1, to: server)["result"]?["text"] == "fine")
    #expect(try say(2, to: server)["result"]?["text"] == "fine")
    #expect(manager.requests.count == 1)
    stored.withLock { $0 = "sk-ant-canary-2" }
    api.accept("sk-ant-canary-2")
    #expect(try say(3, to: server)["result"]?["text"] == "fine")
    #expect(api.keys == ["sk-ant-canary-1", "sk-ant-canary-1", "sk-ant-canary-1", "sk-ant-canary-2"])
    #expect(manager.requests.count == 2)
    expectNoSecrets(server)
  }

  @Test func `not from Secrets Manager without AWS credentials, and that is said`() throws {
    let api = try API(accepts: "x")
    let server = try server(api, ["ANTHROPIC_API_KEY_SECRET_ID": "prod/key", "AWS_REGION": "us-east-2"])
    let error = try say(1, to: server)["error"]
    #expect(error?["message"]?.string?.contains("'prod/key'") == true)
    #expect(error?["data"]?["hint"]?.string?.contains("AWS credentials") == true)
    #expect(api.keys == [])
  }
}
