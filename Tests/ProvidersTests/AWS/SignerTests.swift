import Protocol
import Providers
import Testing

/// The rules of signing, one by one.
@Suite struct SignerTests {
  static let credentials = AWSCredentials(
    accessKeyID: "AKIDEXAMPLE", secretAccessKey: Secret("canary-secret-key"), sessionToken: Secret("canary-token"),
    source: "test")

  static func canonical(
    _ url: String, _ headers: [HTTPHeader] = [], method: String = "POST", rules: SigningRules = SigningRules()
  ) -> [String] {
    let request = HTTPRequest(method: method, url: url, headers: headers)
    let text = CanonicalRequest(request, rules: rules, bodyHash: "hash").text.reveal()
    return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test(arguments: [
    ("", "/"), ("/", "/"), ("//", "/"), ("/a", "/a"), ("/a/", "/a/"), ("/a//b", "/a/b"), ("/./a/.", "/a"),
    ("/a/./", "/a/"), ("/a/..", "/"), ("/a/../", "/"), ("/../../a", "/a"), ("/a/../../b/", "/b/"), ("/...", "/..."),
    ("/v1%3A0", "/v1%253A0"), ("/v1:0", "/v1%3A0"), ("/a%2Fb/c", "/a%252Fb/c"), ("/%2E%2E/a", "/%252E%252E/a"),
    ("/a b", "/a%20b"), ("/é", "/%C3%A9"), ("/%zz", "/%25zz"), ("/a+b", "/a%2Bb"), ("/~-._", "/~-._"),
    ("/a?b=c#d", "/a"), ("/a#b?c", "/a"), ("?a=b", "/"),
  ])
  func `a path is normalised and encoded once more, never decoded`(path: String, expected: String) {
    #expect(Self.canonical("https://host" + path)[1] == expected)
  }

  @Test(arguments: [
    ("", ""), ("?", ""), ("?b=2&a=1", "a=1&b=2"), ("?a", "a="), ("?a=b=c", "a=b%3Dc"), ("?a=2&a=1&A=0", "A=0&a=1&a=2"),
    ("?a=%2f&b=/", "a=%2F&b=%2F"), ("?a=+", "a=%2B"), ("?a=%20", "a=%20"), ("?&a=1&&b=2&", "a=1&b=2"),
    ("?é=ü", "%C3%A9=%C3%BC"), ("?a=%", "a=%25"), ("?a=%4", "a=%254"), ("?a=1?b", "a=1%3Fb"), ("?a=1#b=2", "a=1"),
    ("?a-b=1&a=2&a.=3", "a=2&a-b=1&a.=3"), ("?%41=1", "A=1"),
  ])
  func `a query is decoded, encoded strictly, and sorted`(query: String, expected: String) {
    #expect(Self.canonical("https://host/p" + query)[2] == expected)
  }

  @Test(arguments: [
    ("https://host/", "host"), ("https://host:443/", "host"), ("http://host:80/", "host"),
    ("https://host:80/", "host:80"), ("http://host:443/", "host:443"), ("http://127.0.0.1:8080/x", "127.0.0.1:8080"),
    ("http://[::1]:8080/", "[::1]:8080"), ("https://Host", "Host"), ("https://host?x", "host"),
    ("https://host:4443/", "host:4443"), ("HTTP://host:80", "host"),
  ])
  func `the host is signed as it is sent`(url: String, host: String) {
    #expect(Self.canonical(url)[3] == "host:\(host)")
  }

  @Test func `values are trimmed, runs of blanks are one, and duplicates are joined in order`() {
    let lines = Self.canonical(
      "https://host/",
      [
        HTTPHeader("X-B", "  two \t words  "), HTTPHeader("x-a", "2"), HTTPHeader("X-A", "1"),
        HTTPHeader("x-c", #""a   b""#), HTTPHeader("x-d", ""),
      ])
    #expect(lines[3...7] == ["host:host", "x-a:2,1", "x-b:two words", #"x-c:"a b""#, "x-d:"])
    #expect(lines[8] == "")
    #expect(lines[9] == "host;x-a;x-b;x-c;x-d")
  }

  @Test func `what a transport may change is not signed`() {
    let unsigned = [
      "Connection", "User-Agent", "Expect", "Transfer-Encoding", "X-Amzn-Trace-Id", "Content-Length",
      "Accept-Encoding", "amz-sdk-request", "amz-sdk-invocation-id", "traceparent",
    ]
    let lines = Self.canonical(
      "https://host/",
      unsigned.map { HTTPHeader($0, "x") } + [HTTPHeader("Content-Type", "a"), HTTPHeader("Accept", "b")])
    #expect(lines[7] == "accept;content-type;host")
  }

  @Test func `a signed request is signed anew, with one of each header`() {
    let signer = Signer(region: "eu-west-1", service: "bedrock")
    let request = HTTPRequest(method: "POST", url: "https://host/model/a%3A0/invoke", body: [1, 2])
    let first = signer.sign(request, with: Self.credentials, now: 1_440_938_160_000)
    let again = signer.sign(first.request, with: Self.credentials, now: 1_440_938_160_000)
    #expect(again.signature == first.signature)
    #expect(again.request.headers.map(\.name) == ["X-Amz-Date", "X-Amz-Security-Token", "Authorization"])
    let later = signer.sign(first.request, with: Self.credentials, now: 1_440_938_161_000)
    #expect(later.signature != first.signature)
    #expect(later.request.headers.count == 3)
    var longLived = Self.credentials
    longLived.sessionToken = nil
    #expect(
      signer.sign(first.request, with: longLived, now: 0).request.headers.map(\.name) == [
        "X-Amz-Date", "Authorization",
      ])
  }

  @Test func `everything that is signed changes the signature`() {
    let signer = Signer(region: "eu-west-1", service: "bedrock")
    let request = HTTPRequest(
      method: "POST", url: "https://host/a", headers: [HTTPHeader("accept", "x")], body: [1])
    var changed: [HTTPRequest] = [request, request, request, request, request, request]
    changed[1].method = "PUT"
    changed[2].url = "https://host/a?b"
    changed[3].url = "https://host:444/a"
    changed[4].headers = [HTTPHeader("accept", "y")]
    changed[5].body = [2]
    var signatures = changed.map { signer.sign($0, with: Self.credentials, now: 0).signature }
    signatures.append(signer.sign(request, with: Self.credentials, now: 1_000).signature)
    signatures.append(
      Signer(region: "eu-west-2", service: "bedrock").sign(request, with: Self.credentials, now: 0).signature)
    signatures.append(
      Signer(region: "eu-west-1", service: "sts").sign(request, with: Self.credentials, now: 0).signature)
    var other = Self.credentials
    other.secretAccessKey = Secret("another-secret")
    signatures.append(signer.sign(request, with: other, now: 0).signature)
    other = Self.credentials
    other.sessionToken = Secret("another-token")
    signatures.append(signer.sign(request, with: other, now: 0).signature)
    #expect(Set(signatures).count == signatures.count)
  }

  @Test func `no secret shows in a signed request`() {
    let signed = Signer(region: "eu-west-1", service: "bedrock")
      .sign(HTTPRequest(method: "GET", url: "https://host/"), with: Self.credentials, now: 0)
    #expect(!"\(signed)".contains("canary"))
    #expect(!"\(signed.request)".contains(signed.signature))
    #expect(!String(reflecting: Self.credentials).contains("canary"))
  }
}
