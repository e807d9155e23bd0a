package import OperatingSystem
internal import Protocol
package import Providers

/// The network as MCP servers are reached by it.
package struct MCPNetwork: Sendable {
  private let transport: any HTTPTransport
  private let time: TimeSource
  private let log: Log
  private let lookUp: @Sendable (String) -> [HostAddress]

  /// A network; `lookUp` gives the addresses that a name stands for, and may block.
  package init(
    _ transport: any HTTPTransport, time: TimeSource, log: Log,
    lookUp: @escaping @Sendable (String) -> [HostAddress] = HostAddress.all
  ) {
    self.transport = transport
    self.time = time
    self.log = log
    self.lookUp = lookUp
  }

  /// Opens the way to a server that is reached over HTTP; nothing is sent before the first message.
  ///
  /// - Throws: ``MCPFailure/unusable(_:)`` when its settings name no address that can be asked.
  package func open(_ settings: MCPServerSettings, inbox: any MCPInbox) throws(MCPFailure) -> any MCPTransport {
    let signIn = MCPSignIn(settings.name, time: time, lookUp: lookUp)
    switch settings.way {
    case .command: throw .unusable("a server that is a command is not reached over a network")
    case .http(let url, let headers):
      let line = try MCPLine(url, headers: headers, by: transport)
      return StreamableTransport(line, inbox: inbox, signIn: signIn, time: time, log: log)
    case .events(let url, let headers):
      let line = try MCPLine(url, headers: headers, by: transport)
      return EventStreamTransport(line, inbox: inbox, signIn: signIn, time: time, log: log)
    }
  }
}
