import CSystem
import OperatingSystem

/// A command with its supervisor and without a program that watches over both: a test plays the program.
package final class SupervisedCommand: Sendable {
  /// What went wrong.
  package struct Failure: Error {}

  private let output: Descriptor
  private let reports: Descriptor
  private let control: Descriptor
  private let supervisor: Int32

  /// Starts a command in a folder, with `NAME=value` variables.
  package init(_ command: String, folder: String, environment: [String]) throws {
    let words: [String] = ["/bin/sh", "-c", command]
    var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] = unsafe environment.map { unsafe strdup($0) } + [nil]
    var started = csystem_child_started()
    let directory = unsafe csystem_open_path(folder)
    let result = unsafe words[0].withCString { path in
      unsafe arguments.withUnsafeMutableBufferPointer { arguments in
        unsafe variables.withUnsafeMutableBufferPointer { variables in
          unsafe csystem_child_start(
            csystem_child_order(
              path: path, arguments: arguments.baseAddress.unsafelyUnwrapped,
              environment: variables.baseAddress.unsafelyUnwrapped, folder: directory, sandbox: -1, has_input: false,
              separates_errors: false), &started)
        }
      }
    }
    csystem_close(directory)
    unsafe (arguments + variables).forEach { unsafe free($0) }
    guard result == 0 else { throw Failure() }
    (output, reports, control) = (
      Descriptor(started.output), Descriptor(started.reports), Descriptor(started.control)
    )
    supervisor = started.supervisor
  }

  /// Reads output until it holds a text.
  package func read(until text: String) throws {
    var seen: [UInt8] = []
    while !String(decoding: seen, as: UTF8.self).contains(text) {
      let more = try next(output)
      guard !more.isEmpty else { throw Failure() }
      seen += more
    }
  }

  /// Lets go of the control pipe, as the system does for a program that is gone, and waits for the supervisor's end.
  package func abandon() throws {
    control.close()
    while try !next(reports).isEmpty {}
    csystem_child_reap(supervisor)
    output.close()
    reports.close()
  }

  /// Bytes that come; empty at the end.
  private func next(_ descriptor: Descriptor) throws -> [UInt8] {
    let ready = Descriptor.poll(
      [Descriptor.Watch(descriptor, for: .readable)], milliseconds: Int(HangGuard.milliseconds))
    guard !ready[0].isEmpty else { throw Failure() }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    guard case .bytes(let count) = descriptor.read(into: &bytes) else { return [] }
    return Array(bytes.prefix(count))
  }
}
