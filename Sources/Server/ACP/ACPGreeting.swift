internal import Protocol

/// The answer of `initialize`, the same for every client: no credentials are looked for.
enum ACPGreeting {
  /// The only version there is of ours; a client that speaks a newer one goes on with it, or goes.
  static let version = 1
  /// Credentials of the environment, which is the way that needs nobody.
  static let environmentMethod = "environment"

  /// Refuses what is no version.
  static func check(_ request: ACPInitialize) throws(RPCError) {
    guard let version = request.version, version > 0 else {
      throw .invalidParams("protocolVersion must be a whole number from 1; this speaks version \(Self.version)")
    }
  }

  static let answer: JSON = [
    "protocolVersion": .number(JSONNumber(version)),
    "agentInfo": [
      "name": .string(Version.name), "title": .string(Version.name), "version": .string(Version.number),
    ],
    "agentCapabilities": [
      "loadSession": true,
      "promptCapabilities": ["image": true, "audio": false, "embeddedContext": true],
      "mcpCapabilities": ["http": true, "sse": true],
      "sessionCapabilities": ["list": [:], "resume": [:], "close": [:], "delete": [:]],
      "auth": ["logout": [:]],
      "_meta": ["authStatus": [:], "wyn360": ["fork": true, "promptQueueing": true]],
    ],
    "authMethods": [
      [
        "id": .string(environmentMethod), "name": "Keys of the environment",
        "description": "ANTHROPIC_API_KEY, or with CLAUDE_CODE_USE_BEDROCK=1 the AWS credential chain",
      ]
    ],
    "_meta": ["steering": ["supported": true]],
  ]
}
