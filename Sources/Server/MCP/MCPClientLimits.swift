/// The limits of what MCP servers may bring into a session, each with its reason.
package enum MCPClientLimits {
  // MARK: Settings

  /// Servers of one session: people have a dozen, and each is a process or a connection.
  package static let serversMax = 64
  /// Bytes of a server's name.
  package static let nameMax = 200
  /// Bytes of a server's part of its tools' names: with what stands around it, it must fit before the hash of a long name.
  static let wordMax = 48
  /// Bytes of a project's `.mcp.json` that are read: real ones have a few KiB.
  static let fileBytesMax = 1024 * 1024
  /// Characters shown of a command that a person is to agree to, in a notice.
  static let commandShownMax = 400

  // MARK: Starting

  /// Servers that are started at the same time as processes: each of them takes a processor for a second or two.
  static let localStartsMax = 3
  /// Servers that are reached at the same time over a network.
  static let remoteStartsMax = 20
  /// Milliseconds that a session's first prompt waits for servers: a person waits, and who is slower comes later.
  static let firstWaitMs = 5_000

  // MARK: Tools

  /// Bytes of a tool's description that models are told: what is longer is a manual.
  static let descriptionMax = 8 * 1024
  /// Bytes of a tool's schema; the largest known have some 50 KiB.
  static let schemaBytesMax = 256 * 1024
  /// Levels of a tool's schema.
  static let schemaDepthMax = 64
  /// Tokens of all definitions above which tools are found by search: a twentieth of a small window, paid with every request.
  static let directTokensMax = 10_000
  /// The part of a model's window that all definitions may take, as its divisor.
  static let directWindowPart = 10
  /// Tools above which they are found by search, however short: models choose badly among more than some 30 to 50.
  static let directToolsMax = 40
  /// Tools of a server that are named to the model where they must be found: as many as a glance takes in.
  static let namedMax = 5
  /// Bytes of what servers say of themselves that models are told, each.
  static let wordsMax = 2 * 1024
  /// Bytes of that of all servers together.
  static let allWordsMax = 8 * 1024
  /// Tools that one search finds when nobody says how many, and at most.
  static let foundUsual = 5
  static let foundMax = 20
  /// Bytes of one answer of a search: some 15,000 tokens.
  static let foundBytesMax = 60 * 1024

  // MARK: Notices

  /// Characters of one notice: a failure, or a command that is shown, and what stands around it.
  static let noticeMax = 1_000
  /// Notices of one listing: what is wrong with more tools is wrong with the server.
  static let listNoticesMax = 10
  /// Notices that wait to be told.
  static let noticesMax = 100
  /// Notices that are known as told, and not told again.
  static let noticesToldMax = 500

  // MARK: Results

  /// Bytes of text of one result that models get: 25,000 tokens, as other clients have it; the rest can be read on.
  static let resultTextMax = 100_000
  /// Flaws of a result by its server's own schema that are told.
  static let flawsMax = 3
  /// Milliseconds between two signs of a call's progress that are shown.
  static let progressMs = 100
  /// Bytes of one such sign.
  static let progressBytesMax = 2 * 1024
}
