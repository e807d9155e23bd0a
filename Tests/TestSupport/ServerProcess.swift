import CPlatform
package import Foundation
package import Protocol

/// The built program as a child process, with an environment made for the test and pipes for its input and output.
///
/// Every wait ends with an error when ``HangGuard`` says so, so that a defect fails a test instead of hanging it.
package final class ServerProcess {
  /// What went wrong while talking to the program.
  package struct Failure: Error, CustomStringConvertible {
    package var description: String
    /// A failure, told to a person.
    package init(description: String) { self.description = description }
  }

  private let process = Process()
  private let inputPipe = Pipe()
  private let outputPipe = Pipe()
  private let errorFile: URL
  private let usesHeaders: Bool
  private var buffer: [UInt8] = []
  /// How much of the buffer is known to hold no end of a line.
  private var scanned = 0
  private var isInputOpen = true
  private var isOutputOpen = true
  /// All bytes that came out so far.
  package private(set) var output: [UInt8] = []

  /// Starts the program in a folder; `environment` is all of it, but for what keeps every request on this machine.
  package init(
    _ arguments: [String] = [], environment: [String: String] = [:], usesHeaders: Bool = false, folder: String? = nil
  ) throws {
    self.usesHeaders = usesHeaders
    errorFile = FileManager.default.temporaryDirectory.appendingPathComponent("wyn360-\(UUID().uuidString).err")
    _ = FileManager.default.createFile(atPath: errorFile.path, contents: nil)
    process.executableURL = try Self.executable()
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    let loopbackOnly = [
      "ANTHROPIC_BASE_URL": "http://127.0.0.1:9", "AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nonexistent",
    ]
    process.environment = loopbackOnly.merging(environment) { _, given in given }
    process.standardInput = inputPipe
    process.standardOutput = outputPipe
    process.standardError = try FileHandle(forWritingTo: errorFile)
    try process.run()
    try inputPipe.fileHandleForReading.close()
    try outputPipe.fileHandleForWriting.close()
  }

  deinit {
    if process.isRunning { process.terminate() }
    try? FileManager.default.removeItem(at: errorFile)
  }

  /// The process's number.
  package var id: Int32 { process.processIdentifier }

  /// The most memory the process has used, in bytes; 0 where the system does not say.
  package var peakMemory: Int {
    let status = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
    return line.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1_024 } ?? 0
  }

  /// What came out of stderr so far.
  package var errors: String { (try? String(contentsOf: errorFile, encoding: .utf8)) ?? "" }

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

// MARK: - Talking

extension ServerProcess {
  /// Sends one message.
  package func send(_ text: String) throws {
    try write(usesHeaders ? "Content-Length: \(text.utf8.count)\r\n\r\n\(text)" : text + "\n")
  }

  /// Sends bytes as they are.
  package func write(_ text: String) throws { try write(Array(text.utf8)) }

  /// Sends bytes as they are.
  package func write(_ bytes: [UInt8]) throws {
    try inputPipe.fileHandleForWriting.write(contentsOf: Data(bytes))
  }

  /// Ends the program's input.
  package func closeInput() throws {
    guard isInputOpen else { return }
    isInputOpen = false
    try inputPipe.fileHandleForWriting.close()
  }

  /// Stops reading the program's output for good.
  package func closeOutput() throws {
    guard isOutputOpen else { return }
    isOutputOpen = false
    try outputPipe.fileHandleForReading.close()
  }

  /// The next message.
  package func receive() throws -> JSON {
    while true {
      if let message = try takeMessage() { return message }
      guard try readMore() else { throw Failure(description: "the output ended; stderr: \(errors)") }
    }
  }

  /// All messages up to and with the answer to a request.
  package func receive(upTo id: JSON) throws -> [JSON] {
    var messages: [JSON] = []
    while true {
      let message = try receive()
      messages.append(message)
      if message["id"] == id, message["method"] == nil { return messages }
    }
  }

  /// Sends a request and gives its answer; what comes before it is dropped.
  package func call(_ id: Int, _ method: String, _ params: JSON = [:]) throws -> JSON {
    let request: JSON = [
      "jsonrpc": "2.0", "id": .number(JSONNumber(id)), "method": .string(method), "params": params,
    ]
    try send(request.text)
    guard let answer = try receive(upTo: .number(JSONNumber(id))).last else {
      throw Failure(description: "no answer to \(method)")
    }
    return answer
  }

  /// All messages until the output ends.
  package func receiveAll() throws -> [JSON] {
    while try readMore() {}
    var messages: [JSON] = []
    while let message = try takeMessage() { messages.append(message) }
    guard buffer.isEmpty else {
      throw Failure(
        description: "the output ends with half a message: \(String(decoding: buffer.prefix(200), as: UTF8.self))")
    }
    return messages
  }

  /// All that comes out until the output ends, as text.
  package func readToEnd() throws -> String {
    while try readMore() {}
    return String(decoding: output, as: UTF8.self)
  }

  /// Waits for the end of the process: its exit status, or minus the signal that ended it.
  package func waitForExit() throws -> Int32 {
    guard HangGuard.waitBlocking(until: { !process.isRunning }) else {
      throw Failure(description: "the process did not end")
    }
    return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }

  /// Sends a signal.
  package func signal(_ signal: Int32) { kill(id, signal) }

  private func readMore() throws -> Bool {
    let descriptor = outputPipe.fileHandleForReading.fileDescriptor
    var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&poller, 1, HangGuard.milliseconds) == 1 else {
      throw Failure(description: "nothing came for \(HangGuard.minutes) minutes; stderr: \(errors)")
    }
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    guard count > 0 else { return false }
    output.append(contentsOf: chunk[..<count])
    buffer.append(contentsOf: chunk[..<count])
    return true
  }

  private func takeMessage() throws -> JSON? {
    guard usesHeaders else {
      guard let newline = buffer[scanned...].firstIndex(of: UInt8(ascii: "\n")) else {
        scanned = buffer.count
        return nil
      }
      defer {
        buffer.removeFirst(newline + 1)
        scanned = 0
      }
      return try JSON.parse(Array(buffer[..<newline]))
    }
    let separator = Array("\r\n\r\n".utf8)
    guard let end = buffer.indices.first(where: { buffer[$0...].starts(with: separator) }) else { return nil }
    let header = String(decoding: buffer[..<end], as: UTF8.self)
    guard let length = header.split(separator: ":").last.flatMap({ Int($0.drop(while: \.isWhitespace)) }) else {
      throw Failure(description: "no length in the header '\(header)'")
    }
    let start = end + separator.count
    guard buffer.count >= start + length else { return nil }
    defer { buffer.removeFirst(start + length) }
    return try JSON.parse(Array(buffer[start..<start + length]))
  }
}
