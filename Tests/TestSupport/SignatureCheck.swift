/// Judges a request as AWS does: from the bytes that came over the network.
///
/// Only the hash is the program's. The path is taken as it came, and no header is believed to be signed that the client
/// does not name.
package struct SignatureCheck: Sendable {
  /// What a signature says of itself.
  package struct Claim: Sendable {
    /// The key that signed.
    package var accessKeyID: String
    /// The region it was made for.
    package var region: String
    /// The service it was made for.
    package var service: String
  }

  private let hash: @Sendable ([UInt8]) -> [UInt8]

  /// A judge that hashes by that SHA-256.
  package init(hash: @escaping @Sendable ([UInt8]) -> [UInt8]) { self.hash = hash }

  /// What is wrong with a request's signature; `nil` when nothing is.
  ///
  /// Without `now` any date will do that is the signature's own.
  package func flaw(
    _ request: LoopbackRequest, secret: String, region: String, service: String = "bedrock", now: String? = nil
  ) -> String? {
    guard let authorization = request["authorization"] else { return "no Authorization" }
    guard let parts = Self.parts(authorization) else { return "another algorithm" }
    guard let date = request["x-amz-date"], date.utf8.count == 16, now ?? date == date else {
      return "dated \(request["x-amz-date"] ?? "never")"
    }
    let scope = "\(date.prefix(8))/\(region)/\(service)/aws4_request"
    guard parts["Credential"]?.hasSuffix("/" + scope) == true else { return "scope \(parts["Credential"] ?? "")" }
    let names = (parts["SignedHeaders"] ?? "").split(separator: ";").map(String.init)
    let present = Set(request.headers.map { $0.name.lowercased() })
    let required = present.filter { $0.hasPrefix("x-amz") || ["host", "content-type", "accept"].contains($0) }
    guard names == names.sorted(), required.isSubset(of: names) else { return "signs only \(names)" }
    var lines = [request.method, Self.encodedAgain(request.target), ""]
    for name in names {
      guard let value = request[name] else { return "signs \(name), which did not come" }
      lines.append("\(name):\(value)")
    }
    lines += ["", names.joined(separator: ";"), Self.hexadecimal(hash(request.body))]
    let canonical = Self.hexadecimal(hash(Array(lines.joined(separator: "\n").utf8)))
    let text = "AWS4-HMAC-SHA256\n\(date)\n\(scope)\n\(canonical)"
    var key = Array("AWS4\(secret)".utf8)
    for part in scope.split(separator: "/") { key = code(key, String(part)) }
    return Self.hexadecimal(code(key, text)) == parts["Signature"] ? nil : "the signature does not match"
  }

  /// What a request's signature says of itself, true or not; `nil` when it has none.
  package static func claim(_ request: LoopbackRequest) -> Claim? {
    guard let parts = request["authorization"].flatMap(parts),
      let words = parts["Credential"]?.split(separator: "/").map(String.init), words.count == 5
    else { return nil }
    return Claim(accessKeyID: words[0], region: words[2], service: words[3])
  }

  private static func parts(_ authorization: String) -> [String: String]? {
    guard authorization.hasPrefix("AWS4-HMAC-SHA256 ") else { return nil }
    var parts: [String: String] = [:]
    for part in authorization.dropFirst(17).split(separator: ", ") {
      let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
      parts[pair[0]] = pair.count > 1 ? pair[1] : ""
    }
    return parts
  }

  /// HMAC with the hash (RFC 2104).
  private func code(_ key: [UInt8], _ text: String) -> [UInt8] {
    let short = key.count > 64 ? hash(key) : key
    let block = short + [UInt8](repeating: 0, count: 64 - short.count)
    return hash(block.map { $0 ^ 0x5C } + hash(block.map { $0 ^ 0x36 } + Array(text.utf8)))
  }

  private static func encodedAgain(_ path: String) -> String {
    let kept = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/".utf8)
    let digits = Array("0123456789ABCDEF")
    return path.utf8.map { byte in
      kept.contains(byte)
        ? String(UnicodeScalar(byte)) : "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }.joined()
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
