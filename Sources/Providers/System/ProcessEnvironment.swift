/// The environment variables a process was started with; a blank one counts as unset.
package struct ProcessEnvironment: Sendable {
  private let variables: [String: String]

  /// These variables.
  package init(_ variables: [String: String]) { self.variables = variables }

  /// Those of this process.
  package static var system: ProcessEnvironment { ProcessEnvironment(CurrentProcess.variables) }

  /// The value of a variable, trimmed of surrounding white space; `nil` when unset or blank.
  package subscript(name: String) -> String? { variables[name].flatMap(ProcessEnvironment.value) }

  /// A setting as it counts, wherever it stands: trimmed of surrounding white space, `nil` when blank.
  package static func value(_ text: String) -> String? {
    var rest = text[...]
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return rest.isEmpty ? nil : String(rest)
  }
}
