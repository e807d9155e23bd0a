/// A request as a ``LoopbackServer`` received it.
package struct LoopbackRequest: Sendable {
  /// The connection it came on, counted from 1.
  package var connection: Int
  /// The method.
  package var method: String
  /// The target as sent, undecoded: a path with its query, or a URL where the server is a proxy.
  package var target: String
  /// The headers in the order sent.
  package var headers: [(name: String, value: String)]
  /// The body, whatever its transfer coding was.
  package var body: [UInt8]

  /// The first value of a header, whatever the case of its name.
  package subscript(header: String) -> String? {
    headers.first { $0.name.lowercased() == header.lowercased() }?.value
  }

  /// Reads the next request of a connection; `nil` at its end.
  init?(from connection: LoopbackConnection) throws {
    guard let start = try connection.readLine() else { return nil }
    let words = start.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, words[2].hasPrefix("HTTP/1.") else { throw LoopbackError.malformed(start) }
    self.connection = connection.number
    method = String(words[0])
    target = String(words[1])
    headers = []
    body = []
    while let line = try connection.readLine(), !line.isEmpty {
      guard let colon = line.firstIndex(of: ":") else { throw LoopbackError.malformed(line) }
      headers.append((String(line[..<colon]), String(line[colon...].dropFirst().drop { $0 == " " })))
    }
    if let length = self["content-length"].flatMap({ Int($0) }) {
      body = try connection.read(length)
    } else if self["transfer-encoding"] == "chunked" {
      while let size = try connection.readLine().flatMap({ Int($0, radix: 16) }), size > 0 {
        body += try connection.read(size)
        _ = try connection.readLine()
      }
      _ = try connection.readLine()
    }
  }
}

/// Why a loopback connection's handler cannot go on.
package enum LoopbackError: Error {
  /// The client has closed the connection, or the server was stopped.
  case closed
  /// The client sent what is no request.
  case malformed(String)
  /// The system refused a socket.
  case system(Int32)
}
