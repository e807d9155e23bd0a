import Foundation
import Protocol
import TestSupport
import Testing

/// The canary search: every place for a secret holds one, the servers throw back all that they got, and no byte that the
/// program writes anywhere has any of them.
@Suite(.ownThread) struct `No secret` {
  /// A secret in a form of its own: with the characters that JSON, URLs and headers write differently.
  private static func canary(_ name: String) -> String { "canary-\(name)/9+Qd=" }

  /// Everything that a server got, in the forms in which servers show it.
  private static func echo(_ request: LoopbackRequest) -> String {
    let headers = request.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
    let unreserved = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
    let encoded = request.headers.compactMap { $0.value.addingPercentEncoding(withAllowedCharacters: unreserved) }
    return "You sent \(request.target)\n\(headers)\n\(encoded.joined(separator: "&"))"
  }

  /// An upstream that refuses all requests with what they were, each time in another way.
  private static func echoing() throws -> LoopbackServer {
    try LoopbackServer { request, connection in
      let text = echo(request)
      let quoted = JSON.string(text).text
      let slashed = quoted.replacing("/", with: "\\/")
      let id = [("request-id", "req_1"), ("x-amzn-RequestId", "id-1")]
      let isBedrock = request.target.contains("/model/") || request.target.contains("foundation-models")
      let prompt = String(decoding: request.body, as: UTF8.self)
      switch prompt {
      case let prompt where prompt.contains("as html"):
        try connection.reply(
          502, [("content-type", "text/html"), ("retry-after-ms", "1")], body: Array("<p>\(text)".utf8))
      case let prompt where prompt.contains("in a stream") && isBedrock:
        try BedrockServer.beginStream(connection)
        try connection.chunk(EventStreamFrames.chunk(ModelAnswer("Half").events[0]))
        try connection.chunk(EventStreamFrames.exception("validationException", #"{"message":\#(quoted)}"#))
        try connection.endChunks()
      case let prompt where prompt.contains("in a stream"):
        let error = #"{"type":"error","error":{"type":"invalid_request_error","message":\#(quoted)}}"#
        try MessagesServer.stream([ModelAnswer("Half").events[0], error].map(MessagesServer.event), to: connection)
      case let prompt where prompt.contains("with slashes"):
        let body =
          isBedrock ? #"{"message":\#(slashed)}"# : #"{"type":"error","error":{"type":"x","message":\#(slashed)}}"#
        try connection.reply(400, [("content-type", "application/json")] + id, body: Array(body.utf8))
      default:
        let body =
          isBedrock ? #"{"message":\#(quoted)}"# : #"{"type":"error","error":{"type":"x","message":\#(quoted)}}"#
        try connection.reply(403, [("content-type", "application/json")] + id, body: Array(body.utf8))
      }
    }
  }

  /// All that was written into the files of a folder.
  private static func written(in folder: TemporaryFolder) throws -> [(place: String, text: String)] {
    var written: [(place: String, text: String)] = []
    let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    for path in paths {
      guard let data = FileManager.default.contents(atPath: folder.path + "/" + path) else { continue }
      let text = String(decoding: data, as: UTF8.self)
      written.append((path, text))
      // What is no text stands in a recording in base64.
      for match in text.matches(of: #/"base64":"([^"]+)"/#) {
        let bytes = Data(base64Encoded: String(match.output.1)) ?? Data()
        written.append(("\(path), decoded", String(decoding: bytes, as: UTF8.self)))
      }
    }
    return written
  }

  private static func check(_ server: ServerProcess, _ folder: TemporaryFolder, holds files: [String]) throws {
    let piped = [("stdout", String(decoding: server.output, as: UTF8.self)), ("stderr", server.errors)]
    let written = try written(in: folder) + piped
    for file in files {
      #expect(written.contains { $0.place == file && !$0.text.isEmpty }, "\(file) was to be written")
    }
    for (place, text) in written {
      let found = text.firstRange(of: "canary").map { range in
        text[
          text.index(range.lowerBound, offsetBy: -60, limitedBy: text.startIndex).map { $0..<range.upperBound } ?? range
        ]
      }
      #expect(found == nil, "a secret in \(place)")
    }
  }

  private static let variables = [
    "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
  ]

  private static func environment(_ upstream: LoopbackServer, _ more: [String: String]) -> [String: String] {
    var environment = [
      "ANTHROPIC_BASE_URL": upstream.url, "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": upstream.url,
      "AWS_ENDPOINT_URL_BEDROCK": upstream.url, "AWS_ENDPOINT_URL": upstream.url,
      "ANTHROPIC_CUSTOM_HEADERS": "X-Gateway: \(canary("gateway"))", "AWS_ACCESS_KEY_ID": "AKIATEST",
      "https_proxy": "http://me:\(canary("proxy"))@127.0.0.1:9",
    ]
    for variable in variables { environment[variable] = canary(variable.lowercased()) }
    return environment.merging(more) { $1 }
  }

  private static let prompts = ["plainly", "as html", "in a stream", "with slashes"]

  @Test(arguments: [["AWS_BEARER_TOKEN_BEDROCK": canary("bearer")], [:]])
  func `of the environment comes out, whatever fails and however it is told`(more: [String: String]) throws {
    let (folder, upstream) = (try TemporaryFolder(), try Self.echoing())
    let server = try ServerProcess(
      ["--record", folder.path + "/record.jsonl", "--audit", folder.path + "/audit.jsonl", "--log", "debug"],
      environment: Self.environment(upstream, more))
    _ = try server.call(1, "initialize", ["trace": "verbose"])
    for (mode, model) in [
      ("anthropic", "claude-sonnet-4-5"), ("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ] {
      let session = try #require(
        try server.call(2, "session/new", ["provider": .string(mode), "model": .string(model)])["result"]?["sessionId"])
      for prompt in Self.prompts {
        let error = try server.call(3, "agent/run", ["sessionId": session, "prompt": .string(prompt)])["error"]
        #expect(error?["code"] == -32803, "\(mode) \(prompt)")
      }
      for method in ["session/export", "session/events", "session/history", "session/get"] {
        #expect(try server.call(4, method, ["sessionId": session, "after": 0])["result"] != nil)
      }
      _ = try server.call(5, "models/list", ["provider": .string(mode), "live": true])
      _ = try server.call(6, "auth/status", ["provider": .string(mode), "verify": true])
      _ = try server.call(7, "auth/refresh", ["provider": .string(mode)])
    }
    try server.closeInput()
    _ = try server.receiveAll()
    #expect(try server.waitForExit() == 0)
    // The servers did see them.
    #expect(upstream.requests.contains { Self.echo($0).contains("canary-anthropic_api_key") })
    #expect(
      upstream.requests.contains { Self.echo($0).contains(more.isEmpty ? "canary-aws_session" : "canary-bearer") })
    try Self.check(server, folder, holds: ["stdout", "record.jsonl", "audit.jsonl"])
  }

  @Test func `handed over by a client comes out, in traces and answers`() throws {
    let (folder, upstream) = (try TemporaryFolder(), try Self.echoing())
    var environment = Self.environment(upstream, [:])
    for variable in Self.variables { environment[variable] = nil }
    let server = try ServerProcess(
      ["--record", folder.path + "/record.jsonl", "--audit", folder.path + "/audit.jsonl", "--log", "debug"],
      environment: environment)
    _ = try server.call(1, "initialize", ["trace": "verbose"])
    let logins: [(String, String, JSON)] = [
      ("anthropic", "apiKey", ["apiKey": .string(Self.canary("key"))]),
      ("anthropic", "bearer", ["token": .string(Self.canary("token"))]),
      ("bedrock", "bearer", ["token": .string(Self.canary("bearer"))]),
      (
        "bedrock", "awsKeys",
        [
          "accessKeyId": "AKIATEST", "secretAccessKey": .string(Self.canary("secret")),
          "sessionToken": .string(Self.canary("session")), "region": "eu-west-1",
        ]
      ),
    ]
    for (provider, method, values) in logins {
      let answer = try server.call(
        2, "auth/login", ["provider": .string(provider), "method": .string(method), "values": values])
      #expect(answer["result"]?["providers"]?.array?.contains { $0["source"] == "auth/login" } == true)
      let session = try #require(
        try server.call(3, "session/new", ["provider": .string(provider)])["result"]?["sessionId"])
      for prompt in Self.prompts {
        #expect(
          try server.call(4, "agent/run", ["sessionId": session, "prompt": .string(prompt)])["error"] != nil)
      }
      _ = try server.call(5, "session/export", ["sessionId": session])
      _ = try server.call(6, "auth/status", ["provider": .string(provider), "verify": true])
    }
    // What cannot be taken is not quoted either.
    for params: JSON in [
      ["provider": "anthropic", "method": "awsKeys", "values": ["apiKey": .string(Self.canary("wrong"))]],
      ["provider": "anthropic", "method": "apiKey", "values": ["apiKey": .string(Self.canary("two words") + " \n")]],
      ["provider": "bedrock", "method": "awsKeys", "values": ["secretAccessKey": [.string(Self.canary("array"))]]],
      ["provider": "anthropic", "method": "apiKey", "values": .string(Self.canary("text"))],
    ] {
      #expect(try server.call(7, "auth/login", params)["error"] != nil)
    }
    #expect(upstream.requests.count > 16)
    try server.closeInput()
    _ = try server.receiveAll()
    #expect(try server.waitForExit() == 0)
    try Self.check(server, folder, holds: ["stdout", "record.jsonl", "audit.jsonl"])
  }

  @Test func `of files, commands and services comes out of the command`() throws {
    let (folder, home, upstream) = (try TemporaryFolder(), try TemporaryFolder(), try Self.echoing())
    try home.write(
      ".aws/credentials",
      "[default]\naws_access_key_id = AKIAFILE\naws_secret_access_key = \(Self.canary("file"))\naws_session_token = \(Self.canary("file-token"))\n[broken]\naws_access_key_id = AKIAFILE\naws_secret_access_key\(Self.canary("broken"))\n"
    )
    let printed =
      #"{"Version":2,"AccessKeyId":"AKIAPROC","SecretAccessKey":"\#(Self.canary("process"))","SessionToken":"\#(Self.canary("process-token"))"}"#
    try home.write("print.json", printed)
    try home.write("key.txt", Self.canary("helper"))
    try home.write(
      ".aws/config",
      "[profile process]\ncredential_process = /bin/cat \(home.path)/print.json\n[profile fails]\ncredential_process = /bin/sh -c \"cat \(home.path)/print.json; echo no >&2; exit 1\"\n[profile role]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = default\n"
    )
    var environment = Self.environment(upstream, ["HOME": home.path, "PATH": "/usr/bin:/bin"])
    for variable in Self.variables + ["AWS_ACCESS_KEY_ID", "ANTHROPIC_CUSTOM_HEADERS"] { environment[variable] = nil }
    let options = [
      "--record", folder.path + "/record.jsonl", "--audit", folder.path + "/audit.jsonl", "--log", "debug",
    ]
    var texts: [String] = []
    for prompt in Self.prompts {
      for arguments in [
        ["--bedrock"], ["--bedrock", "--json"], ["--api-key-helper", "cat \(home.path)/key.txt"],
        ["--api-key-helper", "cat \(home.path)/key.txt; echo no >&2; exit 3"],
      ] {
        let command = try Command(arguments + options + [prompt], environment: environment)
        #expect(command.status == 1)
        texts += [command.output, command.errors]
      }
    }
    for profile in ["process", "fails", "role", "broken"] {
      environment["AWS_PROFILE"] = profile
      let command = try Command(["--bedrock"] + options + ["plainly"], environment: environment)
      #expect(command.status == 1)
      texts += [command.output, command.errors]
    }
    environment["AWS_PROFILE"] = nil
    environment["ANTHROPIC_API_KEY_SECRET_ID"] = "my/secret"
    let stored = try Command(options + ["plainly"], environment: environment)
    texts += [stored.output, stored.errors]
    for text in texts {
      let at = text.firstRange(of: "canary")
      #expect(at == nil, "\(text.prefix(600))")
    }
    for (place, text) in try Self.written(in: folder) {
      let at = text.firstRange(of: "canary")
      #expect(at == nil, "a secret in \(place)")
    }
    #expect(folder.names == ["audit.jsonl", "record.jsonl"])
    #expect(upstream.requests.contains { Self.echo($0).contains("canary-helper") })
    #expect(upstream.requests.contains { Self.echo($0).contains("canary-file-token") })
  }
}
