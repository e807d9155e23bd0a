internal import Foundation

/// A script of a shell that starts the program as `$PROGRAM`, over descriptors as only a shell makes them.
package struct ShellScript: Sendable {
  /// The script's exit status.
  package var status: Int32
  /// What came out of stdout.
  package var output: String
  /// What came out of stderr.
  package var errors: String

  /// Runs a script to its end in a folder, with an empty stdin and so much of an environment.
  package init(_ script: String, environment: [String: String] = [:], folder: TemporaryFolder) throws {
    let process = Process()
    let (output, errors) = (Pipe(), folder.path + "/.stderr")
    _ = FileManager.default.createFile(atPath: errors, contents: nil)
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.environment = [
      "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "AWS_EC2_METADATA_DISABLED": "true",
      "ANTHROPIC_BASE_URL": "http://127.0.0.1:9", "PROGRAM": try ServerProcess.executable().path,
    ].merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
    try process.run()
    try output.fileHandleForWriting.close()
    self.output = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationStatus
    self.errors = try String(contentsOfFile: errors, encoding: .utf8)
    try FileManager.default.removeItem(atPath: errors)
  }
}
