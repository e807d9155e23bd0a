internal import CSystem

/// This process: where it is, what it was started with, and how it ends.
package enum CurrentProcess {
  /// The folder it was started in; `nil` where that is gone, or cannot be reached.
  package static var folder: String? {
    guard let text = unsafe getcwd(nil, 0) else { return nil }
    defer { unsafe free(text) }
    let path = unsafe String(cString: text)
    // A system may say "(unreachable)" before what is left of it, getcwd(3).
    return path.utf8.first == UInt8(ascii: "/") ? path : nil
  }

  /// From now on no other process of the same user, a command's among them, can read this one's environment or memory,
  /// where its secrets are (Linux).
  package static func hide() { csystem_hide() }

  /// All variables it was started with.
  package static var variables: [String: String] {
    var variables: [String: String] = [:]
    var number: Int32 = 0
    while let entry = unsafe csystem_variable(number) {
      let text = unsafe String(cString: entry)
      if let mark = text.utf8.firstIndex(of: UInt8(ascii: "=")) {
        variables[String(text[..<mark])] = String(text[text.utf8.index(after: mark)...])
      }
      number += 1
    }
    return variables
  }

  /// The variables, with a `HOME` where whoever started it has left that out: the one of the password database.
  package static var completeVariables: [String: String] {
    var variables = variables
    if variables["HOME"].flatMap(ProcessEnvironment.value) == nil, let text = unsafe csystem_home() {
      variables["HOME"] = unsafe String(cString: text)
      unsafe free(text)
    }
    return variables
  }

  /// The file of its program, for others to start; `nil` where that cannot be told.
  package static var program: String? {
    if case .success(let path) = SystemPath.real(Array("/proc/self/exe".utf8)) {
      return String(decoding: path, as: UTF8.self)
    }
    return CommandLine.arguments.first.flatMap { Executable.path(of: $0) }
  }

  /// Its number.
  package static var id: Int { Int(getpid()) }

  /// The machine that it runs on, by the name that it gives itself; empty where it has none.
  package static var host: String {
    var name = [CChar](repeating: 0, count: SystemLimits.nameMax + 1)
    guard unsafe gethostname(&name, SystemLimits.nameMax) == 0 else { return "" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The bytes of it that are in memory; 0 when the system does not say.
  package static var residentBytes: Int { Int(clamping: csystem_resident_bytes()) }

  /// From now on signals that ask for the end write their number, as one byte, to a descriptor, and a closed pipe is an
  /// error like others.
  ///
  /// For the first thread, before there are others.
  package static func deliverSignals(to descriptor: Descriptor) { _ = csystem_signals_to_fd(descriptor.number) }

  /// The signal that a process ends by when nobody reads what it writes.
  package static let brokenPipeSignal = SIGPIPE
  /// The signal of the key that interrupts.
  package static let interruptSignal = SIGINT

  /// Ends at once, without handlers: nothing is buffered, and other threads still run that none may pull the ground from.
  package static func exit(_ status: Int32) -> Never { _exit(status) }
}

/// The operating system that this is built for.
package enum HostSystem: String, Sendable {
  case linux = "Linux"
  case macOS
  case windows = "Windows"
  case unix = "a Unix"

  /// The one at hand.
  package static var current: HostSystem {
    #if os(Linux)
      .linux
    #elseif os(macOS)
      .macOS
    #elseif os(Windows)
      .windows
    #else
      .unix
    #endif
  }
}
