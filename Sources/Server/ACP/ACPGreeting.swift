internal import OperatingSystem
internal import Protocol

/// The answer of `initialize`: no credentials are looked for.
enum ACPGreeting {
  /// The only version there is of ours; a client that speaks a newer one goes on with it, or goes.
  static let version = 1
  /// Credentials of the environment, which is the way that needs nobody.
  static let environmentMethod = "environment"
  /// A look at the credentials in a terminal.
  static let terminalMethod = "terminal"

  /// Refuses what is no version.
  static func check(_ request: ACPInitialize) throws(RPCError) {
    guard let version = request.version, version > 0 else {
      throw .invalidParams("protocolVersion must be a whole number from 1; this speaks version \(Self.version)")
    }
  }

  /// What that client is told.
  static func answer(to client: ACPClient) -> JSON {
    [
      "protocolVersion": .number(JSONNumber(version)),
      "agentInfo": [
        "name": .string(Version.name), "title": .string(Version.name), "version": .string(Version.number),
      ],
      "agentCapabilities": [
        "loadSession": true,
        "promptCapabilities": ["image": true, "audio": false, "embeddedContext": true],
        "mcpCapabilities": ["http": false, "sse": false],
        "sessionCapabilities": [
          "list": [:], "resume": [:], "close": [:], "delete": [:], "additionalDirectories": [:],
        ],
        "auth": ["logout": [:]],
        "_meta": [
          "authStatus": [:],
          "wyn360": ["fork": true, "promptQueueing": true, "methods": .string("_" + AgentRun.method)],
        ],
      ],
      "authMethods": .array(methods(for: client)),
      "_meta": ["steering": ["supported": true]],
    ]
  }

  /// The ways to authenticate: first the one that any client can take, as some take the first whatever it is.
  private static func methods(for client: ACPClient) -> [JSON] {
    let environment: JSON = [
      "id": .string(environmentMethod), "name": "Keys of the environment",
      "description": "ANTHROPIC_API_KEY, or with CLAUDE_CODE_USE_BEDROCK=1 the AWS credential chain",
    ]
    guard client.logsInOnTerminal || client.logsInOnTerminalByMeta else { return [environment] }
    let arguments: JSON = ["call", .string(AuthStatus.method), #"{"verify":true}"#]
    var terminal: JSONObject = [
      "id": .string(terminalMethod), "name": "Look at the keys in a terminal",
      "description": "Tells which keys there are, whether the service takes them, and what to set",
    ]
    if client.logsInOnTerminal {
      terminal["type"] = "terminal"
      terminal["args"] = arguments
      terminal["env"] = [:]
    }
    if client.logsInOnTerminalByMeta, let program = CurrentProcess.program {
      terminal["_meta"] = [
        "terminal-auth": [
          "label": "Look at the keys", "command": .string(program), "args": arguments, "env": [:],
        ]
      ]
    }
    return [environment, .object(terminal)]
  }
}
