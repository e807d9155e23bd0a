package import OperatingSystem
package import Protocol

/// Through which proxy requests go, and which hosts need none.
package struct HTTPProxySettings: Sendable {
  /// The proxy's URL for `https` requests, which may hold a password; `nil` for none.
  package var secure: Secret?
  /// The proxy's URL for `http` requests.
  package var plain: Secret?
  /// The hosts that are reached directly, in any of the forms of `NO_PROXY`: names, which stand for their subdomains too,
  /// addresses and networks, with or without a port, separated by commas or blanks; `*` for all.
  package var direct = ""

  /// No proxy.
  package init() {}

  /// The proxy of the variables that curl reads, in its order: the lower-case name first.
  ///
  /// `HTTP_PROXY` is not read: in a CGI program a client's `Proxy` header sets it (CVE-2016-5388).
  package init(environment: ProcessEnvironment) {
    let all = environment["all_proxy"] ?? environment["ALL_PROXY"]
    secure = (environment["https_proxy"] ?? environment["HTTPS_PROXY"] ?? all).map(Secret.init)
    plain = (environment["http_proxy"] ?? all).map(Secret.init)
    direct = environment["no_proxy"] ?? environment["NO_PROXY"] ?? ""
  }
  /// The proxy for requests to a host, as it stands in a URL; `nil` when it is reached directly.
  package func proxy(isSecure: Bool, host: String, port: Int) -> Secret? {
    ProxyExceptions(direct).contain(host: host, port: port) ? nil : isSecure ? secure : plain
  }
}
