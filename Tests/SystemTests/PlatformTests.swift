import CSystem
import Foundation
import OperatingSystem
import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@Suite(.ownThread, .hangGuard) struct PlatformTests {
  private static let canWatch: Bool = {
    let watch = csystem_process_watch(getpid())
    return watch >= 0 && close(watch) == 0
  }()

  @Test(.enabled(if: canWatch, "the system has no pidfd_open"))
  func `the end of a process can be waited for`() throws {
    let process = Process()
    let input = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/cat")
    process.standardInput = input
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let watch = csystem_process_watch(process.processIdentifier)
    try #require(watch >= 0)
    defer { close(watch) }
    #expect(fcntl(watch, F_GETFD) == FD_CLOEXEC)
    var watched = pollfd(fd: watch, events: Int16(POLLIN), revents: 0)
    #expect(unsafe poll(&watched, 1, 0) == 0)
    try input.fileHandleForWriting.close()
    #expect(unsafe poll(&watched, 1, -1) == 1)
    #expect(watched.revents & Int16(POLLIN) != 0)
  }

  @Test func `a process that is not there cannot be watched`() {
    #expect(csystem_process_watch(Int32.max) == -1)
  }

  @Test func `memory in use is counted in bytes`() {
    let block = [UInt8](repeating: 1, count: 64 * 1024 * 1024)
    let resident = CurrentProcess.residentBytes
    #expect(resident > block.count)
    #expect(resident < 64 * block.count)
  }

  @Test func `the monotonic clock never goes back`() {
    var before = SystemClock.monotonic
    for _ in 0..<10_000 {
      let now = SystemClock.monotonic
      #expect(now >= before)
      before = now
    }
  }
}
