import CSystem
package import Foundation

/// The built program as a child process, with an environment made for the test and pipes for its input and output.
package final class ServerProcess: Client {
  private let process: SpawnedProcess
  private let errorFile: URL

  /// Starts the program in a folder; `environment` is all of it, but for what keeps every request on this machine.
  ///
  /// `descriptors` are those that it may have at most, or with a `soft` limit at first.
  package init(
    _ arguments: [String] = [], environment: [String: String] = [:], usesHeaders: Bool = false, folder: String? = nil,
    descriptors: (most: Int, soft: Int)? = nil
  ) throws {
    let (inputPipe, outputPipe) = (Pipe(), Pipe())
    errorFile = FileManager.default.temporaryDirectory.appendingPathComponent("wyn360-\(UUID().uuidString).err")
    _ = FileManager.default.createFile(atPath: errorFile.path, contents: nil)
    let program = try Self.executable().path
    let limit = descriptors.map { limit in
      ["/bin/sh", "-c", "ulimit -Sn \(limit.soft) && ulimit -Hn \(limit.most) && exec \"$0\" \"$@\""]
    }
    process = try SpawnedProcess(
      (limit ?? []) + [program] + arguments, environment: Self.environment(environment), folder: folder,
      input: inputPipe.fileHandleForReading, output: outputPipe.fileHandleForWriting,
      errors: FileHandle(forWritingTo: errorFile))
    super.init(
      writingTo: inputPipe.fileHandleForWriting, readingFrom: outputPipe.fileHandleForReading, usesHeaders: usesHeaders)
    try inputPipe.fileHandleForReading.close()
    try outputPipe.fileHandleForWriting.close()
  }

  deinit {
    try? FileManager.default.removeItem(at: errorFile)
  }

  /// The process's number.
  package var id: Int32 { process.id }

  /// The most memory the process has used, in bytes; 0 where the system does not say.
  package var peakMemory: Int {
    let status = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
    return line.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1_024 } ?? 0
  }

  /// What came out of stderr so far.
  package override var errors: String { (try? String(contentsOf: errorFile, encoding: .utf8)) ?? "" }

  /// Waits for the end of the process: its exit status, or minus the signal that ended it.
  package override func waitForExit() throws -> Int32 {
    guard HangGuard.waitBlocking(until: { process.status != nil }), let status = process.status else {
      throw Failure(description: "the process did not end")
    }
    return status
  }

  /// Sends a signal.
  package func signal(_ signal: Int32) { kill(id, signal) }

  /// The program, which lies beside the tests.
  package static func executable() throws -> URL {
    let folder = Bundle.main.executableURL?.deletingLastPathComponent() ?? URL(fileURLWithPath: ".")
    let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    for folder in [folder, beside] {
      let program = folder.appendingPathComponent("wyn360")
      if FileManager.default.isExecutableFile(atPath: program.path) { return program }
    }
    throw Failure(description: "no wyn360 beside the tests in \(folder.path)")
  }
}
