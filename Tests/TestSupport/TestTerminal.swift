import CSystem
package import Foundation

/// The program asked once at a terminal: a pair of descriptors that behaves as one, with the test as the person.
package final class TestTerminal {
  private let person: Int32
  private let process = Process()
  private let answer = Pipe()
  private let showsAnswer: Bool
  private var shown = ""

  /// Starts a program at a terminal of so many columns, ours unless another is named; where the answer is not shown there,
  /// too, it goes to a pipe.
  package init(
    _ arguments: [String], environment: [String: String], folder: String, columns: UInt16 = 80,
    showsAnswer: Bool = false, program: URL? = nil
  ) throws {
    var ends: (person: Int32, program: Int32) = (0, 0)
    var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    guard unsafe openpty(&ends.person, &ends.program, nil, nil, &size) == 0 else {
      throw Client.Failure(description: "the system gives no terminal")
    }
    person = ends.person
    self.showsAnswer = showsAnswer
    process.executableURL = try program ?? ServerProcess.executable()
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = environment.merging(["HOME": "/nonexistent"]) { one, _ in one }
    let terminal = FileHandle(fileDescriptor: ends.program, closeOnDealloc: true)
    process.standardInput = terminal
    process.standardError = terminal
    if showsAnswer { process.standardOutput = terminal } else { process.standardOutput = answer }
    try process.run()
    try terminal.close()
    try answer.fileHandleForWriting.close()
  }

  deinit {
    if process.isRunning { process.terminate() }
    close(person)
  }

  /// Reads once; false at the end, when nobody has the terminal open any more.
  private func readMore() throws -> Bool {
    var poller = pollfd(fd: person, events: Int16(POLLIN), revents: 0)
    var chunk = [UInt8](repeating: 0, count: 4_096)
    guard unsafe poll(&poller, 1, HangGuard.milliseconds) == 1 else {
      throw Client.Failure(description: "nothing more came, after: \(shown)")
    }
    let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(person, $0.baseAddress, $0.count) }
    guard count > 0 else { return false }
    shown += String(decoding: chunk[..<count], as: UTF8.self)
    return true
  }

  /// Reads what is shown until a text comes.
  ///
  /// - Returns: All that was shown since a line was typed.
  @discardableResult
  package func wait(for text: String) throws -> String {
    while !shown.contains(text) {
      guard try readMore() else { throw Client.Failure(description: "'\(text)' did not come, but: \(shown)") }
    }
    return shown
  }

  /// Types a line; what was shown before it is past.
  package func type(_ line: String) throws {
    shown = ""
    let bytes = Array((line + "\n").utf8)
    guard unsafe bytes.withUnsafeBytes({ unsafe write(person, $0.baseAddress, $0.count) }) == bytes.count else {
      throw Client.Failure(description: "the terminal takes nothing")
    }
  }

  /// The key that interrupts was pressed.
  package func interrupt() { kill(process.processIdentifier, SIGINT) }

  /// Whether the program is still there.
  package var isRunning: Bool { process.isRunning }

  /// The key that ends the input was pressed; what was shown before it is past.
  package func pressEnd() throws {
    shown = ""
    let key: [UInt8] = [4]
    guard unsafe key.withUnsafeBytes({ unsafe write(person, $0.baseAddress, 1) }) == 1 else {
      throw Client.Failure(description: "the terminal takes nothing")
    }
  }

  /// The answer on stdout, or all that was shown since a line was typed, and the exit status.
  package func end() throws -> (answer: String, status: Int32) {
    let data = showsAnswer ? Data() : try answer.fileHandleForReading.readToEnd() ?? Data()
    if showsAnswer { while try readMore() {} }
    process.waitUntilExit()
    return (showsAnswer ? shown : String(decoding: data, as: UTF8.self), process.terminationStatus)
  }
}
