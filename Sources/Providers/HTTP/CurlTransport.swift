internal import OperatingSystem

/// The network, through the system's libcurl.
///
/// One thread makes all transfers of a transport; it starts with the first one, which is also when the library is
/// loaded, and ends with the transport. Connections are kept for the next request, HTTP/2 is spoken where TLS offers it,
/// and what libcurl would read from the environment has no influence: proxy and certificates are parameters.
package final class CurlTransport: HTTPTransport {
  private let proxy: HTTPProxySettings
  private let trust: TrustSettings
  /// Certificates, which every request needs and nobody changes.
  private let files = FileSource.system.remembering()
  private let loop: CurlLoop

  /// A transport that has done nothing yet.
  ///
  /// - Parameters:
  ///   - proxy: Which requests go through a proxy.
  ///   - trust: Whom connections trust, and who they say that they are.
  ///   - library: The libcurl to load in place of the system's.
  ///   - clock: Milliseconds that go on while the machine sleeps, by which silence is measured.
  package init(
    proxy: HTTPProxySettings = .init(), trust: TrustSettings = .init(), library: String? = nil,
    clock: @escaping @Sendable () -> Int = { SystemClock.asleepToo }
  ) {
    self.proxy = proxy
    self.trust = trust
    loop = CurlLoop(library: library, clock: clock)
  }

  deinit { loop.close() }

  /// Why there can be no connections: libcurl is missing, too old, or does not start; `nil` where nothing is wrong.
  package static var flaw: String? {
    let clock: @Sendable () -> Int = { SystemClock.monotonic }
    switch CurlDriver.make(for: CurlLoop(library: nil, clock: clock), library: nil, clock: clock) {
    case .success(let driver):
      driver.close()
      return nil
    case .failure(let error): return error.message
    }
  }

  /// Why no request can go to that URL through its proxy, by how both are written; `nil` where nothing is wrong with them.
  package static func flaw(of url: String, proxy: HTTPProxySettings) -> HTTPError? {
    do throws(HTTPError) {
      _ = try CurlRequest(
        HTTPRequest(method: "GET", url: url, headers: []), proxy: proxy, trust: TrustSettings(), files: .system)
      return nil
    } catch {
      return error
    }
  }

  package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
    try await send(request) { _ in }
  }

  package func send(_ request: HTTPRequest, whileSilent: (_ milliseconds: Int) async -> Void) async throws(HTTPError)
    -> HTTPResponse
  {
    let checked = try CurlRequest(request, proxy: proxy, trust: trust, files: files)
    guard !Task.isCancelled else { throw HTTPError(.cancelled, "cancelled") }
    let transfer = CurlTransfer(checked, loop: loop)
    loop.start(transfer)
    while true {
      switch try await transfer.head().get() {
      case .idle(let milliseconds): await whileSilent(milliseconds)
      case .head(let head):
        return HTTPResponse(status: head.status, headers: head.headers, body: CurlBody(transfer, transport: self))
      }
    }
  }

  /// Ends every transfer, closes every connection, and returns when the thread is gone.
  ///
  /// To be awaited before the process exits: libcurl's TLS library takes itself down then, and must not be in use.
  package func close() async {
    loop.close()
    await loop.ended()
  }
}

/// The body of a response that libcurl receives; it keeps its transport alive.
package final class CurlBody: HTTPBody {
  private let transfer: CurlTransfer
  private let transport: CurlTransport

  init(_ transfer: CurlTransfer, transport: CurlTransport) {
    self.transfer = transfer
    self.transport = transport
  }

  deinit { transfer.cancel() }

  package func next() async throws(HTTPError) -> HTTPChunk? { try await transfer.next().get() }

  /// Bytes that have arrived and wait to be read: at most `HTTPLimits.bodyBufferedMax` and one network read.
  package var waitingBytes: Int { transfer.waitingBytes }
}
