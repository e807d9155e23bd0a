import Foundation
import OperatingSystem
import Protocol
import Providers
import Server
import Synchronization
import Testing

/// A workspace in a temporary folder, a folder beside it, and all tools.
final class ToolBench: Sendable {
  /// The temporary folder that holds both, its path without links.
  let base: URL
  let workspace: Workspace
  let toolbox: Toolbox
  let journal: FileJournal
  /// A variable in every command's environment, by which its processes are found.
  let mark = "WYN360_TEST_MARK=\(UUID().uuidString)"

  var folder: URL { base.appending(path: "workspace") }
  var outside: URL { base.appending(path: "outside") }

  /// With `sandbox` commands are confined, to the workspace and a temporary folder in the place of the system's.
  init(
    journalBytesMax: Int = 1 << 25, secrets: [String: String] = [:], time: TimeSource = .system, web: WebAccess? = nil,
    sandbox: SandboxMode? = nil
  ) throws {
    let temporary = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
    base = temporary.appending(path: "wyn360-tools-\(UUID().uuidString)")
    for name in ["workspace", "outside"] + (sandbox == nil ? [] : ["temporary"]) {
      try FileManager.default.createDirectory(at: base.appending(path: name), withIntermediateDirectories: true)
    }
    let scratch = sandbox == nil ? [:] : ["TMPDIR": base.appending(path: "temporary").path]
    var workspace = try Workspace(path: base.appending(path: "workspace").path)
    workspace.confinement = SandboxDesk(sandbox, variables: scratch, kernel: .current)
      .confinement(nil, folders: workspace.paths)
    self.workspace = workspace
    let name = mark.split(separator: "=").map(String.init)
    let variables = ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/nonexistent", name[0]: name[1]]
    toolbox = .standard(
      commands: CommandSettings(
        environment: CommandEnvironment(variables.merging(secrets.merging(scratch) { $1 }) { _, new in new }),
        time: time), files: .system,
      web: web)
    journal = FileJournal(bytesMax: journalBytesMax)
  }

  deinit { try? FileManager.default.removeItem(at: base) }

  /// Makes a file in the workspace, with the folders it is in.
  @discardableResult
  func make(_ path: String, _ content: String = "x\n") throws -> URL { try make(path, Array(content.utf8)) }

  @discardableResult
  func make(_ path: String, _ content: [UInt8]) throws -> URL {
    let file = path.hasPrefix("/") ? URL(fileURLWithPath: path) : folder.appending(path: path)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(content).write(to: file)
    return file
  }

  /// Makes a symbolic link in the workspace.
  func link(_ path: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: folder.appending(path: path).path, withDestinationPath: target)
  }

  /// A file's content.
  func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: path.hasPrefix("/") ? URL(fileURLWithPath: path) : folder.appending(path: path)))
  }

  func text(_ path: String) throws -> String { String(decoding: try bytes(path), as: UTF8.self) }

  func exists(_ path: String) -> Bool {
    (try? FileManager.default.attributesOfItem(atPath: folder.appending(path: path).path)) != nil
  }

  /// Plans a call and does it.
  func run(
    _ name: String, _ input: JSON, allowsOutside: Bool = false, privateHosts: PermittedReading = .nothing,
    report: @escaping @Sendable (ToolProgress) -> Void = { _ in }
  ) async throws(ToolError) -> ToolOutcome {
    let plan = try toolbox.plan(name, input, in: workspace)
    // Who asks is the policy, by what the effects say.
    if !allowsOutside, let outside = plan.effects.first(where: { !$0.isInside }) {
      throw ToolError(.refused, "'\(outside.path?.text ?? "")' is outside the workspace")
    }
    return try await plan.run(ToolContext(privateHosts: privateHosts, journal: journal, report: report))
  }

  /// Why a call is refused; `nil` when it is not.
  func refusal(
    _ name: String, _ input: JSON, allowsOutside: Bool = false, privateHosts: PermittedReading = .nothing
  ) async -> ToolError? {
    do throws(ToolError) {
      let outcome = try await run(name, input, allowsOutside: allowsOutside, privateHosts: privateHosts)
      Issue.record("not refused: \(outcome.text.prefix(200))")
      return nil
    } catch {
      return error
    }
  }

  /// Runs a command.
  func command(_ command: String, seconds: Int = 60) async throws -> ToolOutcome {
    try await run("execute_command", ["command": .string(command), "timeout_seconds": .number(JSONNumber(seconds))])
  }

  /// The processes that a command of this bench has started and that are still there.
  func processes() -> [String] {
    let ids = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.filter { Int($0) != nil } ?? []
    return ids.filter { id in
      let variables = (try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(id)/environ"))) ?? Data()
      return variables.range(of: Data(mark.utf8)) != nil
    }
  }
}

/// Collects what a tool reports.
final class Reports: Sendable {
  private let pieces = Mutex<[String]>([])
  func take(_ progress: ToolProgress) {
    guard case .output(let text) = progress else { return }
    pieces.withLock { $0.append(text) }
  }
  var all: [String] { pieces.withLock { $0 } }
}
