/// A reply that was read to its end.
struct WholeReply: Sendable {
  /// The status code.
  var status: Int
  /// The headers, in order.
  var headers: HTTPHeaders
  var body: [UInt8]

  /// Whether it is the server's own failure, or a request to wait: the same request may be answered a moment later.
  var mayPass: Bool { status >= 500 || status == 429 }
}

extension HTTPTransport {
  /// Sends a request and reads its reply, which may have that many bytes.
  func wholeReply(to request: HTTPRequest, bytesMax: Int) async throws(HTTPError) -> WholeReply {
    let response = try await send(request)
    let body = try await response.body.whole(bytesMax: bytesMax)
    return WholeReply(status: response.status, headers: response.headers, body: body)
  }
}

extension HTTPBody {
  /// All of the body, which may have that many bytes.
  package func whole(bytesMax: Int) async throws(HTTPError) -> [UInt8] {
    var whole: [UInt8] = []
    while let chunk = try await next() {
      guard case .bytes(let bytes) = chunk else { continue }
      whole += bytes
      guard whole.count <= bytesMax else {
        throw HTTPError(.protocolError, "the reply is larger than \(bytesMax) bytes", responseStarted: true)
      }
    }
    return whole
  }

  /// The beginning of a body that is read for its message only: what does not come is missed.
  ///
  /// - Throws: That the task was cancelled.
  package func beginning(bytesMax: Int) async throws(HTTPError) -> [UInt8] {
    var beginning: [UInt8] = []
    do {
      while beginning.count < bytesMax, let chunk = try await next() {
        if case .bytes(let bytes) = chunk { beginning += bytes }
      }
    } catch {
      guard error.kind != .cancelled else { throw error }
    }
    return Array(beginning.prefix(bytesMax))
  }
}
