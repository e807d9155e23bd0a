import Providers
import Testing

extension HTTPBody {
  /// The whole body; notices of idleness are passed over.
  func readToEnd() async throws -> [UInt8] {
    var all: [UInt8] = []
    while let chunk = try await next() {
      if case .bytes(let bytes) = chunk {
        #expect(!bytes.isEmpty)
        all += bytes
      }
    }
    return all
  }
}

extension HTTPTransport {
  /// The whole reply to a request.
  func reply(to request: HTTPRequest) async throws -> (status: Int, headers: HTTPHeaders, body: [UInt8]) {
    let response = try await send(request)
    return (response.status, response.headers, try await response.body.readToEnd())
  }
}

/// The error of something that is expected to fail.
func failure(_ body: () async throws -> Void) async throws -> HTTPError {
  do {
    try await body()
  } catch {
    return try #require(error as? HTTPError)
  }
  Issue.record("nothing failed")
  throw CancellationError()
}
