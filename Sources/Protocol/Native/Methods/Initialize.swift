/// Opens the conversation: who the client is and what it can do.
///
/// Succeeds without any credentials. May come once; with line framing it may be left out, and the client then counts as
/// one that can do nothing.
///
/// - Throws: ``RPCError/Code/invalidRequest`` when it comes twice, ``RPCError/Code/invalidParams`` when
///   `protocolVersion` is of another protocol.
package struct Initialize: RequestMessage, Hashable {
  package static let method = "initialize"

  /// The process to live with: the server ends when it is gone.
  package var processId: ProcessNumber?
  /// Who the client is, for logs.
  package var clientInfo: PeerInfo?
  /// What the client can do.
  package var capabilities: ClientCapabilities?
  /// How the server should behave.
  package var initializationOptions: InitializationOptions?
  /// How much of the conversation to send back as `$/logTrace`.
  package var trace: TraceLevel?
  /// Absent in this dialect; an integer is an ACP client's, a string an MCP client's.
  package var protocolVersion: JSON?

  /// What the server is, can do and will not do.
  package struct Response: Codable, Hashable, Sendable {
    /// Who the server is.
    package var serverInfo: PeerInfo
    /// The version of this protocol.
    package var protocolVersion: String
    /// What the server can do.
    package var capabilities: ServerCapabilities
    /// The limits that a client may meet.
    package var limits: ServerLimitsReport
    /// Who could answer, as `auth/status` tells it.
    package var auth: AuthStatus.Response

    /// All the parts.
    package init(
      serverInfo: PeerInfo, protocolVersion: String, capabilities: ServerCapabilities, limits: ServerLimitsReport,
      auth: AuthStatus.Response
    ) {
      self.serverInfo = serverInfo
      self.protocolVersion = protocolVersion
      self.capabilities = capabilities
      self.limits = limits
      self.auth = auth
    }
  }
}

/// A process by the number that its own system gives it, which need not be this one.
package struct ProcessNumber: Codable, Hashable, Sendable {
  /// The number; `nil` when no system has processes of it.
  package var number: Int?

  package init(from decoder: any Decoder) throws {
    let json = try JSON(from: decoder)
    guard json.double != nil else {
      throw JSONDecodingError(path: "", reason: "expected a process's number, found \(json.kindName)")
    }
    number = json.int.flatMap { $0 > 0 ? $0 : nil }
  }
  package func encode(to encoder: any Encoder) throws { try number.encode(to: encoder) }
}

extension ProcessNumber: JSONSchemaDescribing {
  package static var jsonSchema: JSON { ["type": "integer"] }
  package static var jsonSample: JSON { 1 }
}

/// What a client can do.
package struct ClientCapabilities: Codable, Hashable, Sendable {
  /// Methods of notifications, or types of `run/event`, that the client does not want.
  package var optOut: [String]?
  /// Whether it answers `auth/credentials`.
  package var credentials: Bool?
  /// Whether it answers `permission/request`.
  package var permission: Bool?
  /// Whether it answers `question/ask`.
  package var question: Bool?
  /// Whether it answers `diagnostics/request`.
  package var diagnostics: Bool?
  /// Whether it registers tools and answers `tool/call`.
  package var tools: Bool?

  /// No capabilities.
  package init() {}
}

/// How the server should behave for this client.
package struct InitializationOptions: Codable, Hashable, Sendable {
  /// The provider of sessions that name none.
  package var provider: ProviderID?
  /// The model of sessions that name none.
  package var model: String?
  /// What the end of the client's input means.
  package var endOfInput: EndOfInput?
  /// What happens unasked in sessions that do not say.
  package var permissionMode: PermissionMode?
  /// What the kernel keeps from the rest of the machine, at least.
  package var sandbox: SandboxMode?
  /// Provider model ids by name: what to send for a name, before all other rules.
  package var modelOverrides: ByName<String>?
  /// How long calls to models may take.
  package var timeouts: TimeoutOptions?
  /// MCP servers that all sessions have, by name.
  package var mcpServers: ByName<MCPServerEntry>?
  /// The folder in which sessions are kept that begin from now on; none when absent.
  package var sessions: String?
  /// How long they are kept since something was said in them, as in `30d`; for ever when absent.
  package var sessionsKeep: String?
  /// How many bytes all of them may have, as in `1GB`; the oldest go first.
  package var sessionsMax: String?

  /// No options.
  package init() {}
}

/// What to do when the client's input ends.
package enum EndOfInput: String, Codable, Hashable, Sendable, CaseIterable {
  /// Answer all that was asked, then end.
  case drain
  /// Cancel what runs, answer, end.
  case cancel
}

/// What a server can do.
package struct ServerCapabilities: Codable, Hashable, Sendable {
  /// Every method that may be called.
  package var methods: [String]
  /// Every notification that may come.
  package var notifications: [String]
  /// The kinds of content block a prompt may hold.
  package var prompt: [String]
  /// The ways to think that `agent/run` takes, each made fit for the model; since 1.1.
  package var thinking: [Thinking.Mode]
  /// How hard a model may be asked to try, in rising order; since 1.1.
  package var effort: [Effort]
  /// What becomes of what has been said; since 1.1.
  package var conversations: Conversations

  /// What becomes of what has been said.
  package enum Conversations: String, Codable, Hashable, Sendable, CaseIterable {
    /// It stays as it was sent, and is only added to: histories hold messages of the role `system`.
    case appendOnly
  }

  /// These capabilities.
  package init(methods: [String], notifications: [String], prompt: [String]) {
    self.methods = methods
    self.notifications = notifications
    self.prompt = prompt
    thinking = Thinking.Mode.allCases
    effort = Effort.allCases
    conversations = .appendOnly
  }
}

/// The limits that a client may meet.
package struct ServerLimitsReport: Codable, Hashable, Sendable {
  /// The most bytes of one message.
  package var messageBytesMax: Int
  /// The deepest nesting of one message.
  package var depthMax: Int
  /// The most messages of one batch.
  package var batchMax: Int
  /// The most requests without an answer at one time.
  package var requestsInFlightMax: Int
  /// The most sessions at one time.
  package var sessionsMax: Int
  /// The most runs that wait for one session.
  package var runsQueuedMax: Int

  /// These limits.
  package init(
    messageBytesMax: Int, depthMax: Int, batchMax: Int, requestsInFlightMax: Int, sessionsMax: Int, runsQueuedMax: Int
  ) {
    self.messageBytesMax = messageBytesMax
    self.depthMax = depthMax
    self.batchMax = batchMax
    self.requestsInFlightMax = requestsInFlightMax
    self.sessionsMax = sessionsMax
    self.runsQueuedMax = runsQueuedMax
  }
}
