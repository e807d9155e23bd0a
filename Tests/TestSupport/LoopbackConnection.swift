import CSystem
import Foundation
import Synchronization

#if canImport(Darwin)
  import Darwin
  private let noSignal: Int32 = 0
#else
  import Glibc
  private let noSignal = Int32(MSG_NOSIGNAL)
#endif

/// One connection of a ``LoopbackServer``, in the hands of its handler's thread.
///
/// All calls block, and throw ``LoopbackError/closed`` once the client is gone.
package final class LoopbackConnection: Sendable {
  /// The connection's number, from 1 in the order accepted.
  package let number: Int
  private let socket: Mutex<Int32?>
  private let received = Mutex<[UInt8]>([])

  init(_ socket: Int32, number: Int) {
    self.number = number
    self.socket = Mutex(socket)
    keepFromChildren(socket)
    #if canImport(Darwin)
      var on: Int32 = 1
      unsafe setsockopt(socket, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
    #endif
  }

  // Replies

  /// Sends bytes as they are.
  package func write(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count { sent += try send(bytes[sent...], flags: noSignal) ?? 0 }
  }

  /// Sends text as it is.
  package func write(_ text: String) throws { try write(Array(text.utf8)) }

  /// Sends bytes as they are, and tells every 300 ms while the client takes none.
  ///
  /// On a slow machine it may tell of a client that was only slow; one that takes everything is not blocked for good.
  package func write(_ bytes: [UInt8], whenBlocked: () -> Void) throws {
    var sent = 0
    while sent < bytes.count {
      if let count = try send(bytes[sent...], flags: noSignal | Int32(MSG_DONTWAIT)) {
        sent += count
      } else if try !waitForSpace(milliseconds: 300) {
        whenBlocked()
      }
    }
  }

  /// Sends a status line and headers, and nothing that was not given.
  package func head(_ status: Int, _ headers: [(String, String)] = []) throws {
    let lines = headers.map { "\($0.0): \($0.1)\r\n" }.joined()
    try write("HTTP/1.1 \(status) Status\r\n\(lines)\r\n")
  }

  /// Sends a whole reply, in one write.
  package func reply(_ status: Int, _ headers: [(String, String)] = [], body: [UInt8]) throws {
    let lines = headers.map { "\($0.0): \($0.1)\r\n" }.joined()
    let head = "HTTP/1.1 \(status) Status\r\n\(lines)Content-Length: \(body.count)\r\n\r\n"
    try write(Array(head.utf8) + body)
  }

  /// Sends the head of a reply that comes in chunks.
  package func beginChunks(_ status: Int = 200, _ headers: [(String, String)] = []) throws {
    try head(status, headers + [("Transfer-Encoding", "chunked")])
  }

  /// Sends one chunk.
  package func chunk(_ bytes: [UInt8]) throws {
    try write(Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8))
  }

  /// Sends one chunk of text.
  package func chunk(_ text: String) throws { try chunk(Array(text.utf8)) }

  /// Ends a reply that came in chunks.
  package func endChunks() throws { try write("0\r\n\r\n") }

  // The connection

  /// Closes the connection in the usual way; the client sees the end of the stream.
  package func close() { withSocketTaken { _ = closeDescriptor($0) } }

  /// Closes the connection with a reset; the client sees an error.
  package func reset() {
    withSocketTaken { taken in
      var atOnce = linger(l_onoff: 1, l_linger: 0)
      unsafe setsockopt(taken, SOL_SOCKET, SO_LINGER, &atOnce, socklen_t(MemoryLayout<linger>.size))
      _ = closeDescriptor(taken)
    }
  }

  /// Says nothing until the client has closed its end.
  package func waitForPeerClose() {
    while let bytes = try? receive(4096), !bytes.isEmpty {}
  }

  /// Passes bytes in both directions between the client and another port of 127.0.0.1, as a proxy does, until one closes.
  package func relay(to port: Int) throws {
    let there = LoopbackConnection(try connectToLoopback(port), number: 0)
    Thread.detachNewThread { [self] in
      there.copy(to: self)
      interrupt()
      there.close()
    }
    copy(to: there)
    there.interrupt()
    throw LoopbackError.closed
  }

  private func copy(to other: LoopbackConnection) {
    while let bytes = try? receive(16 * 1024), !bytes.isEmpty {
      guard (try? other.write(bytes)) != nil else { return }
    }
  }

  /// Makes the kernel's buffer for what is sent small, so that a slow reader is felt soon.
  package func keepSendBufferSmall() {
    guard let socket = try? descriptor() else { return }
    var size: Int32 = 64 * 1024
    unsafe setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Wakes whoever waits on the socket; the handler's thread then closes it.
  func interrupt() {
    socket.withLock { socket in
      if let socket { _ = shutdown(socket, Int32(SHUT_RDWR)) }
    }
  }

  // Reading requests

  /// A line without its end; `nil` when the client closed before it began one.
  func readLine() throws -> String? {
    while true {
      let line = received.withLock { received -> String? in
        guard let end = received.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let line = received[..<end].filter { $0 != UInt8(ascii: "\r") }
        received.removeSubrange(...end)
        return String(decoding: line, as: UTF8.self)
      }
      if let line { return line }
      let more = try receive(16 * 1024)
      if more.isEmpty {
        guard received.withLock({ $0.isEmpty }) else { throw LoopbackError.closed }
        return nil
      }
      received.withLock { $0 += more }
    }
  }

  func read(_ count: Int) throws -> [UInt8] {
    var bytes = received.withLock { received in
      defer { received.removeFirst(min(count, received.count)) }
      return Array(received.prefix(count))
    }
    while bytes.count < count {
      let more = try receive(min(256 * 1024, count - bytes.count))
      guard !more.isEmpty else { throw LoopbackError.closed }
      bytes += more
    }
    return bytes
  }

  // Sockets

  private func descriptor() throws -> Int32 {
    guard let descriptor = socket.withLock({ $0 }) else { throw LoopbackError.closed }
    return descriptor
  }

  private func withSocketTaken(_ body: (Int32) -> Void) {
    socket.withLock { socket in
      if let taken = socket.take() { body(taken) }
    }
  }

  private func receive(_ limit: Int) throws -> [UInt8] {
    let socket = try descriptor()
    return try unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, initialized in
      var count = 0
      repeat { count = unsafe recv(socket, buffer.baseAddress, limit, 0) } while count < 0 && errno == EINTR
      guard count >= 0 else { throw LoopbackError.closed }
      initialized = count
    }
  }

  /// Sends what the kernel takes; `nil` when it would have to wait and the flags forbid that.
  private func send(_ bytes: ArraySlice<UInt8>, flags: Int32) throws -> Int? {
    let socket = try descriptor()
    while true {
      let count = unsafe bytes.withUnsafeBytes { unsafe Foundation.send(socket, $0.baseAddress, $0.count, flags) }
      if count >= 0 { return count }
      if errno == EAGAIN || errno == EWOULDBLOCK { return nil }
      guard errno == EINTR else { throw LoopbackError.closed }
    }
  }

  private func waitForSpace(milliseconds: Int32) throws -> Bool {
    var watched = pollfd(fd: try descriptor(), events: Int16(POLLOUT), revents: 0)
    return unsafe poll(&watched, 1, milliseconds) != 0
  }
}

/// Keeps a socket out of the processes that tests start: they would hold it open.
func keepFromChildren(_ socket: Int32) { _ = fcntl(socket, F_SETFD, FD_CLOEXEC) }

private func closeDescriptor(_ descriptor: Int32) -> Int32 { close(descriptor) }
