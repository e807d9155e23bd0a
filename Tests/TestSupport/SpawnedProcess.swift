internal import CTestRun
internal import Foundation
internal import Synchronization

#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

/// A child process whose end is asked of the system itself, as soon as it is there.
///
/// Foundation hears of the ends of all its processes by sockets on one run loop. Like its own, the process leads a group, and
/// has no descriptors but its three.
final class SpawnedProcess: Sendable {
  /// Its number.
  let id: pid_t
  /// How it ended, as wait(2) tells it; `nil` as long as it is not known to have.
  private let end = Mutex<Int32?>(nil)

  /// Starts a program; `environment` is all of it.
  init(
    _ arguments: [String], environment: [String: String], folder: String?, input: FileHandle, output: FileHandle,
    errors: FileHandle
  ) throws {
    var (words, variables) = unsafe (Self.list(arguments), Self.list(environment.map { "\($0)=\($1)" }))
    defer { unsafe (words + variables).forEach { unsafe free($0) } }
    let id = unsafe ctestrun_spawn(
      &words, &variables, folder, input.fileDescriptor, output.fileDescriptor, errors.fileDescriptor)
    guard id > 0 else { throw POSIXError(POSIXErrorCode(rawValue: -id) ?? .EIO) }
    self.id = id
  }

  /// What is still at work is ended, and waited for: nothing is left of it.
  deinit {
    guard status == nil else { return }
    kill(id, SIGTERM)
    Thread.detachNewThread { [id] in _ = waitpid(id, nil, 0) }
  }

  private static func list(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
    unsafe texts.map { unsafe strdup($0) } + [nil]
  }

  /// How it ended: its exit status, or minus the signal that ended it; `nil` as long as it goes on.
  var status: Int32? {
    end.withLock { end in
      if end == nil {
        var raw: Int32 = 0
        if unsafe waitpid(id, &raw, WNOHANG) == id { end = raw }
      }
      return end.map { raw in raw & 0x7F == 0 ? (raw >> 8) & 0xFF : -(raw & 0x7F) }
    }
  }
}
