package import OperatingSystem

/// What the program gets from the system; tests give it their own.
package struct Surroundings: Sendable {
  /// Its variables; a blank one counts as unset.
  package var environment: ProcessEnvironment
  /// Its clocks.
  package var time: TimeSource
  /// Where names come from.
  package var names: NameSource
  /// The user's files.
  package var files: FileSource
  /// What runs programs.
  package var processes: ProcessRunner
  /// What of the machine models are told.
  package var place: Place
  /// All variables as they are, for commands.
  package var variables: [String: String]
  /// What the kernel can keep programs from.
  package var sandboxes = SandboxKernel.current

  /// Surroundings made of their parts.
  package init(
    environment: ProcessEnvironment, time: TimeSource, names: NameSource, files: FileSource, processes: ProcessRunner,
    place: Place, variables: [String: String]
  ) {
    self.environment = environment
    self.time = time
    self.names = names
    self.files = files
    self.processes = processes
    self.place = place
    self.variables = variables
  }

  /// What a process really has.
  package static let system: Surroundings = {
    let variables = CurrentProcess.completeVariables
    return Surroundings(
      environment: ProcessEnvironment(variables), time: .system, names: .random, files: .system, processes: .system,
      place: Place(
        folder: CurrentProcess.folder, home: variables["HOME"], operatingSystem: HostSystem.current.rawValue,
        files: .system, links: .system),
      variables: variables)
  }()
}

extension Surroundings {
  /// Has sessions that name no folder work in this one.
  ///
  /// - Returns: Why it cannot be.
  mutating func move(to folder: String?) -> Failure? {
    guard let folder else { return nil }
    do throws(Failure) {
      place.folder = try WorkFolder.path(folder, option: "--cwd")
      return nil
    } catch {
      return error
    }
  }
}
