import CCurl
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
  let isOfProxy = request.proxy != nil
  let trust = request.trust
  let (kind, what): (HTTPError.Kind, String) =
    switch code {
    case _ where isRefusedByProxy: (.proxy, "the proxy answered \(proxyStatus) when asked for \(there)")
    case 7 where text.hasPrefix("Unsupported proxy"), 5, 97: (.proxy, "the proxy to \(there) cannot be used")
    case 6: (.resolve, "cannot find the address of \(there)")
    case 7 where isOfProxy: (.proxy, "the proxy to \(there) cannot be reached")
    case 7: (.connect, "cannot connect to \(there)")
    case 28:
      (
        .connectTimeout,
        "no connection to \(there)\(isOfProxy ? " by the proxy" : "") within \(request.timeouts.connectMax) ms"
      )
    case Int32(CCURL_NO_DESCRIPTOR): (.noDescriptor, "no file descriptor is left for a connection to \(there)")
    case 61: (.protocolError, "\(there) sent a reply in a coding that cannot be read")
    case 1 where text.contains("HTTP/0.9"), 56 where text.contains("chunk"), 8, 16, 100:
      (.protocolError, "\(there) does not speak proper HTTP")
    case 1, 3, 43: (.badRequest, "the URL for \(there) cannot be used")
    // 92 is an HTTP/2 stream that the server has reset.
    case 18, 52, 55, 56, 92: (.closedEarly, "\(there) closed the connection before the end of its reply")
    case 77:
      (
        .tls,
        "no certificates to trust \(there) by\(trust.authorities.map { " in '\($0.path)' (\($0.setting))" } ?? "")"
      )
    case 58:
      (.tls, "the client certificate '\(trust.identity?.certificate ?? "")' (CLAUDE_CODE_CLIENT_CERT) cannot be used")
    case 35, 51, 53, 54, 59, 60, 64, 66, 80, 82, 83, 90, 91, 98: (.tls, "no secure connection to \(there)")
    default: (.other, "the request to \(there) failed (curl \(code))")
    }
  // The library quotes a proxy's URL that it cannot use, password and all.
  let said = request.proxy.map { text.replacing($0.reveal(), with: "the proxy's URL") } ?? text
  var failure = HTTPError(kind, "\(what): \(said)", responseStarted: responseStarted)
  failure.hint = hint(code: code, proxyStatus: isRefusedByProxy ? proxyStatus : 0, text: text.lowercased(), trust)
  // Neither certificates nor passwords are others a second later.
  failure.stays = [58, 60, 77].contains(code) || proxyStatus == 407
  return failure
}

/// The step that helps against a failure that says what it is about; `nil` for the usual one of its kind.
private func hint(code: Int32, proxyStatus: Int32, text: String, _ trust: TrustSettings) -> String? {
  switch code {
  case _ where proxyStatus == 407: return HTTPError.proxyPasswordHint
  case _ where proxyStatus == 403:
    return "the proxy does not let this address through: have it allowed there, or name the host in NO_PROXY"
  case 58: return "check CLAUDE_CODE_CLIENT_CERT, CLAUDE_CODE_CLIENT_KEY and CLAUDE_CODE_CLIENT_KEY_PASSPHRASE"
  case 35, 55, 56:
    if text.contains("wrong version number") {
      return "the server does not speak TLS at that port: is the address to begin with http://?"
    }
    guard text.contains("certificate required") || text.contains("handshake failure") else { return nil }
    return "the server wants a certificate of yours: name it with CLAUDE_CODE_CLIENT_CERT and CLAUDE_CODE_CLIENT_KEY"
  case 51, 60:
    if text.contains("expired") || text.contains("not yet valid") {
      return
        "the server's certificate is not valid at this time: check the computer's clock, or tell who runs the server"
    }
    if text.contains("subject name") || text.contains("hostname") || text.contains("host name") {
      return "the server's certificate is for another name: check the address of the service"
    }
    let used = trust.authorities.map { "'\($0.path)' (\($0.setting)) does not know who signed it: " } ?? ""
    return used
      + "behind a proxy that opens TLS, name its certificate with NODE_EXTRA_CA_CERTS, or SSL_CERT_FILE or AWS_CA_BUNDLE"
  default: return nil
  }
}
