import Foundation
import Protocol
import Providers
import TestSupport
import Testing

/// Every place that AWS credentials come from, against what stands in for AWS on this machine: the request to Bedrock must
/// be signed by the credentials that the place gave.
@Suite(.ownThread, .hangGuard) struct `Credentials of AWS come` {
  private static let role = BedrockGate.Key("ASIAROLE", secret: "canary/role+secret=", token: "canary-role-token")
  private static let end = "2099-01-01T00:00:00Z"
  private let user: BedrockUser

  init() throws { user = try BedrockUser(more: [Self.role], bearers: ["canary-bearer"]) }

  /// Asks something with these variables, and looks who was let in.
  private func expect(
    _ callers: [String], _ source: String, _ variables: [String: String] = [:],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let server = try user.server(variables)
    let answer = try server.call(1, "agent/run", ["prompt": "hello"])
    #expect(answer["result"]?["text"] == "fine", "\(answer.text)", sourceLocation: sourceLocation)
    #expect(user.bedrock.callers == callers, sourceLocation: sourceLocation)
    #expect(user.bedrock.flaws == [], sourceLocation: sourceLocation)
    let status = try server.call(2, "auth/status", ["provider": "bedrock"])["result"]?["providers"]?.array?.first
    #expect(status?["state"] == "verified", sourceLocation: sourceLocation)
    #expect(status?["source"]?.string == source, sourceLocation: sourceLocation)
    #expect(status?["region"] == "eu-west-1", sourceLocation: sourceLocation)
    user.expectNoSecrets(server, sourceLocation: sourceLocation)
  }

  private static func roleReply(_ action: String) -> String {
    """
    <\(action)Response><\(action)Result><AssumedRoleUser><Arn>arn:aws:sts::210987654321:assumed-role/Name/me</Arn>
    </AssumedRoleUser><Credentials><AccessKeyId>\(role.id)</AccessKeyId><SecretAccessKey>\(role.secret)</SecretAccessKey>
    <SessionToken>\(role.token ?? "")</SessionToken><Expiration>\(end)</Expiration></Credentials></\(action)Result>
    </\(action)Response>
    """
  }

  private static let roleJSON: JSON = [
    "AccessKeyId": .string(role.id), "SecretAccessKey": .string(role.secret), "Token": .string(role.token ?? ""),
    "Expiration": .string(end), "AccountId": "210987654321",
  ]

  @Test func `from the environment, before the files`() throws {
    try user.folder.write(".aws/credentials", user.file(user.expired))
    try expect(
      [user.good.id], "environment",
      [
        "AWS_ACCESS_KEY_ID": user.good.id, "AWS_SECRET_ACCESS_KEY": user.good.secret,
        "AWS_SESSION_TOKEN": user.good.token ?? "",
      ])
  }

  @Test func `as a bearer token, before all keys`() throws {
    try user.folder.write(".aws/credentials", user.file(user.expired))
    try expect(["canary-bearer"].map { $0 }, "AWS_BEARER_TOKEN_BEDROCK", ["AWS_BEARER_TOKEN_BEDROCK": "canary-bearer"])
  }

  @Test func `from the user's files`() throws {
    try user.folder.write(".aws/credentials", user.file(user.good))
    try expect([user.good.id], "profile default")
  }

  @Test func `from a role that a profile assumes, by a request that its source has signed`() throws {
    let base = BedrockGate.Key("AKIABASE", secret: "canary/base+secret=")
    let tokens = try LoopbackServer { request, connection in
      let flaw = RequestSignature.flaw(
        in: request, secret: base.secret, region: "eu-west-1", service: "sts")
      let form = String(decoding: request.body, as: UTF8.self)
      let isRight = flaw == nil && form.contains("Action=AssumeRole&") && form.contains("&ExternalId=word")
      try connection.reply(
        isRight ? 200 : 403, [("content-type", "text/xml")], body: Array(Self.roleReply("AssumeRole").utf8))
    }
    try user.folder.write(
      ".aws/config",
      "[profile work]\nrole_arn = arn:aws:iam::210987654321:role/Name\nsource_profile = base\nexternal_id = word\n")
    try user.folder.write(".aws/credentials", user.file(base).replacing("[default]", with: "[base]"))
    try expect(
      [Self.role.id], "profile work (assume role)",
      ["AWS_PROFILE": "work", "AWS_ENDPOINT_URL_STS": tokens.url])
    #expect(tokens.requests.count == 1)
  }

  @Test func `for a web identity`() throws {
    let path = try user.folder.write("token", "canary.web.token\n")
    let tokens = try LoopbackServer { request, connection in
      let form = String(decoding: request.body, as: UTF8.self)
      let isRight = request["authorization"] == nil && form.hasSuffix("WebIdentityToken=canary.web.token")
      try connection.reply(
        isRight ? 200 : 403, [("content-type", "text/xml")],
        body: Array(Self.roleReply("AssumeRoleWithWebIdentity").utf8))
    }
    try expect(
      [Self.role.id], "web identity (arn:aws:iam::210987654321:role/Name)",
      [
        "AWS_WEB_IDENTITY_TOKEN_FILE": path, "AWS_ROLE_ARN": "arn:aws:iam::210987654321:role/Name",
        "AWS_ENDPOINT_URL_STS": tokens.url,
      ])
  }

  @Test func `from a sign-on, whose token lies in the cache`() throws {
    let portal = try LoopbackServer { request, connection in
      let isRight =
        request["x-amz-sso_bearer_token"] == "canary-sso"
        && request.target == "/federation/credentials?account_id=210987654321&role_name=Dev"
      let body: JSON = [
        "roleCredentials": [
          "accessKeyId": .string(Self.role.id), "secretAccessKey": .string(Self.role.secret),
          "sessionToken": .string(Self.role.token ?? ""), "expiration": 4_070_908_800_000,
        ]
      ]
      try connection.reply(isRight ? 200 : 403, [("content-type", "application/json")], body: body.serialized)
    }
    try user.folder.write(
      ".aws/config",
      "[profile dev]\nsso_session = mine\nsso_account_id = 210987654321\nsso_role_name = Dev\n"
        + "[sso-session mine]\nsso_region = us-east-1\nsso_start_url = https://start.example\n")
    let name = SHA1.hexadecimal(Array("mine".utf8))
    try user.folder.write(
      ".aws/sso/cache/\(name).json", #"{"accessToken":"canary-sso","expiresAt":"\#(Self.end)"}"#)
    try expect(
      [Self.role.id], "profile dev (single sign-on)",
      ["AWS_PROFILE": "dev", "AWS_ENDPOINT_URL_SSO": portal.url])
  }

  @Test func `from a container's agent, which is shown the token in a file`() throws {
    let path = try user.folder.write("pod-token", "canary-pod-token")
    let agent = try LoopbackServer { request, connection in
      let isRight = request["authorization"] == "canary-pod-token" && request.target == "/v1/credentials"
      try connection.reply(isRight ? 200 : 401, [], body: Self.roleJSON.serialized)
    }
    try expect(
      [Self.role.id], "container",
      [
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": agent.url + "/v1/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": path,
      ])
  }

  @Test func `from an instance's metadata service`() throws {
    let metadata = try MetadataServer(ends: Self.end) { request in
      guard request.target.hasSuffix("/the-role"), request["x-aws-ec2-metadata-token"]?.isEmpty == false else {
        return nil
      }
      var reply = Self.roleJSON.object ?? JSONObject()
      reply["Code"] = "Success"
      return (200, JSON.object(reply).text)
    }
    try expect(
      [Self.role.id], "instance metadata (the-role)",
      ["AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata.server.url])
    #expect(metadata.log.first == "PUT /latest/api/token")
  }

  @Test func `from a console session on disk`() throws {
    let session = "arn:aws:sts::210987654321:assumed-role/Admin/me"
    try user.folder.write(".aws/config", "[default]\nlogin_session = \(session)\n")
    let name = SHA256.hexadecimal(Array(session.utf8))
    let cache: JSON = [
      "accessToken": [
        "accessKeyId": .string(Self.role.id), "secretAccessKey": .string(Self.role.secret),
        "sessionToken": .string(Self.role.token ?? ""), "expiresAt": .string(Self.end), "accountId": "210987654321",
      ]
    ]
    try user.folder.write(".aws/login/cache/\(name).json", cache.text)
    try expect([Self.role.id], "profile default (login session)")
  }

  @Test func `anew from the command that logs in, when what is there has ended`() throws {
    try user.folder.write(".aws/credentials", user.file(user.expired))
    let fresh = try user.folder.write("fresh", user.file(user.good))
    let command =
      "echo canary-said; echo x >> \(user.folder.path)/logins; cp \(fresh) \(user.folder.path)/.aws/credentials"
    let server = try user.server([:], ["--aws-auth-refresh", command])
    #expect(try server.call(1, "agent/run", ["prompt": "hello"])["result"]?["text"] == "fine")
    #expect(try server.call(2, "agent/run", ["prompt": "hello"])["result"]?["text"] == "fine")
    #expect(user.bedrock.callers == [user.expired.id, user.good.id, user.good.id])
    #expect(user.folder.text("logins") == "x\n")
    user.expectNoSecrets(server)
  }

  @Test func `anew from the command that the person's settings name`() throws {
    try user.folder.write(".aws/credentials", user.file(user.expired))
    let fresh = try user.folder.write("fresh", user.file(user.good))
    let command = "cp \(fresh) \(user.folder.path)/.aws/credentials"
    try user.folder.write(".config/wyn360/settings.json", JSON.object(["awsAuthRefresh": .string(command)]).text)
    let server = try user.server([:])
    #expect(try server.call(1, "agent/run", ["prompt": "hello"])["result"]?["text"] == "fine")
    #expect(user.bedrock.callers == [user.expired.id, user.good.id])
    user.expectNoSecrets(server)
  }

  @Test func `not from a login that fails, and that is said`() throws {
    try user.folder.write(".aws/credentials", user.file(user.expired))
    let server = try user.server([:], ["--aws-auth-refresh", "echo canary-said; echo canary-cried >&2; exit 3"])
    let error = try server.call(1, "agent/run", ["prompt": "hello"])["error"]
    #expect(error?["message"]?.string?.contains("awsAuthRefresh") == true)
    #expect(error?["message"]?.string?.contains("status 3") == true)
    #expect(user.bedrock.callers == [user.expired.id])
    user.expectNoSecrets(server)
  }
}
