package import Protocol
internal import Providers

/// The variables of the environment that a project's `.mcp.json` may name, less what is ours.
package struct MCPVariables: Sendable {
  private let variables: [String: String]
  /// The variables that hold a secret of ours, whatever they are called.
  private let secret: Set<String>

  /// The variables of an environment; `secrets` are ours.
  package init(_ variables: [String: String], secrets: [Secret]) {
    self.variables = variables
    secret = CommandEnvironment.names(in: variables, holding: secrets)
  }

  /// Whether a variable is never given to servers of projects: what signs us in, and all that says how.
  ///
  /// Keys that other services name are the person's to give: the question says which variables a server gets.
  func isOurs(_ name: String) -> Bool {
    ["ANTHROPIC_", "AWS_"].contains { name.uppercased().hasPrefix($0) } || CommandEnvironment.isOurSecret(name)
      || secret.contains(name)
  }

  /// The value of a variable; `nil` when it is not set, or empty.
  subscript(name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }
}

extension MCPVariables: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// What a log shows: values are nobody's to read.
  package var description: String { "\(variables.count) variables" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
