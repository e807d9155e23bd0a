import Protocol
import Providers
import TestSupport

/// Judges a request as AWS does: from the bytes that came over the network.
enum SignatureCheck {
  /// What is wrong with a request's signature; `nil` when nothing is.
  ///
  /// Only hash and HMAC are the program's. The path is taken as it came, and no header is believed to be signed that the
  /// client does not name.
  static func flaw(_ request: LoopbackRequest, secret: String, region: String, now: String) -> String? {
    guard let authorization = request["authorization"] else { return "no Authorization" }
    var parts: [String: String] = [:]
    guard authorization.hasPrefix("AWS4-HMAC-SHA256 ") else { return "another algorithm" }
    for part in authorization.dropFirst(17).split(separator: ", ") {
      let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
      parts[pair[0]] = pair[1]
    }
    guard request["x-amz-date"] == now else { return "dated \(request["x-amz-date"] ?? "never")" }
    let scope = "\(now.prefix(8))/\(region)/bedrock/aws4_request"
    guard parts["Credential"]?.hasSuffix("/" + scope) == true else { return "scope \(parts["Credential"] ?? "")" }
    let names = (parts["SignedHeaders"] ?? "").split(separator: ";").map(String.init)
    let present = Set(request.headers.map { $0.name.lowercased() })
    let required = present.filter { $0.hasPrefix("x-amz") || ["host", "content-type", "accept"].contains($0) }
    guard names == names.sorted(), required.isSubset(of: names) else { return "signs only \(names)" }
    var lines = [request.method, encodedAgain(request.target), ""]
    for name in names {
      guard let value = request[name] else { return "signs \(name), which did not come" }
      lines.append("\(name):\(value)")
    }
    lines += ["", names.joined(separator: ";"), SHA256.hexadecimal(request.body)]
    let hash = SHA256.hexadecimal(Array(lines.joined(separator: "\n").utf8))
    let text = "AWS4-HMAC-SHA256\n\(now)\n\(scope)\n\(hash)"
    var key = Array("AWS4\(secret)".utf8)
    for part in scope.split(separator: "/") { key = HMAC.sha256(key: key, String(part)) }
    return lowerHexadecimal(HMAC.sha256(key: key, text)) == parts["Signature"] ? nil : "the signature does not match"
  }

  private static func encodedAgain(_ path: String) -> String {
    let kept = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/".utf8)
    let digits = Array("0123456789ABCDEF")
    return path.utf8.map { byte in
      kept.contains(byte)
        ? String(UnicodeScalar(byte)) : "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }.joined()
  }
}
