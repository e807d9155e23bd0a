internal import Foundation
package import OperatingSystem
internal import Server
internal import Synchronization

#if canImport(Darwin)
  internal import Darwin
  private let streamType = SOCK_STREAM
#else
  internal import Glibc
  private let streamType = Int32(SOCK_STREAM.rawValue)
#endif

/// The real server without a process: all from the read loop to the outbox, on a thread of its own.
///
/// Time and environment are the test's. What belongs to a process is not here: signals, stderr, a terminal, the end of
/// what it has started when it is killed.
package final class ServerInMemory: Client {
  private let end: End

  /// How the thread ended.
  private final class End: Sendable {
    let status = Mutex<Int32>(0)
    let latch = Latch()
  }

  /// Starts it in a folder; `environment` is all of it, but for what keeps every request on this machine, and `sandboxes`
  /// what the kernel is taken to have.
  package init(
    _ arguments: [String] = [], environment: [String: String] = [:], usesHeaders: Bool = false, folder: String = "/",
    time: TimeSource = .patient, sandboxes: SandboxKernel = .current
  ) throws {
    // A client that goes away is an error of write(2) for the server, as it is in a process of its own.
    _ = Foundation.signal(SIGPIPE, SIG_IGN)
    let (toServer, fromServer) = (try Self.connection(), try Self.connection())
    guard let control = ControlPipe() else { throw LoopbackError.system(errno) }
    var surroundings = Surroundings.system
    surroundings.variables = Self.environment(environment)
    surroundings.environment = ProcessEnvironment(surroundings.variables)
    surroundings.time = time
    surroundings.sandboxes = sandboxes
    surroundings.place.folder = folder
    surroundings.place.home = surroundings.variables["HOME"]
    let program = Program(
      options: try Options(["--stdio"] + arguments), surroundings: surroundings, control: control,
      input: Descriptor(toServer.theirs), output: Descriptor(fromServer.theirs))
    let end = End()
    self.end = end
    super.init(
      writingTo: FileHandle(fileDescriptor: toServer.ours, closeOnDealloc: true),
      readingFrom: FileHandle(fileDescriptor: fromServer.ours, closeOnDealloc: true), usesHeaders: usesHeaders)
    Thread.detachNewThread {
      let status = (try? program.run()) ?? 1
      end.status.withLock { $0 = status }
      close(toServer.theirs)
      _ = shutdown(fromServer.theirs, Int32(SHUT_RDWR))
      Retired.take([fromServer.theirs, control.readEnd.number, control.writeEnd.number])
      end.latch.open()
    }
  }

  deinit { try? closeInput() }

  /// Waits for the server's end: the exit status of a process that does nothing else.
  package override func waitForExit() throws -> Int32 {
    end.latch.waitBlocking()
    guard end.latch.isOpen else { throw Failure(description: "the server did not end") }
    return end.status.withLock { $0 }
  }

  private static func connection() throws -> (ours: Int32, theirs: Int32) {
    var ends: [Int32] = [0, 0]
    guard unsafe socketpair(AF_UNIX, streamType, 0, &ends) == 0 else { throw LoopbackError.system(errno) }
    for end in ends { keepFromChildren(end) }
    return (ends[0], ends[1])
  }
}

/// Descriptors of servers that have ended, not closed for a while.
///
/// In a process nothing outlives the server; here a cancelled run may still write, and its number must not be another's.
private enum Retired {
  private static let descriptors = Mutex<[[Int32]]>([])
  /// Far more servers than run at the same time.
  private static let serversMax = 64

  static func take(_ descriptors: [Int32]) {
    let oldest = Self.descriptors.withLock { retired -> [Int32] in
      retired.append(descriptors)
      return retired.count > serversMax ? retired.removeFirst() : []
    }
    for descriptor in oldest { _ = close(descriptor) }
  }
}
