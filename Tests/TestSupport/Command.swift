/// The built program as a command of a shell: it is asked once, and ends.
package struct Command: Sendable {
  /// The exit status.
  package var status: Int32
  /// What came out of stdout.
  package var output: String
  /// What came out of stderr.
  package var errors: String

  /// Runs the program to its end, with an empty stdin.
  package init(_ arguments: String..., environment: [String: String] = [:]) throws {
    try self.init(arguments, environment: environment)
  }

  /// Runs the program to its end, with an empty stdin.
  package init(_ arguments: [String], environment: [String: String] = [:]) throws {
    let process = try ServerProcess(arguments, environment: environment)
    try process.closeInput()
    output = try process.readToEnd()
    status = try process.waitForExit()
    errors = process.errors
  }
}
