package import OperatingSystem
internal import Protocol

/// What a session's commands are kept to.
package enum Confinement: Hashable, Sendable {
  /// To these folders.
  case to(Sandbox)
  /// They are to be kept to something, and cannot be: nothing is run.
  case impossible(reason: String)

  /// The sandbox to run something in.
  ///
  /// - Throws: A ``ToolError`` where there is none.
  func sandbox() throws(ToolError) -> Sandbox {
    switch self {
    case .to(let sandbox): return sandbox
    case .impossible(let reason):
      throw ToolError(.refused, "Commands are to be confined here, so none is run: \(reason).")
    }
  }

  /// What a model is told of it.
  package var words: String {
    switch self {
    case .impossible(let reason): "No command is run: they are to be confined, and \(reason)."
    case .to(let sandbox):
      "Commands are confined by the kernel, whatever is permitted: they change files only in "
        + sandbox.folders.map(OneLine.of).joined(separator: ", ")
        + ", reach nothing over the network, and send signals only to what they have started."
    }
  }

  /// What a refusal by the kernel looks like in the words of common programs.
  private static let signs = [
    "Permission denied", "permission denied", "Operation not permitted", "operation not permitted", "EACCES", "EPERM",
    "nvalid cross-device link", "resolve host", "name resolution", "ailed to connect", "ould not connect",
  ].map { Array($0.utf8) }

  /// What stands behind the output of a command that was refused something, as far as that can be told; `nil` for nothing.
  func remark(on output: String) -> String? {
    guard case .to(let sandbox) = self else { return nil }
    let bytes = Array(output.utf8)
    guard Self.signs.contains(where: { bytes.firstRange(of: $0) != nil }) else { return nil }
    let folders = sandbox.folders.map(OneLine.of).joined(separator: ", ")
    return "[what was refused may be so by the sandbox that commands run in: they change files only in \(folders), and "
      + "reach nothing over the network. It is no fault of the command's: do not try it another way; use what is in "
      + "these folders, or tell the person]"
  }
}
