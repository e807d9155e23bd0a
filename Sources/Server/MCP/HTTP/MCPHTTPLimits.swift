/// The limits of MCP over HTTP, each with its reason; times are in milliseconds.
enum MCPHTTPLimits {
  /// For a connection, TLS included: servers that sleep are woken by the first one.
  static let connectMax = 30_000
  /// Until the first byte of an answer, but for calls of tools, whose work may come before it.
  static let firstByteMax = 60_000
  /// Without a byte on a stream that nothing is waited for on, before it is opened anew.
  static let streamIdleMax = MCPLimits.remoteIdleMs
  /// For a notification, or an answer of ours, to be taken.
  static let tellingMax = 60_000
  /// For the end of a session to be taken: nobody waits for more.
  static let closingMax = 2_000
  /// Until the old transport's stream says where messages are sent: it is its first word.
  static let endpointMax = 15_000
  /// Without a byte on a connection: none, as calls have their own limits, which know what they wait for.
  static let connectionIdleMax = MCPLimits.endlessMs
  /// Without a byte behind an answer, before its connection is not kept for the next request.
  static let restIdleMax = 2_000
  /// Pieces read behind an answer: there is the end of a stream, and nothing else.
  static let restPiecesMax = 16

  /// Bytes of one event, or of one answer: as much as a line over a pipe may have.
  static let messageMax = MCPLimits.lineMax
  /// Bytes read of an answer that refuses: its message is at its beginning.
  static let refusalMax = 64 * 1024
  /// Characters shown of it.
  static let refusalShownMax = 300
  /// Bytes of a session's id: it goes out with every request.
  static let sessionMax = 4_096
  /// Redirects of one request: a slash at the end is one.
  static let redirectsMax = 5

  /// The wait before a broken stream is opened anew where the server names none, and the bounds of what it may name: a
  /// server must not be hammered, nor a call left behind.
  static let retryUsual = 1_000
  static let retryLeast = 100
  static let retryMost = 60_000
  /// Tries in a row to take up a broken stream that bring nothing: as many as the reference client makes.
  static let resumptionsMax = 2

  /// For each document that tells how to sign in, and for all of them: the handshake waits for it.
  static let documentMax = 5_000
  static let documentsMax = 8_000
  /// Bytes of one: real ones have two thousand.
  static let documentBytesMax = 256 * 1024
}
