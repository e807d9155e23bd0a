import Foundation
import Synchronization

#if canImport(Darwin)
  import Darwin
  private let streamType = SOCK_STREAM
#else
  import Glibc
  private let streamType = Int32(SOCK_STREAM.rawValue)
#endif

/// A small real HTTP/1.1 server on 127.0.0.1 that plays upstreams: the tests' network.
///
/// Each connection has a thread, on which the handler answers one request after the other, in whatever bytes, pieces and
/// silences it likes. A handler that returns keeps the connection for the next request; one that throws closes it.
package final class LoopbackServer: Sendable {
  /// What answers a request.
  package typealias Handler = @Sendable (LoopbackRequest, LoopbackConnection) throws -> Void

  /// The port it listens on.
  package let port: Int
  /// What the threads share; they do not keep the server itself, which stops when nobody has it any more.
  private let core: Core

  /// Starts a server.
  package init(_ handler: @escaping Handler) throws {
    let listener = socket(AF_INET, streamType, 0)
    guard listener >= 0 else { throw LoopbackError.system(errno) }
    keepFromChildren(listener)
    do {
      port = try listen(on: listener)
    } catch {
      _ = close(listener)
      throw error
    }
    core = Core(handler)
    Thread.detachNewThread { [core] in core.accept(listener) }
  }

  deinit { stop() }

  /// The server's address, without a path.
  package var url: String { "http://127.0.0.1:\(port)" }

  /// All requests received so far, in the order they were complete.
  package var requests: [LoopbackRequest] { core.state.withLock { $0.requests } }

  /// How many connections were accepted so far.
  package var connections: Int { core.state.withLock { $0.accepted } }

  /// Closes all connections and the port; handlers get ``LoopbackError/closed``.
  package func stop() {
    let (open, isFirst) = core.state.withLock { state -> ([LoopbackConnection], Bool) in
      defer { state.isStopped = true }
      return (Array(state.open.values), !state.isStopped)
    }
    for connection in open { connection.interrupt() }
    guard isFirst, let waking = try? connectToLoopback(port) else { return }
    _ = close(waking)  // the accepting thread saw it, and goes
  }

  // Canned handlers

  /// Streams server-sent events, one chunk each; each is given with its final blank line.
  package static func sse(_ events: [String], headers: [(String, String)] = []) -> Handler {
    { _, connection in
      try connection.beginChunks(200, [("Content-Type", "text/event-stream; charset=utf-8")] + headers)
      for event in events { try connection.chunk(event) }
      try connection.endChunks()
    }
  }

  /// Answers everything with the same JSON text.
  package static func json(_ text: String, status: Int = 200, headers: [(String, String)] = []) -> Handler {
    { _, connection in
      try connection.reply(status, [("Content-Type", "application/json")] + headers, body: Array(text.utf8))
    }
  }

  private final class Core: Sendable {
    struct State {
      var requests: [LoopbackRequest] = []
      var open: [Int: LoopbackConnection] = [:]
      var accepted = 0
      var isStopped = false
    }

    let state = Mutex(State())
    private let handler: Handler

    init(_ handler: @escaping Handler) { self.handler = handler }

    func accept(_ listener: Int32) {
      defer { _ = close(listener) }
      while true {
        let accepted = Foundation.accept(listener, nil, nil)
        guard accepted >= 0 else {
          if errno == EINTR || errno == ECONNABORTED { continue }
          return
        }
        let connection = state.withLock { state -> LoopbackConnection? in
          guard !state.isStopped else { return nil }
          state.accepted += 1
          let connection = LoopbackConnection(accepted, number: state.accepted)
          state.open[state.accepted] = connection
          return connection
        }
        guard let connection else {
          _ = close(accepted)
          return
        }
        Thread.detachNewThread { [self] in serve(connection) }
      }
    }

    private func serve(_ connection: LoopbackConnection) {
      do {
        while let request = try LoopbackRequest(from: connection) {
          state.withLock { $0.requests.append(request) }
          try handler(request, connection)
        }
      } catch LoopbackError.malformed {
        // As real servers answer what is no request, such as a greeting of TLS.
        try? connection.reply(400, [("Connection", "close")], body: [])
      } catch {
        // The handler was done with the connection, or the client was.
      }
      connection.close()
      state.withLock { $0.open[connection.number] = nil }
    }
  }
}

/// A port that refuses connections, or takes them and never says anything; nobody else gets it meanwhile.
package final class DeadPort: Sendable {
  /// The port.
  package let port: Int
  private let holder: Int32

  /// Takes a free port.
  package init(takesConnections: Bool = false) throws {
    holder = socket(AF_INET, streamType, 0)
    keepFromChildren(holder)
    port = takesConnections ? try listen(on: holder) : try bindToLoopback(holder)
  }

  deinit { _ = close(holder) }
}

private func loopback(_ port: Int) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = in_port_t(port).bigEndian
  address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
  return address
}

private func withAddress(
  _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>) -> Int32
) throws {
  let failed = unsafe withUnsafeMutablePointer(to: &address) { pointer in
    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0) }
  }
  guard failed == 0 else { throw LoopbackError.system(errno) }
}

/// Binds to any free port, and says which.
private func bindToLoopback(_ listener: Int32) throws -> Int {
  var address = loopback(0)
  var size = socklen_t(MemoryLayout<sockaddr_in>.size)
  try unsafe withAddress(&address) { unsafe bind(listener, $0, size) }
  try unsafe withAddress(&address) { unsafe getsockname(listener, $0, &size) }
  return Int(UInt16(bigEndian: address.sin_port))
}

private func listen(on listener: Int32) throws -> Int {
  let port = try bindToLoopback(listener)
  guard Foundation.listen(listener, 128) == 0 else { throw LoopbackError.system(errno) }
  return port
}

func connectToLoopback(_ port: Int) throws -> Int32 {
  let made = socket(AF_INET, streamType, 0)
  keepFromChildren(made)
  var address = loopback(port)
  let size = socklen_t(MemoryLayout<sockaddr_in>.size)
  try unsafe withAddress(&address) { unsafe connect(made, $0, size) }
  return made
}
