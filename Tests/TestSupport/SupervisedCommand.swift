import CPlatform

/// A command with its supervisor and without a program that watches over both: a test plays the program.
package final class SupervisedCommand: Sendable {
  /// What went wrong.
  package struct Failure: Error {}

  private let output: Int32
  private let reports: Int32
  private let control: Int32
  private let supervisor: Int32

  /// Starts a command in a folder, with `NAME=value` variables.
  package init(_ command: String, folder: String, environment: [String]) throws {
    let words: [String] = ["/bin/sh", "-c", command]
    var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] = unsafe environment.map { unsafe strdup($0) } + [nil]
    var started = ccommand_started()
    let directory = unsafe cworkspace_open_path(folder)
    let result = unsafe arguments.withUnsafeMutableBufferPointer { arguments in
      unsafe variables.withUnsafeMutableBufferPointer { variables in
        unsafe ccommand_start(
          ccommand_order(
            arguments: arguments.baseAddress.unsafelyUnwrapped, environment: variables.baseAddress.unsafelyUnwrapped,
            folder: directory), &started)
      }
    }
    cworkspace_close(directory)
    unsafe (arguments + variables).forEach { unsafe free($0) }
    guard result == 0 else { throw Failure() }
    (output, reports, control, supervisor) = (started.output, started.reports, started.control, started.supervisor)
  }

  /// Reads output until it holds a text.
  package func read(until text: String) throws {
    var seen: [UInt8] = []
    while !String(decoding: seen, as: UTF8.self).contains(text) {
      guard let more = try next(output), !more.isEmpty else { throw Failure() }
      seen += more
    }
  }

  /// Lets go of the control pipe, as the system does for a program that is gone, and waits for the supervisor's end.
  package func abandon() throws {
    cworkspace_close(control)
    while let more = try next(reports), !more.isEmpty {}
    ccommand_reap(supervisor)
    cworkspace_close(output)
    cworkspace_close(reports)
  }

  /// Bytes that come; empty at the end.
  private func next(_ descriptor: Int32) throws -> [UInt8]? {
    var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&poller, 1, HangGuard.milliseconds) == 1 else { throw Failure() }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe CPlatform.read(descriptor, $0.baseAddress, $0.count) }
    return Array(bytes.prefix(max(0, count)))
  }
}
