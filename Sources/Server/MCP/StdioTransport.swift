internal import OperatingSystem
package import Protocol

/// An MCP server as a child process that is spoken to over its pipes, a message a line.
package final class StdioTransport: MCPTransport {
  /// What is started, and where.
  package struct Order: Sendable {
    /// The command and its arguments.
    package var command: [String]
    /// Its variables, whole.
    package var environment: [String: String]
    /// The folder that it works in, an absolute path.
    package var folder: String

    /// A server of those settings, in a session's folder; `inherited` are the variables of this process, of which it gets
    /// those that say nothing secret.
    package init(
      _ command: String, arguments: [String], environment: [MCPServerSettings.Variable], folder: String,
      inherited: [String: String]
    ) {
      self.command = [command] + arguments
      self.environment = inherited
      self.folder = folder
    }
  }

  /// Starts a server.
  ///
  /// - Throws: ``MCPFailure/gone(_:)`` when it cannot be started.
  package static func open(
    _ order: Order, inbox: any MCPInbox, host: MCPHost
  ) async throws(MCPFailure) -> StdioTransport { throw .gone("") }

  package func ask(_ request: MCPRequest) async throws(MCPFailure) -> JSON { throw .gone("") }
  package func tell(_ method: String, _ params: JSONObject) async throws(MCPFailure) {}
  package func agree(on revision: MCPRevision) {}
  package func close() async {}
}
