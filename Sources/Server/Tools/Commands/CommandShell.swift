internal import OperatingSystem

/// The shell that reads commands: bash where there is one, as models write for it, else the system's own.
package struct CommandShell: Hashable, Sendable {
  /// The shell's file.
  package let path: String

  /// The shell of that file.
  package init(path: String) { self.path = path }

  /// What the model is told of it.
  package var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  /// What every POSIX system has.
  package static let posix = CommandShell(path: "/bin/sh")

  /// The shell of this machine: bash where systems keep it, whatever a `PATH` that others set has under that name.
  package static var usual: CommandShell {
    let places = ["/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash", "/opt/homebrew/bin/bash"]
    return places.first(where: Executable.isThere).map(CommandShell.init) ?? .posix
  }
}
