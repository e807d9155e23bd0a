import Foundation

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// How many sockets of this process are connected to that port of 127.0.0.1; other tests' sockets have other ports.
func openSockets(to port: Int) -> Int {
  (0..<getdtablesize()).count { descriptor in
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let failed = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getpeername(descriptor, $0, &size) }
    }
    return failed == 0 && Int32(address.sin_family) == AF_INET && Int(UInt16(bigEndian: address.sin_port)) == port
  }
}
