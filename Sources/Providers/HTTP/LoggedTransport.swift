package import OperatingSystem

/// Tells a log of every exchange of another transport: method, host, status and time, and why one failed.
///
/// Paths, headers and bodies are never told of.
package struct LoggedTransport: HTTPTransport {
  private let inner: any HTTPTransport
  private let log: Log
  private let time: TimeSource

  /// A transport that sends by another one.
  package init(_ inner: any HTTPTransport, log: Log, time: TimeSource) {
    self.inner = inner
    self.log = log
    self.time = time
  }

  package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    try await send(request) { _ in }
  }

  package func send(_ request: HTTPRequest, whileSilent: (_ milliseconds: Int) async -> Void) async throws(HTTPError)
    -> HTTPResponse
  {
    let began = time.monotonic()
    do {
      let response = try await inner.send(request, whileSilent: whileSilent)
      log.debug("\(what(request)) \(response.status) in \(time.monotonic() - began) ms")
      return response
    } catch {
      log.debug("\(what(request)) failed after \(time.monotonic() - began) ms: \(error.kind.rawValue)")
      throw error
    }
  }

  private func what(_ request: HTTPRequest) -> String { "\(request.method) \(Self.host(of: request.url))" }

  /// The host of an address, with its port; nothing of a user's name or password.
  private static func host(of url: String) -> Substring {
    let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    return authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
  }
}
