import Foundation
import TestSupport
import Testing

@Suite(.ownThread) struct `What is there is found:` {
  private static let python = ["/usr/bin/python3", "/usr/local/bin/python3"]
    .first(where: FileManager.default.isExecutableFile)
  private static let hasGit = FileManager.default.isExecutableFile(atPath: "/usr/bin/git")

  /// Two of the repositories that `Scripts/found.py` makes at random, by the thousand when it is asked to.
  @Test(.enabled(if: python != nil && hasGit)) func `the tools name what git names`() throws {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: Self.python ?? "")
    process.arguments = [
      Repository.root.appending(path: "Scripts/found.py").path, try ServerProcess.executable().path, "2", "12",
    ]
    process.environment = ["PATH": "/usr/bin:/bin:/usr/local/bin"]
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text)")
  }
}
