internal import OperatingSystem
package import Protocol
internal import Synchronization

/// One MCP server of a session: met in either era of the protocol when it is first needed, asked, and started again when
/// it ends.
///
/// Whoever asks waits for its start. What was in flight when it ended fails and is not repeated: nobody knows what it did.
package final class MCPServer: Sendable {
  /// Opens a way to the server; what it says of itself goes to the inbox.
  package typealias Open = @Sendable (any MCPInbox) async throws(MCPFailure) -> any MCPTransport

  /// How it is reached.
  package let settings: MCPServerSettings
  let host: MCPHost
  let open: Open

  /// A server that is not started yet.
  package init(_ settings: MCPServerSettings, host: MCPHost, open: @escaping Open) {
    self.settings = settings
    self.host = host
    self.open = open
  }

  /// How it is doing.
  package var state: MCPServerState { .off }

  /// Starts it, or waits for a start under way; one that has failed, or whose restarts are used up, is started again.
  ///
  /// - Throws: A ``MCPFailure``: it cannot be started or reached, is too slow, is no MCP server, or speaks another revision.
  @discardableResult
  package func start() async throws(MCPFailure) -> MCPGreeting { throw .gone("") }

  /// Ends it for good; may come twice.
  package func shutDown() async {}
}

extension MCPServer {
  /// All its tools; those that cannot be called are left out.
  ///
  /// - Throws: A ``MCPFailure`` when no page came. A server without tools has none.
  package func listTools() async throws(MCPFailure) -> MCPToolList { throw .gone("") }

  /// Calls a tool, and answers what the server asks on the way.
  ///
  /// Cancelling the task takes the call back. `meta` is told beside it, such as a trace's context.
  ///
  /// - Throws: A ``MCPFailure``; ``MCPFailure/late(_:)`` when the settings' limit, or that of silence, is over.
  package func call(
    _ tool: String, _ arguments: JSONObject, meta: JSONObject = JSONObject(),
    onProgress: @escaping @Sendable (MCPProgress) -> Void = { _ in }
  ) async throws(MCPFailure) -> MCPToolResult { throw .gone("") }

  /// What it lets others read; with `templates` the families of such things.
  ///
  /// - Throws: A ``MCPFailure``. A server without resources has none.
  package func listResources(templates: Bool = false) async throws(MCPFailure) -> [MCPResource] { throw .gone("") }

  /// Reads what stands behind a name.
  ///
  /// - Throws: A ``MCPFailure``.
  package func read(_ uri: String) async throws(MCPFailure) -> [MCPResourceContents] { throw .gone("") }

  /// The prompts that it has ready.
  ///
  /// - Throws: A ``MCPFailure``. A server without prompts has none.
  package func listPrompts() async throws(MCPFailure) -> [MCPPrompt] { throw .gone("") }

  /// A prompt, filled in.
  ///
  /// - Throws: A ``MCPFailure``.
  package func prompt(
    _ name: String, _ arguments: [String: String]
  ) async throws(MCPFailure) -> [MCPPromptMessage] { throw .gone("") }
}
