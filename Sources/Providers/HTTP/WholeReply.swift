/// A reply that was read to its end.
struct WholeReply: Sendable {
  /// The status code.
  var status: Int
  /// The headers, in order.
  var headers: HTTPHeaders
  /// The whole body.
  var body: [UInt8]

  /// Whether it is the server's own failure, or a request to wait: the same request may be answered a moment later.
  var mayPass: Bool { status >= 500 || status == 429 }
}

extension HTTPTransport {
  /// Sends a request and reads its reply, which may have that many bytes.
  func wholeReply(to request: HTTPRequest, bytesMax: Int) async throws(HTTPError) -> WholeReply {
    let response = try await send(request)
    var reply = WholeReply(status: response.status, headers: response.headers, body: [])
    while let chunk = try await response.body.next() {
      guard case .bytes(let bytes) = chunk else { continue }
      reply.body += bytes
      guard reply.body.count <= bytesMax else {
        throw HTTPError(.protocolError, "the reply is larger than \(bytesMax) bytes", responseStarted: true)
      }
    }
    return reply
  }
}
