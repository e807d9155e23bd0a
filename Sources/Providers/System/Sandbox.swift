internal import CSystem

/// What a program, and all that it starts, can change and reach: the kernel keeps it from the rest, for good.
///
/// Reading is as before. What the kernel has no rule for stays open, too: the mode, owner, times and attributes of files
/// elsewhere, and Unix sockets that have a path.
package struct Sandbox: Hashable, Sendable {
  /// The absolute paths of folders in which everything may be changed; those that are not there are passed over.
  package let folders: [String]

  /// Devices that keep nothing, or give what is nobody's.
  private static let devices = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"]

  /// Nothing is changed but in these folders, and nothing is reached over the network.
  package init(changing folders: [String]) { self.folders = folders }

  /// Rules as the kernel takes them.
  ///
  /// - Throws: The system's answer where it has no such rules, or a folder cannot be looked at.
  func open() throws(SystemError) -> Descriptor {
    let rules = csystem_sandbox_create()
    guard rules >= 0 else { throw SystemError(result: rules) }
    for path in folders + Self.devices where !path.utf8.contains(0) {
      let result = unsafe csystem_sandbox_permit(rules, path)
      guard result < 0, SystemError(result: result) != .notThere else { continue }
      csystem_close(rules)
      throw SystemError(result: result)
    }
    return Descriptor(rules)
  }
}

/// What this machine's kernel has for a ``Sandbox``.
package struct SandboxKernel: Hashable, Sendable {
  /// The version of its Landlock; an `errno` below zero where there is none.
  package let version: Int
  /// Whether it keeps every connection from being made that is not over a Unix socket, and not those of TCP alone.
  let keepsSockets: Bool

  /// A kernel with that version.
  package init(version: Int, keepsSockets: Bool = true) { (self.version, self.keepsSockets) = (version, keepsSockets) }

  /// The one that runs this process.
  package static var current: SandboxKernel {
    SandboxKernel(version: Int(csystem_sandbox_version()), keepsSockets: csystem_sandbox_keeps_sockets())
  }

  /// The first version with which no file elsewhere can be emptied (Linux 6.2).
  private static let emptying = 3
  /// The first with which TCP is kept from programs (Linux 6.7).
  private static let connecting = 4
  /// The first with which devices are kept from them (Linux 6.10).
  private static let devices = 5
  /// The first with which signals and abstract Unix sockets are kept from them (Linux 6.12).
  private static let signals = 6

  /// Why programs cannot be confined; `nil` where they can.
  package var problem: String? {
    if version < 0 {
      let reason = SystemError(result: version).text
      return "this system has no Landlock (\(reason)); Linux 6.2 or newer has it, unless it is switched off "
        + "(CONFIG_SECURITY_LANDLOCK, lsm=) or a container forbids it"
    }
    if version < Self.emptying {
      return "this kernel's Landlock, version \(version), cannot keep files elsewhere from being emptied; Linux 6.2 or "
        + "newer can"
    }
    if !keepsSockets, version < Self.connecting {
      return "this kernel's Landlock, version \(version), cannot keep connections from being made; Linux 6.7 or newer "
        + "can"
    }
    return nil
  }

  /// What stays open as the kernel is not newer, a few words each.
  package var gaps: [String] {
    var gaps: [String] = []
    if !keepsSockets { gaps.append("connections other than those of TCP") }
    if version < Self.devices { gaps.append("what ioctl does to devices") }
    if version < Self.signals { gaps.append("signals to your other processes, and abstract Unix sockets") }
    return gaps
  }
}
