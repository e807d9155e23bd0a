import Protocol

/// What libcurl's end of a transfer means: `nil` for success.
///
/// The codes are those of curl/curl.h, `CURLcode`; `text` is what the library said about this case.
func curlFailure(
  code: Int32, proxyStatus: Int32, text: String, request: CurlRequest, responseStarted: Bool
) -> HTTPError? {
  guard code != 0 else { return nil }
  let there = request.authority
  let isRefusedByProxy = proxyStatus != 0 && proxyStatus / 100 != 2
  let (kind, what): (HTTPError.Kind, String) =
    switch code {
    case _ where isRefusedByProxy: (.proxy, "the proxy answered \(proxyStatus) when asked for \(there)")
    case 7 where text.hasPrefix("Unsupported proxy"), 5, 97: (.proxy, "the proxy to \(there) cannot be used")
    case 6: (.resolve, "cannot find the address of \(there)")
    case 7: (.connect, "cannot connect to \(there)")
    case 28: (.connectTimeout, "no connection to \(there) within \(request.timeouts.connectMax) ms")
    case 1 where text.contains("HTTP/0.9"), 56 where text.contains("chunk"), 8, 16, 61, 100:
      (.protocolError, "\(there) does not speak proper HTTP")
    case 1, 3, 43: (.badRequest, "the URL for \(there) cannot be used")
    // 92 is an HTTP/2 stream that the server has reset.
    case 18, 52, 55, 56, 92: (.closedEarly, "\(there) closed the connection before the end of its reply")
    case 77 where request.certificateFile != nil:
      (.tls, "no certificates to trust \(there) by in '\(request.certificateFile ?? "")' (SSL_CERT_FILE)")
    case 35, 51, 53, 54, 58, 59, 60, 64, 66, 77, 80, 82, 83, 90, 91, 98: (.tls, "no secure connection to \(there)")
    default: (.other, "the request to \(there) failed (curl \(code))")
    }
  // The library quotes a proxy's URL that it cannot use, password and all.
  let said = request.proxy.map { text.replacing($0.reveal(), with: "the proxy's URL") } ?? text
  return HTTPError(kind, "\(what): \(said)", responseStarted: responseStarted)
}
