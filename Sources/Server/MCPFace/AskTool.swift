internal import Protocol

/// The one tool there is, as clients and their models see it.
enum AskTool {
  static let name = "ask"

  /// Who we are.
  static let server: JSON = [
    "name": .string(Version.name), "title": .string(Version.name), "version": .string(Version.number),
  ]

  static let instructions =
    "The tool 'ask' has an agent work in a folder: it reads, searches, changes files and runs commands there, as far as it "
    + "is permitted. Name the sessionId of an earlier answer to go on with that conversation."

  /// Its entry in `tools/list`.
  static func definition(_ terms: MCPTerms) -> JSON {
    var tool: JSONObject = [
      "name": .string(name),
      "description":
        "Ask an agent to do something in a folder, and wait for its answer. It reads and searches files, and changes them and runs commands as far as it is permitted. It knows nothing of your conversation: say all that matters.",
      "inputSchema": [
        "type": "object",
        "properties": [
          "prompt": ["type": "string", "description": "What to do, or to find out"],
          "cwd": [
            "type": "string", "description": "The folder to work in, an absolute path; the server's own when absent",
          ],
          "sessionId": [
            "type": "string", "description": "The conversation to go on with, as an earlier answer named it",
          ],
        ],
        "required": ["prompt"], "additionalProperties": false,
      ],
    ]
    if terms.isSince("2025-03-26") {
      tool["annotations"] = [
        "title": "Ask an agent", "readOnlyHint": false, "destructiveHint": true, "idempotentHint": false,
        "openWorldHint": true,
      ]
    }
    if terms.isSince("2025-06-18") {
      tool["title"] = "Ask an agent"
      tool["outputSchema"] = [
        "type": "object",
        "properties": [
          "sessionId": ["type": "string", "description": "The conversation's name"],
          "costUsd": ["type": ["number", "null"], "description": "US dollars; null when the price is not known"],
          "answer": ["type": "string", "description": "What the agent said last"],
        ],
        "required": ["sessionId", "costUsd", "answer"],
      ]
    }
    return .object(tool)
  }

  /// What a client asks of the agent.
  struct Arguments: Hashable, Sendable {
    let prompt: String
    let cwd: String?
    let sessionId: String?

    /// Reads what a tool is given.
    ///
    /// - Throws: A ``Failure`` for the model that wrote it.
    init(_ json: JSON?) throws(Failure) {
      let members = json?.object ?? JSONObject()
      let known = ["prompt", "cwd", "sessionId"]
      if let other = members.first(where: { !known.contains($0.key) })?.key {
        let meant = NearMiss.of(other, among: known).map { "; did you mean '\($0)'?" } ?? ""
        throw .invalidParams("'ask' takes no '\(OneLine.of(other))'\(meant)")
      }
      func text(_ name: String) throws(Failure) -> String? {
        guard let value = members[name], !value.isNull else { return nil }
        guard let text = value.string else {
          throw .invalidParams("'\(name)' must be a string, this is \(value.kindName)")
        }
        return text
      }
      guard let prompt = try text("prompt"), !prompt.allSatisfy(\.isWhitespace) else {
        throw .invalidParams("'prompt' is missing: say what to do")
      }
      self.prompt = prompt
      cwd = try text("cwd")
      sessionId = try text("sessionId")
    }
  }
}

// MARK: - Results

extension AskTool {
  /// What a run gave.
  ///
  /// Some clients' models see the texts alone, and some the structured content alone: both have the answer and the
  /// session's name.
  static func result(_ run: RunResult, _ terms: MCPTerms) -> JSON {
    let answer = run.text ?? ""
    let end = run.stopReason?.told
    let facts: JSONObject = ["sessionId": .string(run.sessionId), "costUsd": run.cost?.usd ?? .null]
    let texts = [answer, end?.words ?? ""].filter { !$0.isEmpty } + [JSON.object(facts).text]
    var members: JSONObject = ["content": .array(texts.map(text)), "isError": .bool(end?.isFailure ?? false)]
    if terms.isSince("2025-06-18") {
      members["structuredContent"] = .object(
        JSONObject(facts.map { ($0.key, $0.value) } + [("answer", .string(answer))]))
    }
    return terms.result(members)
  }

  /// What a model is told that asked for what cannot be, or whose run failed.
  static func failed(_ failure: Failure, _ terms: MCPTerms) -> JSON {
    let hint = failure.details?.hint.map { "\n\($0)" } ?? ""
    return terms.result(["content": [text(failure.message + hint)], "isError": true])
  }

  private static func text(_ text: String) -> JSON { ["type": "text", "text": .string(text)] }
}

extension StopReason {
  /// What a reader of the answer must know of its end; `nil` where it is whole.
  fileprivate var told: (words: String, isFailure: Bool)? {
    switch self {
    case .endTurn, .stopSequence: nil
    case .maxTokens: ("The answer was cut at the limit of its tokens.", false)
    case .maxTurns: ("The agent was stopped at the limit of its turns; ask in the same session to go on.", true)
    case .budgetExceeded: ("The agent was stopped at the limit of its budget.", true)
    case .refusal: ("The model refused to answer.", true)
    case .cancelled: ("The agent was stopped.", true)
    case .contextWindowExceeded: ("The conversation no longer fits the model's window; begin a new session.", true)
    }
  }
}
