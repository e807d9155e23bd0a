internal import Foundation

/// Judges a request's signature as AWS does: from the bytes that came, by AWS's own description and no code of the
/// program's (Signature Version 4, "Create a signed AWS API request").
package struct RequestSignature: Sendable {
  /// The id of the access key that it names.
  package var accessKeyID: String
  /// The region it is for.
  package var region: String
  private var date: String
  private var scope: String
  private var names: [String]
  private var signature: String

  /// How far a request's date may be from the server's, in seconds.
  private static let skewMax = 300.0

  /// What a request says of its signature; `nil` when it has none that can be read.
  package init?(_ request: LoopbackRequest) {
    let start = "AWS4-HMAC-SHA256 "
    guard let text = request["authorization"], text.hasPrefix(start), let date = request["x-amz-date"] else {
      return nil
    }
    var parts: [String: String] = [:]
    for part in text.dropFirst(start.count).split(separator: ", ") {
      let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
      if pair.count == 2 { parts[pair[0]] = pair[1] }
    }
    let credential = (parts["Credential"] ?? "").split(separator: "/", omittingEmptySubsequences: false).map(
      String.init)
    guard credential.count == 5, let signature = parts["Signature"], let names = parts["SignedHeaders"] else {
      return nil
    }
    accessKeyID = credential[0]
    region = credential[2]
    scope = credential.dropFirst().joined(separator: "/")
    self.names = names.split(separator: ";").map(String.init)
    self.date = date
    self.signature = signature
  }

  /// What is wrong with a request's signature, one that is missing included; `nil` when nothing is.
  package static func flaw(
    in request: LoopbackRequest, secret: String, region: String, service: String, now: String? = nil
  ) -> String? {
    guard let signature = RequestSignature(request) else { return "there is no signature" }
    guard signature.region == region else { return "the signature is for the region \(signature.region)" }
    return signature.flaw(of: request, secret: secret, service: service, now: now)
  }

  /// What is wrong with the signature of a request to a service; `nil` when nothing is.
  ///
  /// Without `now`, which has the form of the header's date, the date must be that of this machine, or near.
  package func flaw(
    of request: LoopbackRequest, secret: String, service: String = "bedrock", now: String? = nil
  ) -> String? {
    guard scope == "\(date.prefix(8))/\(region)/\(service)/aws4_request" else {
      return "Credential should be scoped to correct service: '\(service)'."
    }
    let isNow = Self.moment(date).map { abs($0.timeIntervalSinceNow) < Self.skewMax } ?? false
    guard now.map({ $0 == date }) ?? isNow else { return "Signature expired: \(date) is too far from now" }
    let present = Set(request.headers.map { $0.name.lowercased() })
    let required = present.filter { $0.hasPrefix("x-amz") || ["host", "content-type", "accept"].contains($0) }
    guard names == names.sorted(), required.isSubset(of: names) else { return "the signature covers only \(names)" }
    let canonical = canonicalRequest(request)
    let text = "AWS4-HMAC-SHA256\n\(date)\n\(scope)\n\(Self.hexadecimal(SHA256Digest.of(Array(canonical.utf8))))"
    var key = Array("AWS4\(secret)".utf8)
    for part in scope.split(separator: "/") { key = SHA256Digest.authentication(key: key, Array(part.utf8)) }
    let expected = Self.hexadecimal(SHA256Digest.authentication(key: key, Array(text.utf8)))
    guard expected != signature else { return nil }
    // The real service shows what it signed, the session's token included.
    return "The request signature we calculated does not match the signature you provided. "
      + "The Canonical String for this request should have been\n'\(canonical)'"
  }

  private func canonicalRequest(_ request: LoopbackRequest) -> String {
    let halves = request.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let pairs = (halves.count == 2 ? halves[1] : "").split(separator: "&").map { pair in
      pair.contains("=") ? String(pair) : "\(pair)="
    }
    let headers = names.map { "\($0):\(request[$0] ?? "")" }
    let lines = [request.method, Self.encoded(halves[0]), pairs.sorted().joined(separator: "&")] + headers
    return (lines + ["", names.joined(separator: ";"), Self.hexadecimal(SHA256Digest.of(request.body))])
      .joined(separator: "\n")
  }

  /// The path as it came, encoded once more.
  private static func encoded(_ path: String) -> String {
    let kept = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/".utf8)
    return path.utf8.map { byte in
      kept.contains(byte) ? String(UnicodeScalar(byte)) : "%" + hexadecimal([byte]).uppercased()
    }.joined()
  }

  private static func moment(_ text: String) -> Date? {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(identifier: "UTC")
    formatter.dateFormat = "yyyyMMdd'T'HHmmss'Z'"
    return formatter.date(from: text)
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0\(digits)" : digits
    }.joined()
  }
}

/// SHA-256 (FIPS 180-4) and HMAC (RFC 2104), from their definitions: what is judged must not be its own judge.
private enum SHA256Digest {
  static func of(_ message: [UInt8]) -> [UInt8] {
    var padded = message + [0x80]
    while padded.count % 64 != 56 { padded.append(0) }
    padded += (0..<8).map { UInt8(truncatingIfNeeded: (message.count * 8) >> (56 - 8 * $0)) }
    var state = roots(of: 8) { $0.squareRoot() }
    let constants = roots(of: 64) { cbrt($0) }
    for start in stride(from: 0, to: padded.count, by: 64) { compress(padded[start..<start + 64], &state, constants) }
    return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * $0)) } }
  }

  static func authentication(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    var key = key.count > 64 ? of(key) : key
    key += [UInt8](repeating: 0, count: 64 - key.count)
    return of(key.map { $0 ^ 0x5C } + of(key.map { $0 ^ 0x36 } + message))
  }

  private static func compress(_ block: ArraySlice<UInt8>, _ state: inout [UInt32], _ constants: [UInt32]) {
    func turned(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }
    var words = (0..<16).map { place in
      (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(block[block.startIndex + 4 * place + $1]) }
    }
    for place in 16..<64 {
      let (low, high) = (words[place - 15], words[place - 2])
      let one = turned(low, 7) ^ turned(low, 18) ^ low >> 3
      let two = turned(high, 17) ^ turned(high, 19) ^ high >> 10
      words.append(words[place - 16] &+ one &+ words[place - 7] &+ two)
    }
    var v = state
    for place in 0..<64 {
      let one = turned(v[4], 6) ^ turned(v[4], 11) ^ turned(v[4], 25)
      let choice = v[4] & v[5] ^ ~v[4] & v[6]
      let first = v[7] &+ one &+ choice &+ constants[place] &+ words[place]
      let two = turned(v[0], 2) ^ turned(v[0], 13) ^ turned(v[0], 22)
      let second = two &+ (v[0] & v[1] ^ v[0] & v[2] ^ v[1] & v[2])
      v = [first &+ second, v[0], v[1], v[2], v[3] &+ first, v[4], v[5], v[6]]
    }
    for place in 0..<8 { state[place] = state[place] &+ v[place] }
  }

  /// The first 32 bits behind the point of the roots of the first primes.
  private static func roots(of count: Int, _ root: (Double) -> Double) -> [UInt32] {
    var primes: [Int] = []
    var candidate = 2
    while primes.count < count {
      if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
      candidate += 1
    }
    return primes.map { prime in
      let value = root(Double(prime))
      return UInt32((value - value.rounded(.down)) * 4_294_967_296)
    }
  }
}
