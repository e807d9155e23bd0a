/// How much MCP's face keeps, and how often it tells of what goes on.
enum MCPFaceLimits {
  /// Milliseconds between two signs of life: clients give a call up after sixty seconds of silence, and one may get lost.
  static let heartbeatMs = 15_000
  /// Milliseconds between two signs of what streams: people read no faster.
  static let streamedEveryMs = 500
  /// Characters of a sign of life: a line.
  static let messageMax = 200
  /// Calls that wait for their clients to come back with answers; the oldest are given up.
  static let waitingMax = 256
  /// Sessions that are kept while nothing goes on in them: clients never close one, and a day's conversations are fewer.
  static let idleSessionsMax = 64
}
