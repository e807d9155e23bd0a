package import Protocol

/// A request in the one spelling that both sides hash (AWS, "Signature Version 4 signing process", step 1).
///
/// The path is taken as it stands on the wire and encoded once more: `:` in a model's name is `%3A` on the wire and
/// `%253A` here. Nothing is decoded on the way, so no other spelling of the path can slip in.
package struct CanonicalRequest: Sendable {
  /// The text whose hash is signed; it holds the session token.
  package let text: Secret
  /// The names of the headers in it, sorted, with `;` between them.
  package let signedHeaders: String

  /// The canonical form of a request; `bodyHash` is its body's SHA-256 in lower-case hexadecimal.
  package init(_ request: HTTPRequest, rules: SigningRules, bodyHash: String) {
    let target = WireTarget(request.url)
    var headers = CanonicalRequest.fields(of: request, rules: rules)
    if headers["host"] == nil { headers["host"] = [target.host] }
    let names = headers.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    signedHeaders = names.joined(separator: ";")
    var bytes = Array(request.method.utf8)
    bytes.append(lineFeed)
    bytes += CanonicalRequest.path(target.path, normalizes: rules.normalizesPath)
    bytes.append(lineFeed)
    bytes += CanonicalRequest.query(target.query)
    bytes.append(lineFeed)
    for name in names {
      bytes += Array("\(name):\((headers[name] ?? []).map(CanonicalRequest.collapsed).joined(separator: ","))\n".utf8)
    }
    bytes += Array("\n\(signedHeaders)\n\(bodyHash)".utf8)
    text = Secret(String(decoding: bytes, as: UTF8.self))
  }

  /// The values of the headers to be signed, by lower-case name and in the order they are sent.
  private static func fields(of request: HTTPRequest, rules: SigningRules) -> [String: [String]] {
    var fields: [String: [String]] = [:]
    for header in request.headers {
      let name = header.name.lowercased()
      guard !rules.unsigned.contains(name) else { continue }
      let value =
        switch header.value {
        case .plain(let text): text
        case .secret(let prefix, let secret): prefix + secret.reveal()
        }
      fields[name, default: []].append(value)
    }
    return fields
  }

  /// The path without empty and dot segments, encoded; a slash at its end stays.
  private static func path(_ path: [UInt8], normalizes: Bool) -> [UInt8] {
    guard normalizes else { return PercentEncoding.encode(path, keepingSlash: true) }
    var kept: [ArraySlice<UInt8>] = []
    for segment in path.split(separator: slash) {
      if segment.elementsEqual("..".utf8) {
        _ = kept.popLast()
      } else if !segment.elementsEqual(".".utf8) {
        kept.append(segment)
      }
    }
    var normalized: [UInt8] = []
    for segment in kept {
      normalized.append(slash)
      normalized += segment
    }
    if kept.isEmpty || path.last == slash { normalized.append(slash) }
    return PercentEncoding.encode(normalized, keepingSlash: true)
  }

  /// The query's pairs, each part encoded, sorted by name and then by value; a name alone gets its `=`.
  private static func query(_ query: [UInt8]) -> [UInt8] {
    let pairs = query.split(separator: UInt8(ascii: "&")).map { pair -> (name: [UInt8], value: [UInt8]) in
      let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
      let name = PercentEncoding.encode(PercentEncoding.decode(pair[..<equals]))
      return (name, PercentEncoding.encode(PercentEncoding.decode(pair[equals...].dropFirst())))
    }
    let sorted = pairs.sorted { one, other in
      one.name == other.name
        ? one.value.lexicographicallyPrecedes(other.value) : one.name.lexicographicallyPrecedes(other.name)
    }
    return Array(sorted.map { $0.name + [UInt8(ascii: "=")] + $0.value }.joined(separator: [UInt8(ascii: "&")]))
  }

  /// A header's value without blanks at its ends, and with single ones between its words.
  private static func collapsed(_ value: String) -> String {
    let words = value.utf8.split { $0 == 0x20 || 0x09...0x0D ~= $0 }
    return words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
  }
}

/// A URL in the parts that are signed, undecoded.
private struct WireTarget {
  /// What the transport sends as `Host`: the port only where it is not the scheme's own.
  let host: String
  let path: [UInt8]
  let query: [UInt8]

  init(_ url: String) {
    let bytes = Array(url.utf8)
    var start = 0
    var usualPort = 443
    if let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8) {
      if String(decoding: bytes[..<colon], as: UTF8.self).lowercased() == "http" { usualPort = 80 }
      start = colon + 3
    }
    let end = bytes[start...].firstIndex(of: UInt8(ascii: "#")) ?? bytes.endIndex
    let pathStart = bytes[start..<end].firstIndex { $0 == slash || $0 == UInt8(ascii: "?") } ?? end
    let queryMark = bytes[pathStart..<end].firstIndex(of: UInt8(ascii: "?")) ?? end
    path = Array(bytes[pathStart..<queryMark])
    query = Array(bytes[queryMark..<end].dropFirst())
    var authority = bytes[start..<pathStart]
    if let at = authority.lastIndex(of: UInt8(ascii: "@")) { authority = authority[(at + 1)...] }
    let named = String(decoding: authority, as: UTF8.self)
    host = named.hasSuffix(":\(usualPort)") ? String(named.dropLast("\(usualPort)".utf8.count + 1)) : named
  }
}

private let slash = UInt8(ascii: "/")
private let lineFeed = UInt8(ascii: "\n")
