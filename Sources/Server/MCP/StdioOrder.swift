internal import OperatingSystem
internal import Providers

/// An MCP server that is to be started, and where.
package struct StdioOrder: Sendable {
  /// What it is called.
  package var name: String
  /// The command and its arguments.
  package var command: [String]
  /// Its variables, whole.
  package var environment: [String: String]
  /// The folder that it works in, an absolute path.
  package var folder: String
  /// What it is kept to; `nil` for nothing.
  package var confinement: Confinement?
  /// Hides the values of its own variables, where it says them again.
  let mask: SecretMask

  /// A server in a session's folder; `inherited` are the variables of this process, of which it gets those that say
  /// nothing secret, and then its own.
  package init(
    _ name: String, _ command: String, arguments: [String], environment: [MCPServerSettings.Variable], folder: String,
    inherited: [String: String]
  ) {
    self.name = name
    self.command = [command] + arguments
    self.folder = folder
    mask = MCPServerSettings.mask(of: environment)
    self.environment = inherited.filter { Self.isPassedOn($0.key, $0.value) }
    // As other clients call it.
    self.environment["CLAUDE_PROJECT_DIR"] = folder
    for variable in environment { self.environment[variable.name] = variable.value }
  }

  /// What programs need to run at all and to reach the network: a list of what is told, so that a secret that nobody
  /// thought of is not.
  private static func isPassedOn(_ name: String, _ value: String) -> Bool {
    // A shell's function is code.
    guard !value.hasPrefix("()") else { return false }
    return passedOn.contains(name) || passedOnPrefixes.contains { name.hasPrefix($0) }
      || proxies.contains(name.lowercased())
  }

  private static let passedOn: Set = ["HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER", "LANG", "TMPDIR", "TZ"]
  private static let passedOnPrefixes = ["LC_", "XDG_", "SSL_CERT_"]
  private static let proxies: Set = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"]

  /// The child that it becomes; each step of its end may take that long.
  ///
  /// - Throws: ``MCPFailure/gone(_:)`` when its folder cannot be opened, or something of it cannot be told to a program.
  func child(reading input: ChildInput, endingMs: Int) throws(MCPFailure) -> ChildOrder {
    let variables = environment.map { "\($0.key)=\($0.value)" }.sorted()
    guard command.first?.isEmpty == false, (command + variables + [folder]).allSatisfy({ !$0.utf8.contains(0) }) else {
      throw .gone("a command must not be empty, and neither it nor its variables can hold a zero byte")
    }
    // What it leaves behind has no business any more.
    var teardown = ChildOrder.Teardown(linger: 0, lateGrace: endingMs, grace: endingMs, gone: endingMs)
    teardown.farewell = endingMs
    var order = ChildOrder(command, teardown: teardown)
    order.environment = variables
    do throws(SystemError) { order.folder = try OpenFolder(path: Array(folder.utf8)) } catch {
      throw .gone("the folder \(folder) cannot be opened: \(error.text)")
    }
    do throws(ToolError) { order.sandbox = try confinement?.sandbox() } catch { throw .gone(error.message) }
    order.input = input
    order.separatesErrors = true
    return order
  }
}
