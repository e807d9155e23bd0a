internal import CSystem
internal import Foundation
package import Protocol

/// The client's end of a conversation with the server, whatever there is at the other: a process or a thread.
///
/// Every wait ends with an error when ``HangGuard`` says so, so that a defect fails a test instead of hanging it.
package class Client {
  /// What went wrong while talking to the server.
  package struct Failure: Error, CustomStringConvertible {
    package var description: String
    /// A failure, told to a person.
    package init(description: String) { self.description = description }
  }

  private let input: FileHandle
  private let outputHandle: FileHandle
  private let usesHeaders: Bool
  private var buffer: [UInt8] = []
  /// How much of the buffer is known to hold no end of a line.
  private var scanned = 0
  private var isInputOpen = true
  private var isOutputOpen = true
  /// All bytes that came out so far.
  package private(set) var output: [UInt8] = []

  /// A client that writes to one end of a pipe and reads from one of another.
  init(writingTo input: FileHandle, readingFrom output: FileHandle, usesHeaders: Bool) {
    (self.input, outputHandle, self.usesHeaders) = (input, output, usesHeaders)
  }

  /// All variables of a server that is given these: no request leaves this machine.
  static func environment(_ given: [String: String]) -> [String: String] {
    let loopbackOnly = [
      "ANTHROPIC_BASE_URL": "http://127.0.0.1:9", "AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nonexistent",
    ]
    return loopbackOnly.merging(given) { _, given in given }
  }

  /// What the server said to people so far.
  package var errors: String { "" }

  /// Waits for the server's end: its exit status.
  package func waitForExit() throws -> Int32 { throw Failure(description: "nothing is there to end") }

  /// Sends one message.
  package func send(_ text: String) throws { try sender(text) }

  /// Sends one message, on whatever thread.
  package var sender: @Sendable (String) throws -> Void {
    let (input, usesHeaders) = (input, usesHeaders)
    return { text in
      let framed = usesHeaders ? "Content-Length: \(text.utf8.count)\r\n\r\n\(text)" : text + "\n"
      try input.write(contentsOf: Data(framed.utf8))
    }
  }

  /// Sends bytes as they are.
  package func write(_ text: String) throws { try write(Array(text.utf8)) }

  /// Sends bytes as they are.
  package func write(_ bytes: [UInt8]) throws {
    try input.write(contentsOf: Data(bytes))
  }

  /// Ends the program's input.
  package func closeInput() throws {
    guard isInputOpen else { return }
    isInputOpen = false
    try input.close()
  }

  /// Stops reading the program's output for good.
  package func closeOutput() throws {
    guard isOutputOpen else { return }
    isOutputOpen = false
    try outputHandle.close()
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

  // MARK: Reading

  private func readMore() throws -> Bool {
    let descriptor = outputHandle.fileDescriptor
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
