import OperatingSystem
import Protocol

/// A request in the form that curl takes it, checked.
struct CurlRequest: Sendable {
  let method: String
  let url: String
  /// `host:port`, for messages.
  let authority: String
  /// Header lines as curl wants them; some hold secrets.
  let headerLines: [String]
  let body: [UInt8]
  let timeouts: HTTPTimeouts
  /// `host:port:address,address` as curl takes it; `nil` to look the name up.
  let resolved: String?
  /// The proxy's URL; `nil` for none.
  let proxy: Secret?
  /// Whether it goes over TLS.
  let isSecure: Bool
  /// Whom to trust, and who we are.
  let trust: TrustSettings
  /// Where certificates are read.
  let files: FileSource

  init(
    _ request: HTTPRequest, proxy settings: HTTPProxySettings, trust usual: TrustSettings, files: FileSource
  ) throws(HTTPError) {
    self.files = files
    let origin = try Origin(request.url)
    guard isToken(request.method) else { throw HTTPError(.badRequest, "the request's method is not one") }
    method = request.method
    url = request.url
    authority = origin.authority
    headerLines = try linesForCurl(request.headers)
    body = request.body
    timeouts = request.timeouts
    resolved = request.addresses.isEmpty ? nil : "\(authority):\(request.addresses.joined(separator: ","))"
    isSecure = origin.isSecure
    proxy =
      request.usesProxy ? settings.proxy(isSecure: isSecure, host: origin.host, port: origin.port) : nil
    if let proxy { try checkProxy(proxy) }
    var trust = usual
    trust.authorities = request.authorities ?? usual.authorities
    self.trust = trust
  }
}

/// Refuses a proxy's URL whose password would be read as its host: the library would look that name up, and show it.
private func checkProxy(_ proxy: Secret) throws(HTTPError) {
  let text = proxy.reveal()
  let named = text.firstRange(of: "://").map { text[$0.upperBound...] } ?? text[...]
  guard named.drop(while: { $0 != "/" && $0 != "?" && $0 != "#" }).contains("@") else { return }
  var failure = HTTPError(.proxy, HTTPError.unusableProxy)
  failure.hint = HTTPError.proxyURLHint
  failure.stays = true
  throw failure
}

/// Where a URL leads: as much of it as is needed here; curl checks the rest.
private struct Origin {
  let isSecure: Bool
  let authority: String
  let host: String
  let port: Int

  init(_ url: String) throws(HTTPError) {
    guard url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw HTTPError(.badRequest, "the URL has a character that must be percent-encoded")
    }
    let scheme = url.prefix { $0 != ":" }
    let rest = url.dropFirst(scheme.count)
    let name = scheme.lowercased()
    guard name == "http" || name == "https", rest.hasPrefix("://") else {
      throw HTTPError(.badRequest, "the URL begins with neither http:// nor https://")
    }
    // Credentials before the host stay out of messages.
    let named = rest.dropFirst(3).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let host = named.lastIndex(of: "@").map { named[$0...].dropFirst() } ?? named
    guard !host.isEmpty, host.first != ":" else { throw HTTPError(.badRequest, "the URL names no host") }
    isSecure = name == "https"
    // An IPv6 address has colons of its own, in brackets.
    let afterAddress = host.lastIndex(of: "]").map { host[$0...] } ?? host
    let usual = isSecure ? 443 : 80
    let colon = afterAddress.lastIndex(of: ":")
    authority = colon == nil ? "\(host):\(usual)" : String(host)
    self.host = String(colon.map { host[..<$0] } ?? host)
    port = colon.flatMap { Int(host[host.index(after: $0)...]) } ?? usual
  }
}

/// The lines of the headers: checked, and with the ones left out that curl would add by itself.
private func linesForCurl(_ headers: [HTTPHeader]) throws(HTTPError) -> [String] {
  var lines: [String] = []
  lines.reserveCapacity(headers.count + 4)
  var names: Set<String> = []
  for header in headers {
    guard isToken(header.name) else { throw HTTPError(.badRequest, "a header's name is not one") }
    let name = header.name.lowercased()
    // A second opinion on where the body ends is how requests are smuggled.
    guard name != "content-length", name != "transfer-encoding" else {
      throw HTTPError(.badRequest, "the header '\(header.name)' is the transport's to set")
    }
    let value =
      switch header.value {
      case .plain(let text): text
      case .secret(let prefix, let secret): prefix + secret.reveal()
      }
    guard value.utf8.allSatisfy({ $0 != 0x0D && $0 != 0x0A && $0 != 0 }) else {
      throw HTTPError(.badRequest, "the value of the header '\(header.name)' has a line break in it")
    }
    lines.append(value.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 } ? header.name + ";" : "\(header.name): \(value)")
    names.insert(name)
  }
  // Whoever compresses a stream holds it back until a block is full; what comes compressed all the same is read.
  if !names.contains("accept-encoding") { lines.append("Accept-Encoding: identity") }
  for usual in ["Accept", "Content-Type", "Expect", "Proxy-Connection"] where !names.contains(usual.lowercased()) {
    lines.append(usual + ":")
  }
  return lines
}

/// Whether a text is a `token`.
private func isToken(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy(Byte.isToken) }
