internal import Foundation

#if canImport(Darwin)
  import Darwin
  private let streamType = SOCK_STREAM
#else
  import Glibc
  private let streamType = Int32(SOCK_STREAM.rawValue)
#endif

/// A port of 127.0.0.1 whose listener takes no more connections and refuses none: to connect there is to wait.
package final class FullBacklog: Sendable {
  /// The port.
  package let port: Int
  private let sockets: [Int32]

  /// Takes a free port.
  package init() throws {
    let listener = socket(AF_INET, streamType, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    var results: [Int32] = []
    unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        results.append(unsafe bind(listener, pointer, size))
        results.append(unsafe getsockname(listener, pointer, &size))
      }
    }
    results.append(listen(listener, 0))
    port = Int(UInt16(bigEndian: address.sin_port))
    var sockets = [listener]
    // A backlog of 0 holds one or two connections; the others wait without blocking this thread.
    for _ in 0..<8 {
      let waiting = socket(AF_INET, streamType, 0)
      _ = fcntl(waiting, F_SETFL, O_NONBLOCK)
      unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = unsafe connect(waiting, $0, size) }
      }
      sockets.append(waiting)
    }
    for socket in sockets { _ = fcntl(socket, F_SETFD, FD_CLOEXEC) }
    self.sockets = sockets
    guard results == [0, 0, 0] else { throw POSIXError(.EADDRNOTAVAIL) }
  }

  deinit { for socket in sockets { _ = close(socket) } }
}
