package import OperatingSystem
package import Protocol

/// Through which proxy requests go, and which hosts need none.
package struct HTTPProxySettings: Sendable {
  /// The proxy's URL for `https` requests, which may hold a password; `nil` for none.
  package var secure: Secret?
  /// The proxy's URL for `http` requests.
  package var plain: Secret?
  /// The hosts that are reached directly, as curl's NOPROXY has them: names, which stand for their subdomains too,
  /// addresses and networks, separated by commas; `*` for all.
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
}
