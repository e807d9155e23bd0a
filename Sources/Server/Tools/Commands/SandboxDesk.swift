package import OperatingSystem
package import Protocol
internal import Synchronization

/// Decides what commands and MCP servers are kept to: what the process was started with, what its client has asked for and
/// what a session says hold together, so that each can only ask for more.
package final class SandboxDesk: Sendable {
  private let wanted: Mutex<SandboxMode>
  /// What the machine has for it.
  package let kernel: SandboxKernel
  private let temporary: [String]
  /// Why it is not known what is wanted.
  private let flaw: String?

  /// The variable that asks for it.
  package static let variable = "WYN360_SANDBOX"
  /// What a person can do where it cannot be.
  package static let withoutIt = "leave --sandbox out, or \(variable), and they run as they are"

  /// What an option asks for, or else these variables; `TMPDIR` names the folder of temporary files.
  package init(_ option: SandboxMode?, variables: [String: String], kernel: SandboxKernel) {
    let written = variables[Self.variable].flatMap { $0.isEmpty ? nil : $0 }
    let asked = option ?? SandboxMode(rawValue: written ?? SandboxMode.off.rawValue)
    let words = SandboxMode.allCases.map(\.rawValue).joined(separator: ", ")
    flaw = asked == nil ? "\(Self.variable) is one of \(words); '\(written ?? "")' is not" : nil
    wanted = Mutex(asked ?? .workspaceAndServers)
    self.kernel = kernel
    let named = variables["TMPDIR"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    temporary = named.map { [$0] } ?? ["/tmp", "/var/tmp"]
  }

  /// What is wanted in sessions that do not say.
  package var mode: SandboxMode { wanted.withLock { $0 } }

  /// Why what is wanted cannot be; `nil` where it can, or nothing is.
  package var refusal: String? { mode == .off ? nil : reason }

  private var reason: String? { flaw ?? kernel.problem }

  /// Has all sessions confined from now on.
  ///
  /// - Throws: ``Failure/Reason/invalidParams`` where that cannot be.
  package func require(_ mode: SandboxMode?) throws(Failure) {
    try check(mode)
    wanted.withLock { $0 = $0.joined(with: mode) }
  }

  /// Refuses what cannot be.
  package func check(_ mode: SandboxMode?) throws(Failure) {
    guard let mode, mode != .off, let reason else { return }
    throw .invalidParams("sandbox '\(mode.rawValue)' cannot be: \(reason)")
  }

  /// What holds for commands, or for MCP servers, that may change these folders; `nil` for no bounds.
  package func confinement(_ session: SandboxMode?, folders: [String], ofServers: Bool = false) -> Confinement? {
    let mode = mode.joined(with: session)
    guard mode == .workspaceAndServers || mode == .workspace && !ofServers else { return nil }
    if let reason { return .impossible(reason: reason) }
    return .to(Sandbox(changing: folders + temporary))
  }
}
